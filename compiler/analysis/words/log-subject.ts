// Whom a log line is about: whose proxy wrote it, who called, and by which route the request came.
import {
  type Condition,
  type HttpRoute,
  hostOf,
  keyOf,
  type Mesh,
  type MeshIndex,
  mayCarry,
  rewrittenHost,
  type RouteTable,
  type Workload,
} from '../../model/index.ts';
import { mirrorsOf } from '../concrete/decide-forward.ts';
import { mismatchOf } from '../fields/mismatch.ts';
import type { Peer } from '../place/access.ts';
import { callerOfWorkload } from '../place/caller.ts';
import { findHost } from '../place/find-host.ts';
import { type Destination, destinationOf } from '../place/settle-share.ts';
import { outside, type Step, unmeshed } from '../verdict.ts';
import type { LogLine } from './log-line.ts';

/** What the line itself may not tell: both are keys of workloads. */
export interface LogHints {
  /** Whose proxy wrote the line. What the line says of that goes first. */
  readonly workload?: string;
  /** Who called; `outside` and `unmeshed` have no identity. */
  readonly from?: string;
}

export interface Arrival {
  readonly key?: string;
  readonly workload?: Workload;
  /** The workload of the hint, where the line says otherwise; and those that the line leaves. */
  readonly contradicted?: string;
  readonly told?: readonly string[];
  /** Who called, as its certificate says; empty for a caller without one, and where nobody says. */
  readonly peer: Peer;
  readonly isPeerTold: boolean;
  readonly peerText: string;
}

export function arrivalOf(index: MeshIndex, line: LogLine, hints: LogHints): Arrival {
  const { told, only } = workloadsTold(index, line);
  const isOther = hints.workload !== undefined && told.length > 0 && !told.includes(hints.workload);
  const key = isOther ? only : (hints.workload ?? only);
  const workload = key === undefined ? undefined : index.workloadByKey.get(key);
  return {
    ...(key !== undefined && { key }),
    ...(workload && { workload }),
    ...(isOther && { told, contradicted: hints.workload }),
    ...callerIn(index, line, hints),
  };
}

type CallerTold = Pick<Arrival, 'peer' | 'isPeerTold' | 'peerText'>;

/** Istio's formats do not say who called. */
function callerIn(index: MeshIndex, { peer, format }: LogLine, { from }: LogHints): CallerTold {
  const [, principal, namespace] = /^spiffe:\/\/([^/]+\/ns\/([^/]+)\/sa\/[^/]+)$/.exec(peer ?? '') ?? [];
  if (principal !== undefined && namespace !== undefined) {
    const callers = index.mesh.workloads.filter((w) => callerOfWorkload(index, w).principal === principal);
    const [only] = callers;
    const peerText = only && callers.length === 1 ? keyOf(only) : `spiffe://${principal}`;
    return { peer: { principal, namespace }, isPeerTold: true, peerText };
  }
  const caller = from === undefined ? undefined : index.workloadByKey.get(from);
  if (caller && from !== undefined) {
    const { principal: own, namespace: ownNamespace } = callerOfWorkload(index, caller);
    return {
      peer: own === undefined ? {} : { principal: own, namespace: ownNamespace },
      isPeerTold: true,
      peerText: from,
    };
  }
  const isPeerTold = format === 'fairlead' || from === outside || from === unmeshed;
  return {
    peer: {},
    isPeerTold,
    peerText: isPeerTold ? 'a caller without identity' : 'a caller that the line does not name',
  };
}

interface WorkloadsTold {
  /** All that the line may be of; none where it says nothing. */
  readonly told: readonly string[];
  readonly only?: string;
}

/** Between sidecars the TLS server name is `outbound_.PORT_.SUBSET_.HOST`, or the denying policy names a namespace; those that are left are told, and the only one that serves the port. */
function workloadsTold(index: MeshIndex, { workload: own, ...line }: LogLine): WorkloadsTold {
  if (own !== undefined) return { told: [own], only: own };
  const { direction, serverName, details, port } = line;
  if (direction !== 'inbound') return { told: [] };
  const [, subset = '', host] = /^outbound_\.\d+_\.(.*?)_\.(.+)$/.exec(serverName ?? '') ?? [];
  const service = host === undefined ? undefined : index.serviceByHost.get(host);
  const named = service && workloadsBehind(index, { host: hostOf(service), subset: subset === '_' ? '' : subset });
  const [, policy] = /-policy\[([^\]]+)\]/.exec(details ?? '') ?? [];
  const [, namespace] = /ns\[([^\]]+)\]/.exec(details ?? '') ?? [];
  const isGuarded = (workload: Workload) =>
    policy === undefined ||
    index.authorizationOf(workload).some((one) => one.name === policy && one.namespace === namespace);
  const served = (workload: Workload) =>
    port === undefined || index.servicesOf(workload).some((one) => one.ports.some((p) => p.targetPort === port));
  if (!named && policy === undefined) return { told: [] };
  const told = (named ?? index.mesh.workloads).filter(isGuarded);
  const [only, ...others] = named ? told : told.filter(served);
  return { told: told.map(keyOf), ...(only && others.length === 0 && { only: keyOf(only) }) };
}

