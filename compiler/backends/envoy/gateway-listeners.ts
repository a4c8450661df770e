// Listeners of a gateway: one a port, with a filter chain for every HTTPS listener of intent on it.
import {
  keyOf,
  type Gateway,
  type GatewayListener,
  type MeshIndex,
  type Workload,
  isSelected,
} from '../../model/index.ts';
import type { ClusterReference } from './clusters.ts';
import { httpFilters, outboundFilters } from './filters/index.ts';
import { gatewayRoutes } from './gateway-routes.ts';
import { tlsInspector } from './inbound.ts';
import { socketAddress } from './json-values.ts';
import { connectionManager } from './network-filters.ts';
import type { BuiltListener } from './outbound.ts';
import type { FilterChainJson } from './proto/types/envoy/config/listener/v3/listener_components_pb.js';
import type { Placement, RouteConfigurationJson, SecretReference, SocketAddress } from './proxy-snapshot.ts';
import { gatewaySecret, gatewayServerSocket } from './tls.ts';

export interface BuiltGateway {
  readonly listeners: readonly BuiltListener[];
  readonly configurations: readonly RouteConfigurationJson[];
  readonly references: readonly ClusterReference[];
  readonly certificates: readonly SecretReference[];
}

/** The gateways whose proxies a workload runs: the one of its own key, and those that select its labels. */
export function gatewaysOf(index: MeshIndex, workload: Workload): readonly Gateway[] {
  return index.mesh.gateways.filter(
    (gateway) =>
      keyOf(gateway) === keyOf(workload) ||
      (Object.keys(gateway.selector).length > 0 && isSelected(gateway.selector, workload.labels)),
  );
}

export function buildGateway(index: MeshIndex, workload: Workload, placement: Placement): BuiltGateway {
  const gateways = gatewaysOf(index, workload);
  const tables = [...new Set(gateways.flatMap((gateway) => index.tablesOfGateway(keyOf(gateway))))];
  const ports = [...listenersByPort(gateways)].flatMap(([port, listeners]) => {
    const addresses = addressesOf(listeners, placement);
    return addresses.length > 0 ? [{ port, listeners, addresses }] : [];
  });
  const routes = ports.map(({ port, listeners, addresses }) =>
    gatewayRoutes(`gateway_${port}`, listeners, tables, [...new Set([port, ...addresses.map((a) => a.port)])]),
  );
  return {
    listeners: ports.map(({ port, listeners, addresses }) => portListener(workload, port, listeners, addresses)),
    configurations: routes.map((r) => r.configuration),
    references: routes.flatMap((r) => r.references),
    certificates: certificatesOf(ports.flatMap((p) => p.listeners)),
  };
}

/** Of HTTP and HTTPS on one port the first listener decides; FL0552 tells of the others. */
export function listenersByPort(gateways: readonly Gateway[]): ReadonlyMap<number, readonly GatewayListener[]> {
  const all = gateways.flatMap((gateway) => gateway.listeners);
  const byPort = Map.groupBy(
    all.toSorted((a, b) => a.port - b.port),
    (listener) => listener.port,
  );
  return new Map(
    [...byPort].map(([port, listeners]) => [
      port,
      listeners.filter((listener) => listener.protocol === listeners[0]?.protocol && isServable(listener)),
    ]),
  );
}

/** An HTTPS listener without a certificate cannot be served; serving it in plain text would be worse. */
function isServable({ protocol, tlsSecret }: GatewayListener): boolean {
  return protocol === 'HTTP' || tlsSecret !== undefined;
}

function addressesOf(listeners: readonly GatewayListener[], placement: Placement): readonly SocketAddress[] {
  const [first] = listeners;
  if (!first) return [];
  if (placement.mode === 'redirect') return [{ address: '0.0.0.0', port: first.port }];
  const addresses = listeners.flatMap(({ name }) => placement.gateway[name] ?? []);
  return [...new Map(addresses.map((a) => [`${a.address} ${a.port}`, a])).values()];
}

function portListener(
  workload: Workload,
  port: number,
  listeners: readonly GatewayListener[],
  addresses: readonly SocketAddress[],
): BuiltListener {
  const name = `gateway_${port}`;
  const [address = { address: '0.0.0.0', port }, ...additional] = addresses;
  const isHttps = listeners[0]?.protocol === 'HTTPS';
  return {
    listener: {
      name,
      address: socketAddress(address),
      ...(additional.length > 0 && { additionalAddresses: additional.map((a) => ({ address: socketAddress(a) })) }),
      ...(isHttps && { listenerFilters: [tlsInspector] }),
      filterChains: isHttps ? httpsChains(workload, name, listeners) : [{ filters: [manager(workload, name)] }],
      trafficDirection: 'OUTBOUND',
    },
    origin: listeners[0]?.origin ?? workload.origin,
  };
}

/** A server name may occur once only in a listener: the first keeps it. */
function httpsChains(workload: Workload, name: string, listeners: readonly GatewayListener[]): FilterChainJson[] {
  const taken = new Set<string>();
  return listeners.flatMap(({ name: chain, hosts, tlsSecret = '' }) => {
    const free = hosts.filter((host) => !taken.has(host));
    for (const host of free) taken.add(host);
    if (free.length === 0) return [];
    return [
      {
        name: chain,
        ...(!free.includes('*') && { filterChainMatch: { serverNames: free } }),
        filters: [manager(workload, name)],
        transportSocket: gatewayServerSocket(tlsSecret),
      },
    ];
  });
}

function manager(workload: Workload, listener: string) {
  return connectionManager({
    side: 'gateway',
    listener,
    workload: keyOf(workload),
    routes: listener,
    httpFilters: httpFilters(outboundFilters, {}),
  });
}

function certificatesOf(listeners: readonly GatewayListener[]): readonly SecretReference[] {
  const hosts = Map.groupBy(
    listeners.flatMap(({ tlsSecret, hosts: served }) => served.map((host) => ({ tlsSecret, host }))),
    ({ tlsSecret }) => tlsSecret,
  );
  return [...hosts].flatMap(([tlsSecret, uses]) =>
    tlsSecret === undefined
      ? []
      : [
          {
            kind: 'gateway-certificate' as const,
            name: gatewaySecret(tlsSecret),
            hosts: [...new Set(uses.map((u) => u.host))].sort(),
          },
        ],
  );
}
