// A Cluster resource, compiled to what the proxy needs of it. Pure.
import { isDeepStrictEqual } from 'node:util';
import { invalid } from '../rejection.ts';
import { compileClientTls } from '../tls/tls-settings.ts';
import {
  type ClusterJson,
  type ClusterLoadAssignmentJson,
  durationMs,
  type LbEndpointJson,
  typeOf,
  unpack,
} from '../types.ts';
import type { LbPolicy } from './balancer.ts';
import type { HostSettings, HostSpec } from './host.ts';

export interface ClusterSettings {
  readonly name: string;
  readonly discovery:
    | { readonly kind: 'static'; readonly hosts: readonly HostSpec[] }
    | { readonly kind: 'eds'; readonly assignment: string }
    | {
        readonly kind: 'dns';
        readonly hosts: readonly HostSpec[];
        readonly refreshMs: number;
        readonly family: 0 | 4 | 6;
        readonly isFirstOnly: boolean;
      };
  readonly lbPolicy: LbPolicy;
  readonly panicThreshold: number;
  readonly host: HostSettings;
  /** Of the endpoint that `isPlain` finds. */
  readonly plainHost: HostSettings;
  readonly isPlain: (spec: HostSpec) => boolean;
  readonly maxRequests: number;
  readonly maxRetries: number;
  /** The resource without its endpoints: hosts are kept over an update while this stays the same. */
  readonly hostKey: string;
}

export function compileCluster(json: ClusterJson): ClusterSettings {
  const thresholds = (json.circuitBreakers?.thresholds ?? []).find((t) => (t.priority ?? 'DEFAULT') === 'DEFAULT');
  const tls = json.transportSocket?.typedConfig;
  const isTls = typeOf(tls) === 'envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext';
  const timeoutMs = durationMs(json.connectTimeout, 5_000);
  return {
    name: json.name ?? '',
    discovery: discoveryOf(json),
    lbPolicy: lbPolicyOf(json),
    panicThreshold:
      json.commonLbConfig?.healthyPanicThreshold?.value === undefined
        ? 50
        : Number(json.commonLbConfig.healthyPanicThreshold.value),
    host: {
      timeoutMs,
      idleTimeoutMs: idleTimeoutMs(json, isTls),
      tls: isTls ? compileClientTls(unpack(tls)) : undefined,
    },
    plainHost: { timeoutMs, idleTimeoutMs: idleTimeoutMs(json, false), tls: undefined },
    isPlain: plainMatcher(json),
    maxRequests: thresholds?.maxRequests ?? 1024,
    maxRetries: thresholds?.maxRetries ?? 3,
    hostKey: JSON.stringify([
      json.transportSocket,
      json.transportSocketMatches,
      json.connectTimeout,
      json.typedExtensionProtocolOptions,
    ]),
  };
}

/** All sockets that metadata may choose are plain text (supported/clusters.ts); an endpoint has to carry all that one of them asks for. */
function plainMatcher(json: ClusterJson): ClusterSettings['isPlain'] {
  const wanted = (json.transportSocketMatches ?? []).map(({ match = {} }) => Object.entries(match));
  return ({ metadata }) => {
    const marks = (metadata['envoy.transport_socket_match'] ?? {}) as Readonly<Record<string, unknown>>;
    return wanted.some((match) => match.every(([key, value]) => isDeepStrictEqual(marks[key], value)));
  };
}

/** Without a word from the configuration: shorter than what common HTTP servers keep, longer between proxies. */
function idleTimeoutMs(json: ClusterJson, isTls: boolean): number {
  for (const any of Object.values(json.typedExtensionProtocolOptions ?? {})) {
    const options = unpack<{ commonHttpProtocolOptions?: { idleTimeout?: string } }>(any);
    if (options.commonHttpProtocolOptions?.idleTimeout) {
      return durationMs(options.commonHttpProtocolOptions.idleTimeout, 0) || 3_600_000;
    }
  }
  return isTls ? 60_000 : 4_000;
}

const policyTypes: Readonly<Record<string, LbPolicy>> = {
  'envoy.extensions.load_balancing_policies.round_robin.v3.RoundRobin': 'ROUND_ROBIN',
  'envoy.extensions.load_balancing_policies.least_request.v3.LeastRequest': 'LEAST_REQUEST',
  'envoy.extensions.load_balancing_policies.random.v3.Random': 'RANDOM',
};

function lbPolicyOf(json: ClusterJson): LbPolicy {
  const typed = json.loadBalancingPolicy?.policies?.[0]?.typedExtensionConfig?.typedConfig;
  if (typed) return policyTypes[typeOf(typed)] ?? 'ROUND_ROBIN';
  return (json.lbPolicy as LbPolicy | undefined) ?? 'ROUND_ROBIN';
}

function discoveryOf(json: ClusterJson): ClusterSettings['discovery'] {
  const name = json.name ?? '';
  const hosts = () => compileAssignment(json.loadAssignment ?? {});
  switch (json.type ?? 'STATIC') {
    case 'EDS':
      return { kind: 'eds', assignment: json.edsClusterConfig?.serviceName || name };
    case 'STRICT_DNS':
    case 'LOGICAL_DNS':
      return {
        kind: 'dns',
        hosts: hosts(),
        refreshMs: durationMs(json.dnsRefreshRate, 5_000),
        family: json.dnsLookupFamily === 'V4_ONLY' ? 4 : json.dnsLookupFamily === 'V6_ONLY' ? 6 : 0,
        isFirstOnly: json.type === 'LOGICAL_DNS',
      };
    case 'STATIC':
      return { kind: 'static', hosts: hosts() };
    default:
      throw invalid(`cluster ${name}: type ${String(json.type)}`);
  }
}

const unhealthy: ReadonlySet<unknown> = new Set(['UNHEALTHY', 'DRAINING', 'TIMEOUT']);

export function compileAssignment(json: ClusterLoadAssignmentJson): readonly HostSpec[] {
  const specs = (json.endpoints ?? []).flatMap((locality) =>
    (locality.lbEndpoints ?? []).map((endpoint) => compileEndpoint(endpoint)),
  );
  const byAddress = new Map(specs.map((spec) => [`${spec.address}:${spec.port}`, spec]));
  return [...byAddress.values()];
}

function compileEndpoint(json: LbEndpointJson): HostSpec {
  const socket = json.endpoint?.address?.socketAddress;
  return {
    address: socket?.address ?? '',
    port: socket?.portValue ?? 0,
    hostname: json.endpoint?.hostname ?? '',
    weight: json.loadBalancingWeight ?? 1,
    isHealthy: !unhealthy.has(json.healthStatus),
    metadata: (json.metadata?.filterMetadata ?? {}) as Readonly<Record<string, unknown>>,
  };
}
