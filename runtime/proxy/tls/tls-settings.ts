// A transport socket's TLS settings, compiled: which secrets it needs and what it demands of the other side's certificate.
import { isIP } from 'node:net';
import type { SecureVersion } from 'node:tls';
import { compileStringMatcher, type StringPredicate } from '../http/string-matcher.ts';
import type { PeerCertificate } from '../http/stream-info.ts';
import { Rejection } from '../rejection.ts';
import type {
  CertificateValidationContextJson,
  CommonTlsContextJson,
  DataSourceJson,
  DownstreamTlsContextJson,
  TlsCertificateJson,
  UpstreamTlsContextJson,
} from '../types.ts';

export type SanCheck = (peer: PeerCertificate) => boolean;

export interface TlsSettings {
  /** SDS name of our certificate, or the certificate itself. */
  readonly identity?: string | TlsCertificateJson | undefined;
  /** SDS name of the roots, or the roots themselves. Absent: the other side is not verified. */
  readonly trust?: string | CertificateValidationContextJson | undefined;
  /** Holds if any SAN matcher does; undefined demands nothing. */
  readonly checkSan?: SanCheck | undefined;
  readonly alpn: readonly string[];
  readonly minVersion: SecureVersion;
  readonly maxVersion: SecureVersion;
}

export interface ServerTls extends TlsSettings {
  readonly isClientCertificateRequired: boolean;
  readonly isSniRequired: boolean;
}

export interface ClientTls extends TlsSettings {
  readonly sni: string;
}

export function compileServerTls(json: DownstreamTlsContextJson): ServerTls {
  return {
    ...compileCommon(json.commonTlsContext ?? {}, 'TLSv1.3'),
    isClientCertificateRequired: json.requireClientCertificate ?? false,
    isSniRequired: json.requireSni ?? false,
  };
}

export function compileClientTls(json: UpstreamTlsContextJson): ClientTls {
  // Envoy's clients stop at TLS 1.2 unless told otherwise; going on to 1.3 where the server can is no less safe.
  return { ...compileCommon(json.commonTlsContext ?? {}, 'TLSv1.3'), sni: json.sni ?? '' };
}

/** Names of the secrets to subscribe to. */
export function secretNames(settings: TlsSettings | undefined): readonly string[] {
  return [settings?.identity, settings?.trust].filter((ref) => typeof ref === 'string');
}

const versions: Readonly<Record<string, SecureVersion>> = { TLSv1_2: 'TLSv1.2', TLSv1_3: 'TLSv1.3' };

function compileCommon(json: CommonTlsContextJson, maxByDefault: SecureVersion): TlsSettings {
  const combined = json.combinedValidationContext;
  const inline = json.validationContext ?? combined?.defaultValidationContext;
  const trust =
    json.validationContextSdsSecretConfig?.name ??
    combined?.validationContextSdsSecretConfig?.name ??
    inlineTrust(inline);
  return {
    identity: json.tlsCertificateSdsSecretConfigs?.[0]?.name ?? json.tlsCertificates?.[0],
    trust,
    checkSan: compileSanCheck(inline),
    alpn: json.alpnProtocols ?? [],
    minVersion: versions[json.tlsParams?.tlsMinimumProtocolVersion ?? ''] ?? 'TLSv1.2',
    maxVersion: versions[json.tlsParams?.tlsMaximumProtocolVersion ?? ''] ?? maxByDefault,
  };
}

function inlineTrust(json: CertificateValidationContextJson | undefined): CertificateValidationContextJson | undefined {
  return json?.trustedCa || json?.systemRootCerts ? json : undefined;
}

function compileSanCheck(json: CertificateValidationContextJson | undefined): SanCheck | undefined {
  const matchers = json?.matchTypedSubjectAltNames ?? [];
  if (matchers.length === 0) return undefined;
  const checks = matchers.map(({ sanType, matcher = {} }): SanCheck => {
    if (sanType === 'URI') {
      const matches = compileStringMatcher(matcher);
      return (peer) => peer.uriSans.some(matches);
    }
    if (sanType === 'DNS') {
      const matches = compileDnsMatcher(matcher);
      return (peer) => peer.dnsSans.some(matches);
    }
    throw new Rejection('FL0820', `the embedded proxy does not support SAN type ${JSON.stringify(sanType)}`);
  });
  return (peer) => checks.some((check) => check(peer));
}

/** An exact DNS matcher also takes a wildcard certificate for its name, as Envoy's. */
function compileDnsMatcher(json: Parameters<typeof compileStringMatcher>[0]): StringPredicate {
  if (json.exact === undefined || isIP(json.exact)) return compileStringMatcher(json);
  const wanted = json.exact.toLowerCase();
  const wildcard = `*${wanted.slice(wanted.indexOf('.'))}`;
  return (san) => san.toLowerCase() === wanted || (wanted.includes('.') && san.toLowerCase() === wildcard);
}

export type { DataSourceJson };
