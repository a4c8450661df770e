// The bootstrap of an injected proxy, as JSON in which Kubernetes fills in $(NAME) from the container's environment.
// Everything but the way to the control plane and the answers to probes comes over ADS.
import { proxyPorts } from '../../compiler/index.ts';
import { proxyRuntime } from '../../compiler/xds.ts';
import type { InjectConfig } from './config.ts';
import type { RewrittenProbe } from './probes.ts';
import type { SidecarSettings } from './settings.ts';

type Json = Readonly<Record<string, unknown>>;

const type = (name: string) => `type.googleapis.com/envoy.${name}`;

export const tokenFile = '/var/run/secrets/fairlead/token';
export const caFile = '/var/run/secrets/fairlead-ca/ca.crt';

export function renderBootstrap(
  config: InjectConfig,
  settings: SidecarSettings,
  probes: readonly RewrittenProbe[],
): string {
  const status =
    settings.statusPort === 0
      ? []
      : [
          listener(
            'status',
            settings.statusPort,
            [...probes.map(probeRoute), toAdmin('/stats/prometheus', '/stats/prometheus')],
            probes,
          ),
        ];
  return JSON.stringify({
    node: {
      id: 'sidecar~$(POD_IP)~$(POD_NAME).$(POD_NAMESPACE)',
      cluster: '$(POD_NAMESPACE)/$(SERVICE_ACCOUNT)',
      metadata: {
        namespace: '$(POD_NAMESPACE)',
        pod: '$(POD_NAME)',
        serviceAccount: '$(SERVICE_ACCOUNT)',
        trustDomain: config.trustDomain,
      },
    },
    admin: { address: socketAddress('127.0.0.1', proxyPorts.admin) },
    layered_runtime: { layers: [{ name: 'static', static_layer: proxyRuntime }] },
    dynamic_resources: {
      ads_config: { api_type: 'DELTA_GRPC', transport_api_version: 'V3', grpc_services: [controlPlane(config)] },
      // No timeout: a proxy that has heard nothing must not call itself ready.
      cds_config: { ads: {}, resource_api_version: 'V3', initial_fetch_timeout: '0s' },
      lds_config: { ads: {}, resource_api_version: 'V3', initial_fetch_timeout: '0s' },
    },
    static_resources: {
      listeners: [
        listener('ready', proxyPorts.ready, [toAdmin('/healthz/ready', '/ready')]),
        listener('stats', proxyPorts.stats, [toAdmin('/stats/prometheus', '/stats/prometheus')]),
        ...status,
      ],
      clusters: [cluster('admin', proxyPorts.admin), ...probes.map(probeCluster)],
    },
  });
}

/** Google's gRPC client, for it reads the token from its file for each stream: Kubernetes renews it. */
function controlPlane({ controlPlane: address }: InjectConfig): Json {
  const file = {
    '@type': type('config.grpc_credential.v3.FileBasedMetadataConfig'),
    secret_data: { filename: tokenFile },
    header_key: 'authorization',
    header_prefix: 'Bearer ',
  };
  return {
    google_grpc: {
      target_uri: address,
      stat_prefix: 'control_plane',
      channel_credentials: { ssl_credentials: { root_certs: { filename: caFile } } },
      credentials_factory_name: 'envoy.grpc_credentials.file_based_metadata',
      call_credentials: [{ from_plugin: { name: 'envoy.grpc_credentials.file_based_metadata', typed_config: file } }],
    },
  };
}

/** TCP and gRPC checks are answered from the health of a cluster, by Envoy's health check filter; HTTP ones are forwarded. */
function listener(
  name: string,
  port: number,
  routes: readonly (Json | undefined)[],
  probes: readonly RewrittenProbe[] = [],
): Json {
  const healthFilters = probes.filter((p) => p.check.kind !== 'http').map(healthFilter);
  const manager = {
    '@type': type('extensions.filters.network.http_connection_manager.v3.HttpConnectionManager'),
    stat_prefix: name,
    http_filters: [
      ...healthFilters,
      {
        name: 'envoy.filters.http.router',
        typed_config: { '@type': type('extensions.filters.http.router.v3.Router') },
      },
    ],
    route_config: { virtual_hosts: [{ name, domains: ['*'], routes: routes.filter((r) => r !== undefined) }] },
  };
  return {
    name,
    address: socketAddress('0.0.0.0', port),
    filter_chains: [{ filters: [{ name: 'envoy.filters.network.http_connection_manager', typed_config: manager }] }],
  };
}

function toAdmin(path: string, adminPath: string): Json {
  return {
    match: { path },
    route: { cluster: 'admin', prefix_rewrite: adminPath },
  };
}

function probeRoute({ path, check }: RewrittenProbe): Json | undefined {
  if (check.kind !== 'http') return undefined;
  // Zero: the kubelet has its own timeout, and hooks may take long.
  return { match: { path }, route: { cluster: path, timeout: '0s', prefix_rewrite: literal(check.path) } };
}

function healthFilter({ path }: RewrittenProbe): Json {
  return {
    name: 'envoy.filters.http.health_check',
    typed_config: {
      '@type': type('extensions.filters.http.health_check.v3.HealthCheck'),
      pass_through_mode: false,
      headers: [{ name: ':path', string_match: { exact: path } }],
      cluster_min_healthy_percentages: { [path]: { value: 100 } },
    },
  };
}

function probeCluster({ path, check }: RewrittenProbe): Json {
  const tls = {
    name: 'envoy.transport_sockets.tls',
    typed_config: { '@type': type('extensions.transport_sockets.tls.v3.UpstreamTlsContext') },
  };
  const health = (kind: Json) => ({
    timeout: '1s',
    interval: '2s',
    no_traffic_interval: '2s',
    unhealthy_threshold: 1,
    healthy_threshold: 1,
    ...kind,
  });
  const base = cluster(path, check.port);
  if (check.kind === 'http') return check.tls ? { ...base, transport_socket: tls } : base;
  if (check.kind === 'tcp') return { ...base, health_checks: [health({ tcp_health_check: {} })] };
  return {
    ...base,
    health_checks: [health({ grpc_health_check: { service_name: literal(check.service) } })],
    typed_extension_protocol_options: {
      'envoy.extensions.upstreams.http.v3.HttpProtocolOptions': {
        '@type': type('extensions.upstreams.http.v3.HttpProtocolOptions'),
        explicit_http_config: { http2_protocol_options: {} },
      },
    },
  };
}

function cluster(name: string, port: number): Json {
  const endpoint = { endpoint: { address: socketAddress('127.0.0.1', port) } };
  return {
    name,
    type: 'STATIC',
    connect_timeout: '1s',
    load_assignment: { cluster_name: name, endpoints: [{ lb_endpoints: [endpoint] }] },
  };
}

function socketAddress(address: string, port: number): Json {
  return { socket_address: { address, port_value: port } };
}

/** `$(X)` in what the pod's author wrote is not ours to be filled in. */
function literal(text: string): string {
  return text.replaceAll('$(', '$$$$(');
}
