// Listeners of a gateway: one a port, with a filter chain for every HTTPS listener of intent on it.
import {
  type Gateway,
  type GatewayListener,
  keyOf,
  type MeshIndex,
  nothingLeft,
  servedListeners,
  type Workload,
} from '../../model/index.ts';
import type { ClusterReference } from './cluster-reference.ts';
import { httpFilters, outboundFilters } from './filters/index.ts';
import { gatewayRoutes } from './gateway-routes.ts';
import { tlsInspector } from './inbound.ts';
import { duration, socketAddress } from './json-values.ts';
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

export function buildGateway(index: MeshIndex, workload: Workload, placement: Placement): BuiltGateway {
  const gateways = index.gatewaysOf(workload);
  const tables = [...new Set(gateways.flatMap((gateway) => index.tablesOfGateway(keyOf(gateway))))];
  const ports = [...servedListeners(gateways.map(read))].flatMap(([port, listeners]) => {
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

/** Who runs the gateway, and for whom its labels are, has been found out by the index. */
function read(gateway: Gateway): Gateway {
  const { kind: _kind, origin: _origin, name: _name, namespace: _namespace, labels: _labels, ...rest } = gateway;
  const {
    selector: _selector,
    serviceAccount: _serviceAccount,
    listeners: _listeners,
    settingPlaces: _places,
    ...unread
  } = rest;
  nothingLeft(unread);
  return gateway;
}

interface ProtocolRow {
  /** Connections are told apart by their server name. */
  readonly needsSni: boolean;
  readonly chains: (workload: Workload, name: string, listeners: readonly GatewayListener[]) => FilterChainJson[];
}

export const gatewayProtocols: Readonly<Record<GatewayListener['protocol'], ProtocolRow>> = {
  HTTP: {
    needsSni: false,
    chains: (workload, name, [first]) => [{ filters: [manager(workload, name, first?.port)] }],
  },
  HTTPS: {
    needsSni: true,
    chains: httpsChains,
  },
};

/** As under Istio. */
const handshakeTimeoutMs = 15_000;

function addressesOf(listeners: readonly GatewayListener[], placement: Placement): readonly SocketAddress[] {
  const [first] = listeners;
  if (!first) return [];
  if (placement.mode === 'redirect') return [{ address: '0.0.0.0', port: first.port }];
  const address = placement.gateway[first.port];
  return address ? [address] : [];
}

function portListener(
  workload: Workload,
  port: number,
  listeners: readonly GatewayListener[],
  addresses: readonly SocketAddress[],
): BuiltListener {
  const name = `gateway_${port}`;
  const [address = { address: '0.0.0.0', port }, ...additional] = addresses;
  const { needsSni, chains } = gatewayProtocols[listeners[0]?.protocol ?? 'HTTP'];
  return {
    listener: {
      name,
      address: socketAddress(address),
      ...(additional.length > 0 && { additionalAddresses: additional.map((a) => ({ address: socketAddress(a) })) }),
      ...(needsSni && { listenerFilters: [tlsInspector] }),
      filterChains: chains(workload, name, listeners),
      trafficDirection: 'OUTBOUND',
    },
    origin: listeners[0]?.origin ?? workload.origin,
  };
}

/** A server name may occur once only in a listener: the first keeps it. */
function httpsChains(workload: Workload, name: string, listeners: readonly GatewayListener[]): FilterChainJson[] {
  const taken = new Set<string>();
  return listeners.flatMap((listener) => {
    const { kind: _kind, origin: _origin, name: chain, hosts, tlsSecret = '', port, ...said } = listener;
    // All of the port have the same protocol; redirects are the business of routes.
    const { protocol: _protocol, redirectToHttps: _redirects, ...rest } = said;
    nothingLeft(rest);
    const free = hosts.filter((host) => !taken.has(host));
    for (const host of free) taken.add(host);
    if (free.length === 0) return [];
    return [
      {
        name: chain,
        ...(!free.includes('*') && { filterChainMatch: { serverNames: free } }),
        filters: [manager(workload, name, port)],
        transportSocket: gatewayServerSocket(tlsSecret),
        transportSocketConnectTimeout: duration(handshakeTimeoutMs),
      },
    ];
  });
}

function manager(workload: Workload, listener: string, port: number | undefined) {
  return connectionManager({
    direction: 'gateway',
    listener,
    workload: keyOf(workload),
    ...(port !== undefined && { port }),
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
            secret: tlsSecret,
            hosts: [...new Set(uses.map((u) => u.host))].sort(),
          },
        ],
  );
}
