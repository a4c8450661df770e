// Clusters: where a proxy sends requests, how it gets there and how it proves who is who.
import { isIP } from 'node:net';
import {
  type DestinationPolicy,
  hostOf,
  inboundClusterName,
  isHttp,
  keyOf,
  type MeshIndex,
  meshSni,
  type Origin,
  outboundClusterName,
  type Protocol,
  type Service,
  type ServicePort,
  type Workload,
} from '../../model/index.ts';
import { any } from './any.ts';
import { subsetLabels } from './endpoints.ts';
import { duration, overAds, socketAddress } from './json-values.ts';
import { type EnvoyPlan, partsOf, remember } from './plan.ts';
import type { ClusterJson, EndpointSelector, Placement, SocketAddress } from './proxy-snapshot.ts';
import { isHttpPort } from './scope.ts';
import { meshAlpn, meshClientSocket, simpleClientSocket } from './tls.ts';

/** Names a cluster by what it stands for. */
export interface ClusterReference {
  /** Canonical host of a service. */
  readonly host: string;
  readonly port: number;
  readonly subset: string;
}

export interface BuiltCluster {
  readonly cluster: ClusterJson;
  /** For EDS clusters. */
  readonly selector?: EndpointSelector;
  readonly isMeshTls: boolean;
  readonly origin: Origin;
}

export const passthroughCluster = 'PassthroughCluster';
export const blackHoleCluster = 'BlackHoleCluster';

const defaultConnectTimeoutMs = 10_000;
const protocolOptions = 'envoy.extensions.upstreams.http.v3.HttpProtocolOptions';

// Limits are the business of intent. Envoy's own (1,024 requests, 3 retries at once) would answer 503 that no rule explains.
const withoutLimits: NonNullable<ClusterJson['circuitBreakers']> = {
  thresholds: [
    {
      maxConnections: 0xffff_ffff,
      maxPendingRequests: 0xffff_ffff,
      maxRequests: 0xffff_ffff,
      maxRetries: 0xffff_ffff,
    },
  ],
};

/** The cluster a reference means, or undefined if the mesh has no such service port. */
export function outboundCluster(
  plan: EnvoyPlan,
  reference: ClusterReference,
  placement: Placement,
): BuiltCluster | undefined {
  const service = plan.index.serviceByHost.get(reference.host);
  const port = service?.ports.find((p) => p.number === reference.port);
  if (!service || !port) return undefined;
  const overrides = service.resolution === 'workloads' ? '' : placementKey(service, port, placement);
  return remember(partsOf(plan, hostOf(service)).clusters, `${port.number}|${reference.subset}\n${overrides}`, () =>
    buildOutbound(plan.index, service, port, reference.subset, placement),
  );
}

/** How a sidecar reaches its own application. */
export function inboundCluster(targetPort: number, protocol: Protocol, app: SocketAddress): ClusterJson {
  const name = inboundClusterName(targetPort);
  return {
    name,
    type: 'STATIC',
    connectTimeout: duration(defaultConnectTimeoutMs),
    loadAssignment: assignment(name, [app]),
    circuitBreakers: withoutLimits,
    ...(isHttp(protocol) && {
      typedExtensionProtocolOptions: {
        [protocolOptions]: any(protocolOptions, {
          // Shorter than the 5 s after which Node's HTTP server, among others, hangs up: a request on a dying connection is lost.
          commonHttpProtocolOptions: { idleTimeout: duration(4_000) },
          explicitHttpConfig: protocol === 'HTTP' ? { httpProtocolOptions: {} } : { http2ProtocolOptions: {} },
        }),
      },
    }),
  };
}

/** Forwards to the address the connection was made to, before it was redirected. */
export function passthrough(): ClusterJson {
  return {
    name: passthroughCluster,
    type: 'ORIGINAL_DST',
    connectTimeout: duration(defaultConnectTimeoutMs),
    lbPolicy: 'CLUSTER_PROVIDED',
    circuitBreakers: withoutLimits,
  };
}

/** Has no endpoints: connections sent here are closed. */
export function blackHole(): ClusterJson {
  return { name: blackHoleCluster, type: 'STATIC', connectTimeout: duration(defaultConnectTimeoutMs) };
}

function buildOutbound(
  index: MeshIndex,
  service: Service,
  port: ServicePort,
  subset: string,
  placement: Placement,
): BuiltCluster {
  const host = hostOf(service);
  const name = outboundClusterName(host, port.number, subset);
  const policy = index.policyByHost.get(host);
  const labels = subsetLabels(service, policy, subset);
  const selector: EndpointSelector | undefined =
    service.resolution === 'workloads' && labels
      ? { cluster: name, namespace: service.namespace, labels, portName: port.name, targetPort: port.targetPort }
      : undefined;
  const isMeshTls = usesMeshTls(index, service, port, policy, labels ?? {});
  const discovery = selector ? overEds() : addressed(name, service, port, placement);
  return {
    cluster: {
      name,
      ...discovery,
      connectTimeout: duration(policy?.connectTimeoutMs ?? defaultConnectTimeoutMs),
      ...(discovery.type !== 'ORIGINAL_DST' && { lbPolicy: policy?.loadBalancer ?? 'LEAST_REQUEST' }),
      circuitBreakers: withoutLimits,
      ...http2Options(port.protocol),
      ...transportSocket(index, { service, port }, policy, subset, isMeshTls),
    },
    ...(selector && { selector }),
    isMeshTls,
    origin: policy?.subsets.find((s) => s.name === subset)?.origin ?? service.origin,
  };
}

