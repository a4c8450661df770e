// TLS from a caller's proxy towards a host. How the contexts look is in tls.ts.
import {
  handleBy,
  hostOf,
  type MtlsMode,
  meshSni,
  nothingLeft,
  plainAddresses,
  type Reading,
  speaksHttp,
  type TableBy,
  type TlsTowards,
  tlsTowards,
  workloadsBehind,
  hasProxy,
} from '../../model/index.ts';
import type { ClusterParts, ClusterTarget } from './cluster-parts.ts';
import { protocols } from './protocols.ts';
import { meshAlpn, meshClientSocket, plainSocketMatch, simpleClientSocket } from './tls.ts';

const plainText: ClusterParts = { json: {} };

/** By mode: one that is not known here does not compile, rather than becoming plain text. */
const modes: TableBy<'mode', Reading<TlsTowards, 'mode', { SIMPLE: 'sni' }>, [target: ClusterTarget], ClusterParts> = {
  MESH: (_towards, target) => (usesMeshTls(target) ? meshTls(target) : plainText),
  SIMPLE: (towards, target) => {
    const { mode: _mode, sni, ...rest } = towards;
    nothingLeft(rest);
    return { json: { transportSocket: simpleClientSocket(sni, speaks(target) ? [alpnOf(target)] : []) } };
  },
  DISABLE: () => plainText,
};

export function tlsParts(target: ClusterTarget): ClusterParts {
  return handleBy('mode', modes, tlsTowards(target.policy), target);
}

/** A machine in the service has no proxy to speak it with: which endpoints those are stands with the endpoints. */
function meshTls(target: ClusterTarget): ClusterParts {
  const { index, service, port, subset, labels } = target;
  const sni = meshSni(hostOf(service), port.number, subset);
  const alpn = speaks(target) ? alpnOf(target) : meshAlpn;
  const transportSocket = meshClientSocket(sni, service.identities, [alpn]);
  const isMixed = plainAddresses(index, service, labels).length > 0;
  return {
    json: { ...(isMixed && { transportSocketMatches: [plainSocketMatch] }), transportSocket },
    isMeshTls: true,
  };
}

function speaks({ index, client, service, port }: ClusterTarget): boolean {
  return speaksHttp(index, client, service, port);
}

function alpnOf({ port }: ClusterTarget): string {
  return protocols[port.protocol].alpn;
}

/** Whether a server with this mode answers mutual TLS. */
const takesMeshTls: Readonly<Record<MtlsMode, boolean>> = { STRICT: true, PERMISSIVE: true, DISABLE: false };

/** Where the service has identities, and a proxy that may serve the subset and takes it. */
function usesMeshTls({ index, service, port, labels }: ClusterTarget): boolean {
  if (service.identities.length === 0) return false;
  const candidates = workloadsBehind(index, service, labels);
  if (candidates.length === 0) return takesMeshTls[index.mesh.settings.mtls];
  return candidates.some((w) => hasProxy(w) && takesMeshTls[index.mtlsOf(w, port.targetPort).mode]);
}
