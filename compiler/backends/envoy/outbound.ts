// Listeners for what a sidecar's application sends, with a bound address each: the explicit placement.
import {
  hostOf,
  keyOf,
  type MeshIndex,
  nothingLeft,
  type Origin,
  speaksHttp,
  type Workload,
} from '../../model/index.ts';
import { type ClusterReference, referenceOn } from './cluster-reference.ts';
import { httpFilters, outboundFilters } from './filters/index.ts';
import { socketAddress } from './json-values.ts';
import { connectionManager, tcpProxy } from './network-filters.ts';
import type { EnvoyPlan } from './plan.ts';
import type { FilterJson } from './proto/types/envoy/config/listener/v3/listener_components_pb.js';
import type { ExplicitPlacement, ListenerJson, SocketAddress } from './proxy-snapshot.ts';
import type { Reach, ReachablePort } from './scope.ts';
import { tcpRouteFor } from './tcp-match.ts';

export interface BuiltListener {
  readonly listener: ListenerJson;
  readonly origin: Origin;
}

export interface BuiltOutbound {
  readonly listeners: readonly BuiltListener[];
  /** Ports whose route configurations the listeners ask for (redirect placement). */
  readonly httpPorts: readonly number[];
  /** What TCP listeners forward to. */
  readonly references: readonly ClusterReference[];
}

export function explicitOutbound(
  plan: EnvoyPlan,
  workload: Workload,
  reach: Reach,
  placement: ExplicitPlacement,
): BuiltOutbound {
  const tcp = reach.ports
    .filter((p) => !speaksHttp(plan.index, workload, p.service, p.port))
    .flatMap((p) => {
      const bind = p.service.hosts.map((host) => placement.outboundTcp[`${host}:${p.port.number}`]).find((a) => a);
      return bind ? [{ ...p, bind }] : [];
    });
  const http = placement.outboundHttp;
  return {
    listeners: [
      ...(http ? [httpListener(workload, reach, http)] : []),
      ...tcp.map((p) => tcpListener(plan.index, workload, p, p.bind)),
    ],
    httpPorts: [],
    references: tcp.flatMap((p) => tcpReferences(plan.index, workload, p)),
  };
}

export function tcpListenerName({ service, port }: ReachablePort): string {
  return `outbound_tcp_${hostOf(service)}_${port.number}`;
}

/** What a TCP port forwards to: its TCP route, or the service itself. */
export function tcpReferences(
  index: MeshIndex,
  workload: Workload,
  reachable: ReachablePort,
): readonly ClusterReference[] {
  return sharesOf(index, workload, reachable).map(({ to }) => to);
}

export function tcpFilter(
  index: MeshIndex,
  workload: Workload,
  listener: string,
  reachable: ReachablePort,
): FilterJson {
  return tcpProxy({
    direction: 'outbound',
    listener,
    workload: keyOf(workload),
    port: reachable.port.number,
    shares: sharesOf(index, workload, reachable),
  });
}

/** Without a port where only the authority tells which one was asked for. */
export function httpFilter(workload: Workload, listener: string, port?: number): FilterJson {
  return connectionManager({
    direction: 'outbound',
    listener,
    workload: keyOf(workload),
    ...(port !== undefined && { port }),
    routes: port === undefined ? 'http' : String(port),
    httpFilters: httpFilters(outboundFilters, {}),
  });
}

interface ServiceShare {
  readonly to: ClusterReference;
  readonly weight: number;
}

function sharesOf(index: MeshIndex, workload: Workload, { service, port }: ReachablePort): readonly ServiceShare[] {
  const host = hostOf(service);
  const route = tcpRouteFor(index.routeTableFor(workload, host), port.number);
  if (!route) return [{ to: { host, port: port.number, subset: '' }, weight: 100 }];
  const { kind: _kind, origin: _origin, name: _name, matches: _matches, destinations, ...rest } = route;
  nothingLeft(rest);
  return destinations.map((destination) => {
    const { kind: _k, origin: _o, host: _host, port: _port, subset: _subset, weight, ...unread } = destination;
    nothingLeft(unread);
    return { to: referenceOn(destination, port.number), weight };
  });
}

function httpListener(workload: Workload, reach: Reach, bind: SocketAddress): BuiltListener {
  const name = 'outbound-http';
  return {
    listener: {
      name,
      address: socketAddress(bind),
      filterChains: [{ filters: [httpFilter(workload, name)] }],
      trafficDirection: 'OUTBOUND',
    },
    origin: reach.origin,
  };
}

function tcpListener(
  index: MeshIndex,
  workload: Workload,
  reachable: ReachablePort,
  bind: SocketAddress,
): BuiltListener {
  const name = tcpListenerName(reachable);
  return {
    listener: {
      name,
      address: socketAddress(bind),
      filterChains: [{ filters: [tcpFilter(index, workload, name, reachable)] }],
      trafficDirection: 'OUTBOUND',
    },
    origin: reachable.port.origin,
  };
}