function overEds(): Pick<ClusterJson, 'type' | 'edsClusterConfig'> {
  return { type: 'EDS', edsClusterConfig: { edsConfig: overAds } };
}

/** Clusters of known addresses or names, of the dialled address, and of subsets nobody defined (no endpoints: 503). */
function addressed(
  name: string,
  service: Service,
  port: ServicePort,
  placement: Placement,
): Pick<ClusterJson, 'type' | 'lbPolicy' | 'loadAssignment' | 'dnsLookupFamily'> {
  if (service.resolution === 'none' && placement.mode === 'redirect') {
    return { type: 'ORIGINAL_DST', lbPolicy: 'CLUSTER_PROVIDED' };
  }
  const endpoints = addressesOf(service, port, placement);
  const isStatic = endpoints.every(({ address }) => isIP(address) !== 0);
  return {
    type: isStatic ? 'STATIC' : 'STRICT_DNS',
    ...(!isStatic && { dnsLookupFamily: 'V4_PREFERRED' }),
    loadAssignment: assignment(name, endpoints),
  };
}

function addressesOf(service: Service, port: ServicePort, placement: Placement): readonly SocketAddress[] {
  if (service.resolution === 'workloads') return [];
  const external = placement.mode === 'explicit' ? placement.external : {};
  const moved = service.hosts.map((host) => external[`${host}:${port.number}`]).find((a) => a !== undefined);
  if (moved) return [moved];
  // A wildcard cannot be looked up; a host of resolution `none` can, where there is no dialled address to go by.
  const addresses =
    service.addresses.length > 0 ? service.addresses : service.hosts.slice(0, 1).filter((host) => !host.includes('*'));
  return addresses.map(
    (address) =>
      external[`${address}:${port.targetPort}`] ??
      external[`${address}:${port.number}`] ?? { address, port: port.targetPort },
  );
}

/** What of a placement shapes the cluster of a service that is not found by workload. */
function placementKey(service: Service, port: ServicePort, placement: Placement): string {
  if (service.resolution === 'none' && placement.mode === 'redirect') return 'redirect';
  return JSON.stringify(addressesOf(service, port, placement));
}

function assignment(clusterName: string, addresses: readonly SocketAddress[]): ClusterJson['loadAssignment'] & object {
  return {
    clusterName,
    ...(addresses.length > 0 && {
      endpoints: [{ lbEndpoints: addresses.map((a) => ({ endpoint: { address: socketAddress(a) } })) }],
    }),
  };
}

function http2Options(protocol: Protocol): Pick<ClusterJson, 'typedExtensionProtocolOptions'> {
  if (protocol !== 'HTTP2' && protocol !== 'GRPC') return {};
  return {
    typedExtensionProtocolOptions: {
      [protocolOptions]: any(protocolOptions, { explicitHttpConfig: { http2ProtocolOptions: {} } }),
    },
  };
}

function transportSocket(
  index: MeshIndex,
  reachable: { readonly service: Service; readonly port: ServicePort },
  policy: DestinationPolicy | undefined,
  subset: string,
  isMeshTls: boolean,
): Pick<ClusterJson, 'transportSocket'> {
  const { service, port } = reachable;
  const isHttpTraffic = isHttpPort(index, reachable);
  const httpAlpn = port.protocol === 'HTTP2' || port.protocol === 'GRPC' ? 'h2' : 'http/1.1';
  if (isMeshTls) {
    const sni = meshSni(hostOf(service), port.number, subset);
    return { transportSocket: meshClientSocket(sni, service.identities, [isHttpTraffic ? httpAlpn : meshAlpn]) };
  }
  if (policy?.tls.mode !== 'SIMPLE') return {};
  return { transportSocket: simpleClientSocket(policy.tls.sni, isHttpTraffic ? [httpAlpn] : []) };
}

/** Mutual TLS where the service has identities, a proxy that may serve the subset, and no demand for plain text. */
function usesMeshTls(
  index: MeshIndex,
  service: Service,
  port: ServicePort,
  policy: DestinationPolicy | undefined,
  labels: Readonly<Record<string, string>>,
): boolean {
  if ((policy?.tls.mode ?? 'MESH') !== 'MESH' || service.identities.length === 0) return false;
  const candidates = candidatesOf(index, service, labels);
  if (candidates.length === 0) return index.mesh.settings.mtls !== 'DISABLE';
  return candidates.some((w) => w.proxy !== 'none' && index.mtlsOf(w, port.targetPort).mode !== 'DISABLE');
}

/** The workloads whose instances the labels may select. A version label is on instances and need not be on the workload. */
export function candidatesOf(
  index: MeshIndex,
  service: Service,
  labels: Readonly<Record<string, string>>,
): readonly Workload[] {
  const own = index.workloadByKey.get(keyOf(service));
  const workloads = service.resolution === 'workloads' ? index.workloadsOf(service) : own ? [own] : [];
  return workloads.filter((w) => Object.entries(labels).every(([key, value]) => (w.labels[key] ?? value) === value));
}
