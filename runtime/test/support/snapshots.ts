// Hand-made snapshots for control-plane tests: small, and valid for a real Envoy.
import type {
  ClusterJson,
  ListenerJson,
  ProxySnapshot,
  RouteConfigurationJson,
} from '../../../compiler/backends/envoy/proxy-snapshot.ts';
import type { Origin } from '../../../compiler/index.ts';

export const trustDomain = 'cluster.local';
export const identityOf = (name: string): string => `spiffe://${trustDomain}/ns/shop/sa/${name}`;

const ads = { ads: {}, resourceApiVersion: 'V3' } as const;

export function edsCluster(name: string, fields: ClusterJson = {}): ClusterJson {
  return { name, type: 'EDS', connectTimeout: '1s', edsClusterConfig: { edsConfig: ads }, ...fields };
}

export function routeTo(name: string, cluster: string, fields: RouteConfigurationJson = {}): RouteConfigurationJson {
  return {
    name,
    virtualHosts: [{ name: 'all', domains: ['*'], routes: [{ match: { prefix: '/' }, route: { cluster } }] }],
    ...fields,
  };
}

const hcm = 'type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager';
const router = 'type.googleapis.com/envoy.extensions.filters.http.router.v3.Router';

export function rdsListener(name: string, port: number, routeConfigName: string): ListenerJson {
  const httpFilters = [{ name: 'envoy.filters.http.router', typedConfig: { '@type': router } }];
  const manager = { '@type': hcm, statPrefix: name, rds: { routeConfigName, configSource: ads }, httpFilters };
  return {
    name,
    address: { socketAddress: { address: '127.0.0.1', portValue: port } },
    filterChains: [{ filters: [{ name: 'envoy.filters.network.http_connection_manager', typedConfig: manager }] }],
  };
}

export const originAt = (line: number): Origin => ({
  file: 'services/shoes.yaml',
  start: { line, column: 5 },
  end: { line: line + 2, column: 1 },
});

/** One listener, one route configuration, one EDS cluster `shoes`, the mesh's secrets. */
export function snapshotOf(name: string, fields: Partial<ProxySnapshot> = {}): ProxySnapshot {
  return {
    workload: `shop/${name}`,
    identity: identityOf(name),
    clusters: [edsCluster('shoes')],
    endpoints: [selector('shoes')],
    listeners: [rdsListener('outbound', 15_001, 'http')],
    routes: [routeTo('http', 'shoes')],
    secrets: [
      { kind: 'identity', name: 'default' },
      { kind: 'trust-bundle', name: 'ROOTCA' },
    ],
    origins: new Map([
      ['shoes', originAt(4)],
      ['outbound', originAt(1)],
      ['http', originAt(9)],
    ]),
    ...fields,
  };
}

export function selector(cluster: string): ProxySnapshot['endpoints'][number] {
  return { cluster, namespace: 'shop', labels: { app: cluster }, portName: 'http', targetPort: 8080 };
}
