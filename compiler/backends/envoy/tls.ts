// TLS on both sides of a connection. Keys and trust come over SDS: the compiler names secrets and never sees them.
import { type AnyJson, any } from './any.ts';
import { overAds } from './json-values.ts';
import type { SubjectAltNameMatcherJson } from './proto/types/envoy/extensions/transport_sockets/tls/v3/common_pb.js';
import type { CommonTlsContextJson } from './proto/types/envoy/extensions/transport_sockets/tls/v3/tls_pb.js';

/** SDS names, as Istio's agent has them. */
export const identitySecret = 'default';
export const trustBundleSecret = 'ROOTCA';

/** Offered by callers on TCP connections of the mesh: tells mutual TLS of the mesh from the application's own. */
export const meshAlpn = 'istio';

/** Debian's and Envoy's images agree on this path. */
const systemRoots = '/etc/ssl/certs/ca-certificates.crt';

interface TransportSocket {
  readonly name: string;
  readonly typedConfig: AnyJson;
}

/** SDS name of the certificate of a gateway listener. */
export function gatewaySecret(tlsSecret: string): string {
  return `gateway/${tlsSecret}`;
}

/** Accepts only callers with a certificate of the mesh's trust domain. */
export function meshServerSocket(trustDomain: string, alpnProtocols: readonly string[]): TransportSocket {
  return serverSocket({
    requireClientCertificate: true,
    commonTlsContext: meshContext([uriPrefix(`spiffe://${trustDomain}/`)], alpnProtocols),
  });
}

/** Serves callers from outside: a server certificate, no question about the caller's. */
export function gatewayServerSocket(tlsSecret: string): TransportSocket {
  return serverSocket({
    requireClientCertificate: false,
    commonTlsContext: {
      alpnProtocols: ['h2', 'http/1.1'],
      tlsCertificateSdsSecretConfigs: [{ name: gatewaySecret(tlsSecret), sdsConfig: overAds }],
    },
  });
}

/** Mutual TLS towards a service: its certificate must carry one of `identities` (`cluster.local/ns/…`). */
export function meshClientSocket(
  sni: string,
  identities: readonly string[],
  alpnProtocols: readonly string[],
): TransportSocket {
  return clientSocket(
    sni,
    meshContext(
      identities.map((identity) => ({ sanType: 'URI', matcher: { exact: `spiffe://${identity}` } })),
      alpnProtocols,
    ),
  );
}

/** What the metadata of an endpoint says that speaks plain text, as Istio has it. */
const plainMark = { tlsMode: 'disabled' } as const;

export const plainEndpoint = { filterMetadata: { 'envoy.transport_socket_match': plainMark } } as const;

/** For endpoints that are marked so; all others keep the socket of their cluster. */
export const plainSocketMatch = {
  name: 'plain',
  match: plainMark,
  transportSocket: {
    name: 'envoy.transport_sockets.raw_buffer',
    typedConfig: any('envoy.extensions.transport_sockets.raw_buffer.v3.RawBuffer', {}),
  },
} as const;

/** TLS towards a host outside, whose certificate must be for `sni` and come from a public authority. */
export function simpleClientSocket(sni: string, alpnProtocols: readonly string[]): TransportSocket {
  return clientSocket(sni, {
    ...(alpnProtocols.length > 0 && { alpnProtocols: [...alpnProtocols] }),
    validationContext: {
      trustedCa: { filename: systemRoots },
      matchTypedSubjectAltNames: [{ sanType: 'DNS', matcher: { exact: sni } }],
    },
  });
}

function meshContext(
  matchTypedSubjectAltNames: SubjectAltNameMatcherJson[],
  alpnProtocols: readonly string[],
): CommonTlsContextJson {
  return {
    ...(alpnProtocols.length > 0 && { alpnProtocols: [...alpnProtocols] }),
    tlsCertificateSdsSecretConfigs: [{ name: identitySecret, sdsConfig: overAds }],
    combinedValidationContext: {
      defaultValidationContext: { matchTypedSubjectAltNames },
      validationContextSdsSecretConfig: { name: trustBundleSecret, sdsConfig: overAds },
    },
  };
}

function uriPrefix(prefix: string): SubjectAltNameMatcherJson {
  return { sanType: 'URI', matcher: { prefix } };
}

type DownstreamTls = Parameters<typeof any<'envoy.extensions.transport_sockets.tls.v3.DownstreamTlsContext'>>[1];

function serverSocket(context: DownstreamTls): TransportSocket {
  return {
    name: 'envoy.transport_sockets.tls',
    typedConfig: any('envoy.extensions.transport_sockets.tls.v3.DownstreamTlsContext', context),
  };
}

function clientSocket(sni: string, commonTlsContext: CommonTlsContextJson): TransportSocket {
  return {
    name: 'envoy.transport_sockets.tls',
    typedConfig: any('envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext', { sni, commonTlsContext }),
  };
}
