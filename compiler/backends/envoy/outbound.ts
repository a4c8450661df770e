// Listeners for what a sidecar's application sends, with a bound address each: the explicit placement.
import { hostOf, keyOf, type MeshIndex, type Origin, type Workload } from '../../model/index.ts';
import type { ClusterReference } from './clusters.ts';
import { httpFilters, outboundFilters } from './filters/index.ts';
import { socketAddress } from './json-values.ts';
import { connectionManager, tcpDestinations, tcpProxy } from './network-filters.ts';
import type { EnvoyPlan } from './plan.ts';
import type { FilterJson } from './proto/types/envoy/config/listener/v3/listener_components_pb.js';
import type { ExplicitPlacement, ListenerJson, SocketAddress } from './proxy-snapshot.ts';
import { isHttpPort, type Reach, type ReachablePort } from './scope.ts';

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
    .filter((p) => !isHttpPort(plan.index, p))
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
    references: tcp.flatMap((p) => tcpReferences(plan.index, p)),
  };
}

export function tcpListenerName({ service, port }: ReachablePort): string {
  return `outbound_tcp_${hostOf(service)}_${port.number}`;
}

/** What a TCP port forwards to: its TCP route, or the service itself. */
export function tcpReferences(index: MeshIndex, { service, port }: ReachablePort): readonly ClusterReference[] {
  return destinationsOf(index, { service, port }).map((to) => ({
    host: to.host,
    port: to.port === 0 ? port.number : to.port,
    subset: to.subset,
  }));
}

export function tcpFilter(
  index: MeshIndex,
  workload: Workload,
  listener: string,
  reachable: ReachablePort,
): FilterJson {
  const clusters = tcpDestinations(destinationsOf(index, reachable), reachable.port.number);
  return tcpProxy({ listener, workload: keyOf(workload), clusters });
}

export function httpFilter(workload: Workload, listener: string, routes: string): FilterJson {
  return connectionManager({
    side: 'outbound',
    listener,
    workload: keyOf(workload),
    routes,
    httpFilters: httpFilters(outboundFilters, {}),
  });
}

function destinationsOf(index: MeshIndex, { service, port }: ReachablePort) {
  const host = hostOf(service);
  const route = index.tableByHost.get(host)?.tcp.find((r) => r.port === port.number);
  return route?.destinations ?? [{ host, port: port.number, subset: '', weight: 100 }];
}

function httpListener(workload: Workload, reach: Reach, bind: SocketAddress): BuiltListener {
  const name = 'outbound-http';
  return {
    listener: {
      name,
      address: socketAddress(bind),
      filterChains: [{ filters: [httpFilter(workload, name, 'http')] }],
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
