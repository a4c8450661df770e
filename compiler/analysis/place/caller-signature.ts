// Callers that no rule in question tells apart need to be looked at only once.
import { type Client, hostOf, isOwnTls, keyOf, type MeshIndex, type Service } from '../../model/index.ts';
import { type Involved, involvedFor } from './involved.ts';
import { peerSignature } from './access.ts';
import { type Caller, callerOfWorkload } from './caller.ts';
import { egressMode, type FoundUse, findUse, readPort, takerAt, takerOf } from './find-host.ts';
import { unmeshed } from '../verdict.ts';

export interface SignedDestination {
  /** As it is addressed. */
  readonly host: string;
  readonly port: number;
  readonly service: Service | undefined;
  /** By the tables of every client. */
  readonly involved: Involved;
}

/** Equal for callers that fare alike with every request to a service's port. A key without a workload has a signature of its own. */
export function callerSignature(index: MeshIndex, key: string, destination: SignedDestination): string {
  if (key === unmeshed) return 'unmeshed';
  const workload = index.workloadByKey.get(key);
  if (!workload) return 'missing';
  const caller = callerOfWorkload(index, workload);
  if (caller.kind !== 'sidecar') return caller.kind;
  const { host, port } = destination;
  const named = takerAt(index, workload, host, port) ?? findUse(index, workload, host, port);
  const way = named ? [wayTo(index, caller, named, destination)] : [];
  // Where a name leads to TLS, plain text goes the way of what has no name.
  if (named && !isOwnTls(named.port.protocol)) return way.join();
  const taker = takerOf(index, workload, port);
  const rest = taker ? [taker.host, wayTo(index, caller, taker, destination)] : [];
  const read = readPort(index, workload, port);
  const how = read ? (read.isTlsApart ? ', read but for TLS' : ', read') : '';
  return [...way, ...rest, `out of scope, ${egressMode(index, workload)}${how}`].join(' ');
}

function wayTo(index: MeshIndex, caller: Caller, use: FoundUse, destination: SignedDestination): string {
  // What the name means to this caller need not be what it means to others.
  const isOther = use.service !== destination.service;
  const involved = isOther ? involvedFor(index, use.host) : destination.involved;
  const peer = { ...(caller.principal && { principal: caller.principal }), namespace: caller.namespace };
  const rules = involved.targets.flatMap((target) => index.authorizationOf(target).flatMap((policy) => policy.rules));
  const { port } = destination;
  const view = viewOf(index, caller.client, { host: use.host, port, service: use.service, involved });
  return [use.host, ...view, rules.map((rule) => peerSignature(rule, peer)).join('')].join(' ');
}

/** Which of the mesh's nodes the client's proxy is given on the way to a destination. */
function viewOf(index: MeshIndex, client: Client, { host, service, involved }: SignedDestination): readonly string[] {
  const table = index.routeTableFor(client, host) ?? (service && index.routeTableFor(client, hostOf(service)));
  const policies = involved.services.map((one) => index.destinationPolicyFor(client, hostOf(one)));
  return [table, ...policies].map((node) => (node ? keyOf(node) : '-'));
}
