// What a sidecar demands of connections to its application, by mode: which filter chains it has.
import { isHttp, type MtlsMode, type Protocol } from '../../model/index.ts';
import type { FilterChainJson, FilterJson } from './proto/types/envoy/config/listener/v3/listener_components_pb.js';
import { protocols } from './protocols.ts';
import { meshAlpn, meshServerSocket } from './tls.ts';

interface MtlsRow {
  readonly isMeshTls: boolean;
  /** Connections have to be looked into before a chain can be chosen. */
  readonly needsInspector: boolean;
  readonly chains: (served: Served) => FilterChainJson[];
}

interface Served {
  readonly protocol: Protocol;
  readonly trustDomain: string;
  /** Made anew for each chain. */
  readonly filters: () => FilterJson[];
}

export const mtlsModes: Readonly<Record<MtlsMode, MtlsRow>> = {
  STRICT: { isMeshTls: true, needsInspector: false, chains: (served) => [mutual(served)] },
  PERMISSIVE: { isMeshTls: true, needsInspector: true, chains: permissive },
  DISABLE: {
    isMeshTls: false,
    needsInspector: false,
    chains: ({ filters }) => [{ name: 'plaintext', filters: filters() }],
  },
};

function mutual({ protocol, trustDomain, filters }: Served, match?: FilterChainJson['filterChainMatch']) {
  return {
    name: 'mtls',
    ...(match && { filterChainMatch: match }),
    filters: filters(),
    transportSocket: meshServerSocket(trustDomain, protocols[protocol].http ? ['h2', 'http/1.1'] : []),
  };
}

/** Bytes may be TLS of the application's own: only the caller's ALPN tells the mesh's from it, under istiod too. What is no HTTP on a port of HTTP is refused. */
function permissive(served: Served): FilterChainJson[] {
  const isBytes = !isHttp(served.protocol);
  const plain = (name: string, transportProtocol: string) => ({
    name,
    filterChainMatch: { transportProtocol },
    filters: served.filters(),
  });
  return [
    mutual(served, { transportProtocol: 'tls', ...(isBytes && { applicationProtocols: [meshAlpn] }) }),
    // Envoy does not come back from the chains of a transport protocol to one that names none.
    ...(isBytes ? [plain('own-tls', 'tls')] : []),
    plain('plaintext', 'raw_buffer'),
  ];
}
