// What a sidecar demands of connections to its application, by mode: which filter chains it has.
import { isOwnTls, type MtlsMode, type Protocol } from '../../model/index.ts';
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

function permissive(served: Served): FilterChainJson[] {
  // Where the application itself speaks TLS, only the caller's ALPN tells the mesh's TLS from it.
  const hasOwnTls = isOwnTls(served.protocol);
  const plain = (name: string, transportProtocol: string) => ({
    name,
    filterChainMatch: { transportProtocol },
    filters: served.filters(),
  });
  return [
    mutual(served, { transportProtocol: 'tls', ...(hasOwnTls && { applicationProtocols: [meshAlpn] }) }),
    // Envoy does not come back from the chains of a transport protocol to one that names none.
    ...(hasOwnTls ? [plain('own-tls', 'tls')] : []),
    plain('plaintext', 'raw_buffer'),
  ];
}
