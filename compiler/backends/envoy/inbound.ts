// Listeners in front of a sidecar's own application: who may connect, what they may do, where it listens.
import {
  type InboundPort,
  inboundClusterName,
  inboundPortsOf,
  isHttp,
  keyOf,
  type MtlsMode,
  type Origin,
  type Workload,
} from '../../model/index.ts';
import { any } from './any.ts';
import { httpFilters, inboundFilters } from './filters/index.ts';
import { socketAddress } from './json-values.ts';
import { mtlsModes } from './mtls-modes.ts';
import { connectionManager, networkRbac, tcpProxy } from './network-filters.ts';
import { inboundCluster } from './own-clusters.ts';
import { type EnvoyPlan, remember } from './plan.ts';
import { dropsDecoration } from './route-entries.ts';
import type {
  FilterChainJson,
  FilterJson,
  ListenerFilterJson,
} from './proto/types/envoy/config/listener/v3/listener_components_pb.js';
import type { ClusterJson, ListenerJson, Placement, RouteConfigurationJson, SocketAddress } from './proxy-snapshot.ts';
import { protocols } from './protocols.ts';
import { accessOf, accessRows, rbacRules } from './rbac-rules.ts';

export interface BuiltInbound {
  readonly targetPort: number;
  readonly mode: MtlsMode;
  readonly chains: readonly FilterChainJson[];
  /** Bound on its own; absent where connections come redirected, through `virtualInbound`. */
  readonly listener?: ListenerJson;
  readonly cluster: ClusterJson;
  readonly isMeshTls: boolean;
  readonly origin: Origin;
}

export const tlsInspector: ListenerFilterJson = {
  name: 'envoy.filters.listener.tls_inspector',
  typedConfig: any('envoy.extensions.filters.listener.tls_inspector.v3.TlsInspector', {}),
};

/** A client that waits for the server to speak first is waited for, as under Istio; Envoy's own patience is 15 s. */
export const waitsForClient: Pick<ListenerJson, 'listenerFiltersTimeout'> = { listenerFiltersTimeout: '0s' };

/** In an explicit placement, ports without an address to bind are left out. */
export function inboundListeners(plan: EnvoyPlan, workload: Workload, placement: Placement): readonly BuiltInbound[] {
  return inboundPortsOf(plan.index, workload).flatMap((port) => {
    if (placement.mode === 'redirect') {
      return [build(plan, workload, port, { app: { address: '127.0.0.1', port: port.targetPort } })];
    }
    const place = placement.inbound[String(port.targetPort)];
    return place ? [build(plan, workload, port, place)] : [];
  });
}

/** Where connections come in, if they are not redirected, and where the application listens. */
interface InboundPlace {
  readonly bind?: SocketAddress;
  readonly app: SocketAddress;
}

function build(plan: EnvoyPlan, workload: Workload, port: InboundPort, { bind, app }: InboundPlace): BuiltInbound {
  const { mode } = plan.index.mtlsOf(workload, port.targetPort);
  const name = `inbound_${port.targetPort}`;
  const filters = () => (isHttp(port.protocol) ? [http(plan, workload, port, name)] : tcp(plan, workload, port, name));
  const cluster = remember(plan.inboundClusters, `${port.targetPort}\n${port.protocol}\n${JSON.stringify(app)}`, () =>
    inboundCluster(port.targetPort, port.protocol, app),
  );
  const { trustDomain } = plan.index.mesh.settings;
  const chains = mtlsModes[mode].chains({ protocol: port.protocol, trustDomain, filters });
  const { targetPort, origin } = port;
  return {
    targetPort,
    mode,
    chains,
    ...(bind && { listener: boundListener(name, bind, mode, chains) }),
    cluster,
    isMeshTls: mtlsModes[mode].isMeshTls,
    origin,
  };
}

function boundListener(
  name: string,
  bind: SocketAddress,
  mode: MtlsMode,
  filterChains: readonly FilterChainJson[],
): ListenerJson {
  return {
    name,
    address: socketAddress(bind),
    ...(mtlsModes[mode].needsInspector && { listenerFilters: [tlsInspector], ...waitsForClient }),
    filterChains: [...filterChains],
    trafficDirection: 'INBOUND',
  };
}

function http(plan: EnvoyPlan, workload: Workload, port: InboundPort, listener: string): FilterJson {
  const { targetPort, protocol } = port;
  return connectionManager({
    ...placeOf(workload, targetPort, listener),
    routes: toApplication(listener, port),
    // Else WebSocket, in HTTP/2 an extended CONNECT (RFC 8441), ends the connection, and with it all that callers share it for.
    ...(protocols[protocol].isHttp2 && { http2ProtocolOptions: { allowConnect: true } }),
    httpFilters: httpFilters(inboundFilters, { access: accessOf(plan.index, workload, targetPort) }),
  });
}

function placeOf(workload: Workload, port: number, listener: string) {
  return { direction: 'inbound', listener, workload: keyOf(workload), port } as const;
}

/** No timeout but the one that a gRPC call asks for: the caller's route has one. */
function toApplication(name: string, { targetPort, protocol }: InboundPort): RouteConfigurationJson {
  const cluster = inboundClusterName(targetPort);
  const action = {
    cluster,
    timeout: '0s',
    maxStreamDuration: { maxStreamDuration: '0s', grpcTimeoutHeaderMax: '0s' },
    // The application may hang up just as the next request comes.
    retryPolicy: { retryOn: 'reset-before-request', numRetries: 2 },
    // An application of HTTP/2 knows no WebSocket: the proxy answers 403 in its place.
    ...(protocols[protocol].isHttp2 && { upgradeConfigs: [{ upgradeType: 'websocket', enabled: false }] }),
  };
  const route = { name: 'application', match: { prefix: '/' }, route: action };
  return {
    name,
    virtualHosts: [{ name: cluster, domains: ['*'], routes: [route] }],
    ...dropsDecoration,
  };
}

function tcp(plan: EnvoyPlan, workload: Workload, { targetPort }: InboundPort, listener: string): FilterJson[] {
  const access = accessOf(plan.index, workload, targetPort);
  return [
    ...accessRows.flatMap((row) => {
      const rules = rbacRules(row, access, 'tcp');
      return rules ? [networkRbac(listener, rules)] : [];
    }),
    tcpProxy({
      ...placeOf(workload, targetPort, listener),
      shares: [{ to: inboundClusterName(targetPort), weight: 100 }],
    }),
  ];
}
