// The bootstrap file of a proxy: where its control plane is and how it proves itself. Read by Envoy and by the embedded proxy alike.
import type { AnyJson } from '@bufbuild/protobuf/wkt';
import type { ClusterJson } from '../../compiler/index.ts';
import { proxyRuntime } from '../../compiler/xds.ts';
import type { BootstrapJson } from '../../compiler/backends/envoy/proto/types/envoy/config/bootstrap/v3/bootstrap_pb.js';
import type { ApiConfigSourceJson } from '../../compiler/backends/envoy/proto/types/envoy/config/core/v3/config_source_pb.js';
import type { Redacted } from '../../compiler/index.ts';
import { controlPlaneServerName } from '../ca/purpose.ts';

export interface BootstrapOptions {
  readonly nodeId: string;
  /** `namespace/name`. */
  readonly workload: string;
  /** An IP address, or a name that DNS resolves. */
  readonly controlPlane: { readonly address: string; readonly port: number };
  /** The roots of the control plane's own authority. */
  readonly rootCertificatesPem: string;
  /** The file that holds the result must be readable by the proxy only. */
  readonly token: Redacted;
  readonly admin?: { readonly address: string; readonly port: number };
  /** Incremental xDS (the default), or state of the world. */
  readonly delta?: boolean;
}

const clusterName = 'xds';
const httpOptions = 'envoy.extensions.upstreams.http.v3.HttpProtocolOptions';
const adsSource = { ads: {}, resourceApiVersion: 'V3' } as const;

/** An extension's configuration with its type. */
function extension(name: string, fields: object): AnyJson {
  return { '@type': `type.googleapis.com/${name}`, ...fields };
}

export function envoyBootstrap(options: BootstrapOptions): BootstrapJson {
  const { nodeId, workload, admin } = options;
  return {
    node: { id: nodeId, cluster: workload },
    ...(admin && { admin: { address: socketAddress(admin) } }),
    dynamicResources: { adsConfig: adsConfig(options), cdsConfig: adsSource, ldsConfig: adsSource },
    staticResources: { clusters: [controlPlaneCluster(options)] },
    layeredRuntime,
    overloadManager,
    statsConfig: { statsMatcher: { inclusionList: { patterns: keptStats } } },
    deferredStatOptions: { enableDeferredCreationStats: true },
  };
}

function adsConfig({ delta, token }: BootstrapOptions): ApiConfigSourceJson {
  return {
    apiType: delta === false ? 'GRPC' : 'DELTA_GRPC',
    transportApiVersion: 'V3',
    grpcServices: [
      { envoyGrpc: { clusterName }, initialMetadata: [{ key: 'authorization', value: `Bearer ${token.reveal()}` }] },
    ],
  };
}

function controlPlaneCluster({ controlPlane, rootCertificatesPem }: BootstrapOptions): ClusterJson {
  const isAddress = /^[\d.]+$|:/.test(controlPlane.address);
  return {
    name: clusterName,
    type: isAddress ? 'STATIC' : 'STRICT_DNS',
    connectTimeout: '5s',
    loadAssignment: {
      clusterName,
      endpoints: [{ lbEndpoints: [{ endpoint: { address: socketAddress(controlPlane) } }] }],
    },
    transportSocket: {
      name: 'envoy.transport_sockets.tls',
      typedConfig: extension('envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext', {
        sni: controlPlaneServerName,
        commonTlsContext: {
          alpnProtocols: ['h2'],
          validationContext: {
            trustedCa: { inlineString: rootCertificatesPem },
            matchTypedSubjectAltNames: [{ sanType: 'DNS', matcher: { exact: controlPlaneServerName } }],
          },
        },
      }),
    },
    typedExtensionProtocolOptions: {
      [httpOptions]: extension(httpOptions, {
        // Without pings a control plane that vanished would be noticed only when TCP gives up.
        explicitHttpConfig: { http2ProtocolOptions: { connectionKeepalive: { interval: '30s', timeout: '10s' } } },
      }),
    },
  };
}

function socketAddress({ address, port }: { readonly address: string; readonly port: number }) {
  return { socketAddress: { address, portValue: port } };
}

/** An admin layer last, so that a running proxy can be changed by hand, and no warning says that runtime is missing. */
const layeredRuntime: NonNullable<BootstrapJson['layeredRuntime']> = {
  layers: [
    { name: 'static', staticLayer: proxyRuntime },
    { name: 'admin', adminLayer: {} },
  ],
};

/** Envoy warns at the start, rightly, if nothing limits the connections it takes. */
const overloadManager: NonNullable<BootstrapJson['overloadManager']> = {
  resourceMonitors: [
    {
      name: 'envoy.resource_monitors.global_downstream_max_connections',
      typedConfig: extension(
        'envoy.extensions.resource_monitors.downstream_connections.v3.DownstreamConnectionsConfig',
        {
          maxActiveDownstreamConnections: '50000',
        },
      ),
    },
  ],
};

/**
 * Envoy makes some hundred statistics a cluster, and they are most of what a cluster costs in memory. These are the ones that
 * dashboards and our own status read.
 */
const keptStats = [
  { prefix: 'server.' },
  { prefix: 'control_plane.' },
  { prefix: 'cluster_manager.' },
  { prefix: 'listener_manager.' },
  { contains: 'rbac.' },
  { contains: '.ssl.' },
  { suffix: 'downstream_cx_active' },
  { suffix: 'downstream_rq_total' },
  { suffix: 'upstream_cx_active' },
  { suffix: 'upstream_cx_connect_fail' },
  { suffix: 'upstream_rq_total' },
  { suffix: 'upstream_rq_time' },
  { suffix: 'upstream_rq_2xx' },
  { suffix: 'upstream_rq_4xx' },
  { suffix: 'upstream_rq_5xx' },
  { suffix: 'upstream_rq_retry' },
  { suffix: 'upstream_rq_timeout' },
  { suffix: 'update_rejected' },
];
