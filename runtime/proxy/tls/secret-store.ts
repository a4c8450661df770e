// The secrets of the proxy as they came over SDS, and secure contexts made of them. Keys are never printed.
import { existsSync, readFileSync } from 'node:fs';
import { createSecureContext, rootCertificates, type SecureContext, type SecureContextOptions } from 'node:tls';
import { dataSourceText } from '../http/data-source.ts';
import { invalid, Rejection } from '../rejection.ts';
import { Redacted } from '../../../compiler/index.ts';
import type { CertificateValidationContextJson, DataSourceJson, SecretJson, TlsCertificateJson } from '../types.ts';
import { uriSansOf } from './certificates.ts';
import { compileServerTls, type SanCheck, type TlsSettings } from './tls-settings.ts';

export interface Identity {
  readonly chain: string;
  readonly key: Redacted;
  readonly uriSans: readonly string[];
}

export interface Trust {
  readonly roots: string | readonly string[];
  /** SAN matchers that came with the secret itself. */
  readonly checkSan?: SanCheck | undefined;
}

/** What a connection is made with. A new object whenever a secret it depends on changed. */
export interface TlsMaterial {
  readonly context: SecureContext;
  /** What `context` was made of, for servers that make their own. Holds the key: hand it to TLS only. */
  secureContextOptions(): SecureContextOptions;
  readonly localUriSans: readonly string[];
  readonly isVerifying: boolean;
  /** Both the settings' and the secret's demands. */
  readonly checkSan: SanCheck;
}

export class SecretStore {
  readonly #identities = new Map<string, Identity>();
  readonly #trusts = new Map<string, Trust>();
  readonly #material = new WeakMap<TlsSettings, { readonly generation: number; readonly material: TlsMaterial }>();
  #generation = 0;

  /** Throws a Rejection if the secret is of another kind or cannot be used; the old one then stays. */
  set(json: SecretJson): void {
    const name = json.name ?? '';
    if (json.tlsCertificate) this.#identities.set(name, readIdentity(json.tlsCertificate));
    else if (json.validationContext) this.#trusts.set(name, readTrust(json.validationContext));
    else
      throw new Rejection('FL0820', `the embedded proxy does not support the kind of secret ${JSON.stringify(name)}`);
    this.#generation++;
  }

  has(name: string): boolean {
    return this.#identities.has(name) || this.#trusts.has(name);
  }

  /** undefined while a secret it needs has not arrived. */
  material(settings: TlsSettings): TlsMaterial | undefined {
    const cached = this.#material.get(settings);
    if (cached?.generation === this.#generation) return cached.material;
    const identity =
      typeof settings.identity === 'string' ? this.#identities.get(settings.identity) : inlineIdentity(settings);
    const trust = typeof settings.trust === 'string' ? this.#trusts.get(settings.trust) : inlineTrust(settings);
    if ((settings.identity && !identity) || (settings.trust && !trust)) return undefined;
    const material = makeMaterial(settings, identity, trust);
    this.#material.set(settings, { generation: this.#generation, material });
    return material;
  }
}

function inlineIdentity(settings: TlsSettings): Identity | undefined {
  return typeof settings.identity === 'object' ? readIdentity(settings.identity) : undefined;
}

function inlineTrust(settings: TlsSettings): Trust | undefined {
  return typeof settings.trust === 'object' ? readTrust(settings.trust) : undefined;
}

function makeMaterial(settings: TlsSettings, identity: Identity | undefined, trust: Trust | undefined): TlsMaterial {
  const secureContextOptions = (): SecureContextOptions => ({
    ...(identity && { cert: identity.chain, key: identity.key.reveal() }),
    // Without roots of its own Node would take its bundled ones: an empty list trusts nobody.
    ca: trust ? (trust.roots as string) : [],
    minVersion: settings.minVersion,
    maxVersion: settings.maxVersion,
  });
  return {
    context: createSecureContext(secureContextOptions()),
    secureContextOptions,
    localUriSans: identity?.uriSans ?? [],
    isVerifying: trust !== undefined,
    checkSan: (peer) => (settings.checkSan?.(peer) ?? true) && (trust?.checkSan?.(peer) ?? true),
  };
}

function readIdentity(json: TlsCertificateJson): Identity {
  const chain = dataSourceText(json.certificateChain);
  const key = new Redacted(dataSourceText(json.privateKey));
  try {
    createSecureContext({ cert: chain, key: key.reveal() });
    return { chain, key, uriSans: uriSansOf(chain) };
  } catch (error) {
    // The library's message is safe; its `opensslErrorStack` and the key are not repeated.
    throw invalid(
      `the certificate and key do not fit together: ${error instanceof Error ? error.message : 'unusable'}`,
    );
  }
}

function readTrust(json: CertificateValidationContextJson): Trust {
  const roots = json.systemRootCerts ? rootCertificates : rootsText(json.trustedCa);
  try {
    createSecureContext({ ca: roots as string });
  } catch (error) {
    throw invalid(`the trusted roots cannot be read: ${error instanceof Error ? error.message : 'unusable'}`);
  }
  const { checkSan } = compileServerTls({ commonTlsContext: { validationContext: json } });
  return { roots, checkSan };
}

/** Where Debian keeps the public authorities. On a machine without it, Node's own list takes its place. */
const systemRoots = '/etc/ssl/certs/ca-certificates.crt';

function rootsText(source: DataSourceJson | undefined): string | readonly string[] {
  if (source?.filename === undefined) return dataSourceText(source);
  if (existsSync(source.filename)) return readFileSync(source.filename, 'utf8');
  if (source.filename === systemRoots) return rootCertificates;
  throw invalid(`trusted_ca: there is no file ${source.filename}`);
}
