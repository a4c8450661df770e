// A bootstrap that Envoy and the embedded proxy both read, towards an ADS server without TLS, for tests.
import { proxyRuntime } from '../../../compiler/xds.ts';

export interface TestBootstrapOptions {
  readonly node: string;
  readonly adsPort: number;
  readonly adminPort: number;
  readonly apiType?: 'GRPC' | 'DELTA_GRPC';
}

export function testBootstrap({ node, adsPort, adminPort, apiType = 'DELTA_GRPC' }: TestBootstrapOptions): object {
  const http = 'envoy.extensions.upstreams.http.v3.HttpProtocolOptions';
  const address = (port: number) => ({ socket_address: { address: '127.0.0.1', port_value: port } });
  const overAds = { ads: {}, resource_api_version: 'V3' };
  return {
    node: { id: node, cluster: 'test/proxy' },
    layered_runtime: { layers: [{ name: 'static', static_layer: proxyRuntime }] },
    admin: { address: address(adminPort) },
    dynamic_resources: {
      ads_config: {
        api_type: apiType,
        transport_api_version: 'V3',
        grpc_services: [
          {
            envoy_grpc: { cluster_name: 'xds_cluster' },
            initial_metadata: [{ key: 'authorization', value: 'Bearer t0ken' }],
          },
        ],
      },
      cds_config: overAds,
      lds_config: overAds,
    },
    static_resources: {
      clusters: [
        {
          name: 'xds_cluster',
          type: 'STATIC',
          connect_timeout: '1s',
          typed_extension_protocol_options: {
            [http]: { '@type': `type.googleapis.com/${http}`, explicit_http_config: { http2_protocol_options: {} } },
          },
          load_assignment: {
            cluster_name: 'xds_cluster',
            endpoints: [{ lb_endpoints: [{ endpoint: { address: address(adsPort) } }] }],
          },
        },
      ],
    },
  };
}
