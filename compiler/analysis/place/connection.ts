// Whether a connection from a caller to one workload comes about, and which identity the server sees. See semantics.md, caller 6 and callee 1.
import type { MeshIndex, MtlsMode, Service, TlsTowards, Workload } from '../../model/index.ts';
import {
  addressesOf,
  hostOf,
  isHttp,
  keyOf,
  placeOfSetting,
  principal,
  tlsTowards,
  hasSidecar,
} from '../../model/index.ts';
import { type Peer, type ResidualAccess, residualAccess } from './access.ts';
import type { Caller } from './caller.ts';
import { asSent } from './endpoint.ts';
import type { ServedPort } from './find-host.ts';
import type { Endpoint, Step, Target } from '../verdict.ts';

/**
 * What a connection to one workload meets. `open`: nobody checks access there. `closed`: the TLS sides do not fit.
 */
export type Gate = {
  /** Absent for endpoints outside the mesh. */
  readonly workload?: string;
  readonly tls: Target['tls'];
  readonly endpoint: Endpoint;
  readonly step: Step;
} & (
  | { readonly kind: 'open' | 'closed' }
  /** `principal`: of the caller, where the connection is mutual TLS. */
  | { readonly kind: 'checked'; readonly access: ResidualAccess; readonly principal?: string }
);

/**
 * Whether a proxy hands requests on to another over HTTP/1.1, which takes no extension as a method. What it passes through to the dialled
 * address goes on in the version of HTTP that the caller speaks.
 */
export function isHttp1Hop(caller: Caller, { kind, endpoint }: Gate): boolean {
  return kind === 'checked' && caller.kind !== 'plain' && endpoint.protocol === 'HTTP/1.1';
}

/** Whether a proxy stands before an application of HTTP/2, which it lets nobody ask for WebSocket. */
export function isWithoutWebSocket({ kind, endpoint }: Gate): boolean {
  return kind === 'checked' && endpoint.protocol === 'HTTP/2';
}

/** A port of a service, and what a connection to it meets whoever serves it. */
export interface ServedEndpoint extends ServedPort {
  readonly endpoint: Endpoint;
}

/** `workload` is one of those behind the service. */
export function connect(index: MeshIndex, caller: Caller, served: ServedEndpoint, workload: Workload): Gate {
  const { service, port } = served;
  const endpoint = atMachine(index, workload, served.endpoint);
  const name = keyOf(workload);
  if (!hasSidecar(workload)) {
    const text = `${name} has no sidecar: plain text, and nobody checks access`;
    const reached = caller.kind === 'plain' ? asSent(endpoint) : endpoint;
    const step: Step = { text, origin: workload.origin, about: 'tls' };
    return { kind: 'open', workload: name, tls: 'plain', endpoint: reached, step };
  }
  const { mode, origin = placeOfSetting(index.mesh, 'mtls') } = index.mtlsOf(workload, port.targetPort);
  const client = clientTls(index, caller, service);
  const demanded: Step = {
    about: 'tls',
    text: `${name} demands mTLS ${mode} on port ${port.targetPort}`,
    origin,
  };
  const problem = tlsProblems[client](mode, () => identityProblem(index, service, workload));
  if (problem)
    return {
      kind: 'closed',
      workload: name,
      tls: 'plain',
      endpoint,
      step: { ...demanded, text: `${demanded.text}: ${problem}` },
    };
  const isMutual = client === 'MESH' && isTlsServer[mode];
  const peer: Peer = isMutual && caller.principal ? { principal: caller.principal, namespace: caller.namespace } : {};
  const how = isMutual ? `mutual TLS as ${caller.principal}` : 'plain text, without identity';
  const access = residualAccess(index, workload, peer, { targetPort: port.targetPort, isHttp: isHttp(port.protocol) });
  const tls = isMutual ? 'mutual' : 'plain';
  const step = { ...demanded, text: `${demanded.text}: ${how}` };
  const { principal: who } = peer;
  return { kind: 'checked', workload: name, tls, endpoint, step, access, ...(who !== undefined && { principal: who }) };
}

/** A machine is found by the labels of a service, and reached at its address. */
function atMachine(index: MeshIndex, workload: Workload, endpoint: Endpoint): Endpoint {
  const addresses = addressesOf(index, workload);
  if (addresses.length === 0) return endpoint;
  const { labels: _labels, ...rest } = endpoint;
  return { ...rest, addresses };
}

type ClientTls = TlsTowards['mode'];

function clientTls(index: MeshIndex, caller: Caller, service: Service): ClientTls {
  if (caller.kind === 'plain') return 'DISABLE';
  return tlsTowards(index.destinationPolicyFor(caller.client, hostOf(service))).mode;
}

/** Why the two sides do not come together, by what the client does. */
const tlsProblems: Record<
  ClientTls,
  (server: MtlsMode, identityProblem: () => string | undefined) => string | undefined
> = {
  SIMPLE: () => 'TLS without a client certificate does not fit a sidecar',
  DISABLE: (server) => plainProblems[server],
  MESH: (server, identityProblem) => (isTlsServer[server] ? identityProblem() : undefined),
};

const plainProblems: Record<MtlsMode, string | undefined> = {
  STRICT: 'a plain connection is closed',
  PERMISSIVE: undefined,
  DISABLE: undefined,
};

const isTlsServer: Record<MtlsMode, boolean> = { STRICT: true, PERMISSIVE: true, DISABLE: false };

function identityProblem(index: MeshIndex, service: Service, workload: Workload): string | undefined {
  const identity = principal(index.mesh.settings.trustDomain, workload.namespace, workload.serviceAccount);
  const isExpected = service.identities.length === 0 || service.identities.includes(identity);
  return isExpected ? undefined : `its certificate names ${identity}, which is no identity of ${hostOf(service)}`;
}