/** Who serves a version of a host. */
export function workloadsBehind(
  index: MeshIndex,
  { host, subset }: Pick<Destination, 'host' | 'subset'>,
): readonly Workload[] {
  const service = index.serviceByHost.get(host);
  if (!service) return [];
  const policies = index.mesh.destinationPolicies.filter((policy) => service.hosts.includes(policy.host));
  const labels = policies.flatMap(({ subsets }) => subsets).find(({ name }) => name === subset)?.labels ?? {};
  return index.workloadsOf(service).filter((workload) => mayCarry(index, workload, labels));
}

/** The route of a name, and the table that it stands in. */
export function routeOf(
  mesh: Mesh,
  name: string | undefined,
): { readonly route?: HttpRoute; readonly table?: RouteTable } {
  for (const table of mesh.routeTables) {
    const route = table.http.find((one) => one.name === name);
    if (route) return { route, table };
  }
  return {};
}

/** What a connection of a caller was made to: by the cluster that it was sent to, or by our name for the listener that took it. */
export function dialledIn({ method, direction, cluster, listener }: LogLine): Dialled | undefined {
  if (method !== undefined || direction === 'inbound') return undefined;
  const [, listenedHost, listenedPort] = /^outbound_tcp_(.+)_(\d+)$/.exec(listener ?? '') ?? [];
  const [, sentPort, , sentHost] = /^outbound\|(\d+)\|([^|]*)\|([^|]+)$/.exec(cluster ?? '') ?? [];
  const host = listenedHost ?? sentHost;
  const port = Number(listenedPort ?? sentPort);
  return host === undefined ? undefined : { host, port };
}

export interface Dialled {
  readonly host: string;
  readonly port: number;
}

/** How a request that was meant for another service came to this workload: by a route, as a copy, under a rewritten authority. */
export function detourSteps(index: MeshIndex, line: LogLine, { workload, peer }: Arrival): readonly Step[] {
  const authority = line.authority?.replace(/:\d+$/, '');
  if (!workload || line.direction !== 'inbound' || authority === undefined) return [];
  const found = findHost(index, authority, peer.namespace ?? workload.namespace);
  const routes = found
    ? index.routeTablesOf(found.host).flatMap(({ http }) => http)
    : index.mesh.routeTables.flatMap(({ http }) => http).filter((route) => isRewrittenTo(route, authority));
  const isHere = (to: Destination) => workloadsBehind(index, to).some((one) => one === workload);
  const possible = routes.filter((route) => mayTake(route, line));
  const sent = possible.filter((route) => route.action.kind === 'ForwardAction' && destinationsOf(route).some(isHere));
  const copied = possible.filter((route) => mirrorsOf(route).some(isHere));
  const isOwn = found !== undefined && index.workloadsOf(found.service).includes(workload);
  const [way] = sent;
  const [copy] = copied;
  const rewritten =
    found || !way ? [] : [{ text: `route ${way.name} made ${authority} of the authority`, origin: way.origin }];
  const rerouted =
    isOwn || !way || !found
      ? []
      : [{ text: `route ${way.name} sends requests for ${authority} here`, origin: way.origin }];
  const what = way ? 'it may be a copy' : 'it is a copy, for whose answer nobody waits';
  const copies = copy ? [{ text: `${what}: route ${copy.name} mirrors here`, origin: copy.origin }] : [];
  return [...rewritten, ...rerouted, ...copies];
}

function destinationsOf({ action }: HttpRoute): readonly Destination[] {
  return action.kind === 'ForwardAction' ? action.destinations.map(destinationOf) : [];
}

function isRewrittenTo(route: HttpRoute, authority: string): boolean {
  return route.action.kind === 'ForwardAction' && rewrittenHost(route, route.action) === authority;
}

/** As far as the method tells: the path may have been rewritten, and of headers the line says nothing. */
function mayTake({ matches }: HttpRoute, { method = '' }: LogLine): boolean {
  const isMethod = ({ kind }: Condition) => kind === 'method';
  const request = { method, path: '/', headers: {} };
  return matches.some(({ all }) => all.filter(isMethod).every((one) => !mismatchOf(one, request, { port: 0 })));
}

/** A proxy has no other 200 of its own, but for faults that write it, and CORS preflights. */
export function isRefusedByGrpc({ status, details = '', tellsGrpc }: LogLine): boolean {
  return !tellsGrpc && status === 200 && refusals.some((start) => details.startsWith(start));
}

const refusals = [
  ...['rbac_access_denied', 'route_not_found', 'direct_response', 'no_healthy_upstream', 'cluster_not_found'],
  ...['upgrade_failed', 'path_normalization_failed', 'response_timeout', 'upstream_response_timeout', 'max_duration'],
  ...['upstream_per_try_timeout', 'upstream_reset_before_response_started'],
];

/** As far as the line tells. */
export function isByGrpc(line: LogLine): boolean {
  return line.grpcStatus !== undefined || isRefusedByGrpc(line);
}
