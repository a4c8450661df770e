// Shorthands for xDS resources in tests. Plain JSON, so that a test may also say what no compiler would.

export const any = (type: string, fields: object = {}): object => ({
  '@type': `type.googleapis.com/${type}`,
  ...fields,
});
export const overAds = { ads: {}, resourceApiVersion: 'V3' };
export const address = (port: number, host = '127.0.0.1') => ({ socketAddress: { address: host, portValue: port } });

export function assignment(clusterName: string, ports: readonly number[]): object {
  return { clusterName, endpoints: [{ lbEndpoints: ports.map((port) => ({ endpoint: { address: address(port) } })) }] };
}

export function staticCluster(name: string, ports: readonly number[], extra: object = {}): object {
  return { name, type: 'STATIC', connectTimeout: '1s', loadAssignment: assignment(name, ports), ...extra };
}

export function edsCluster(name: string, extra: object = {}): object {
  return { name, type: 'EDS', connectTimeout: '1s', edsClusterConfig: { edsConfig: overAds }, ...extra };
}

export const router = (fields: object = {}) => ({
  name: 'envoy.filters.http.router',
  typedConfig: any('envoy.extensions.filters.http.router.v3.Router', fields),
});

/** `routes` is the name of a route configuration, or the configuration itself. */
export function connectionManager(routes: string | object, fields: object = {}): object {
  return {
    name: 'envoy.filters.network.http_connection_manager',
    typedConfig: any('envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager', {
      statPrefix: 'test',
      ...(typeof routes === 'string'
        ? { rds: { configSource: overAds, routeConfigName: routes } }
        : { routeConfig: routes }),
      httpFilters: [router()],
      ...fields,
    }),
  };
}

export function listener(name: string, port: number, filters: readonly object[], extra: object = {}): object {
  return { name, address: address(port), filterChains: [{ filters }], ...extra };
}

/** A route configuration with one virtual host for everything. */
export function routes(name: string, ...list: readonly object[]): object {
  return { name, virtualHosts: [{ name: `${name}-all`, domains: ['*'], routes: list }] };
}

export const forward = (cluster: string, action: object = {}, match: object = { prefix: '/' }, extra: object = {}) => ({
  match,
  route: { cluster, ...action },
  ...extra,
});
