// The filters at the end of a filter chain: a connection manager for HTTP, a TCP proxy for everything else.
import { accessLog, type Direction, type LoggedPlace } from './access-log.ts';
import { any } from './any.ts';
import { type ClusterReference, clusterName } from './cluster-reference.ts';
import { overAds } from './json-values.ts';
import type { FilterJson } from './proto/types/envoy/config/listener/v3/listener_components_pb.js';
import type { RBACJson } from './proto/types/envoy/config/rbac/v3/rbac_pb.js';
import type {
  HttpConnectionManagerJson,
  HttpFilterJson,
} from './proto/types/envoy/extensions/filters/network/http_connection_manager/v3/http_connection_manager_pb.js';
import type { RouteConfigurationJson } from './proxy-snapshot.ts';

/** The listener's name is for statistics too. */
export interface HttpOptions extends LoggedPlace {
  /** A name to be asked for over RDS, or the configuration itself. */
  readonly routes: string | RouteConfigurationJson;
  readonly httpFilters: HttpFilterJson[];
  /** Of callers that speak HTTP/2. */
  readonly http2ProtocolOptions?: HttpConnectionManagerJson['http2ProtocolOptions'];
}

export function connectionManager(options: HttpOptions): FilterJson {
  return {
    name: 'envoy.filters.network.http_connection_manager',
    typedConfig: any('envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager', {
      statPrefix: options.listener,
      ...(typeof options.routes === 'string'
        ? { rds: { configSource: overAds, routeConfigName: options.routes } }
        : { routeConfig: options.routes }),
      httpFilters: options.httpFilters,
      // A response is as the application made it; "server: envoy" would tell it apart from one without a proxy.
      serverHeaderTransformation: 'PASS_THROUGH',
      // As Istio's default, so that access rules and routes judge the path that the application will see.
      normalizePath: true,
      mergeSlashes: false,
      // Also Istio's: WebSocket passes, other changes of protocol are refused with 403.
      upgradeConfigs: [{ upgradeType: 'websocket' }],
      pathWithEscapedSlashesAction: 'KEEP_UNCHANGED',
      ...(options.http2ProtocolOptions && { http2ProtocolOptions: options.http2ProtocolOptions }),
      ...sideOptions[options.direction],
      accessLog: accessLog('http', options),
    }),
  };
}

// Timeouts are the routes', and a stream may be silent for as long as they let it, as under Istio. An edge guards itself against
// clients that never finish their headers: https://www.envoyproxy.io/docs/envoy/latest/configuration/best_practices/edge
const sideOptions: Record<Direction, HttpConnectionManagerJson> = {
  inbound: {
    useRemoteAddress: false,
    streamIdleTimeout: '0s',
    forwardClientCertDetails: 'SANITIZE_SET',
    setCurrentClientCertDetails: { uri: true },
  },
  outbound: { useRemoteAddress: false, streamIdleTimeout: '0s', forwardClientCertDetails: 'SANITIZE' },
  gateway: {
    useRemoteAddress: true,
    streamIdleTimeout: '0s',
    requestHeadersTimeout: '10s',
    forwardClientCertDetails: 'SANITIZE',
  },
};

/** A part of the connections, and where it goes: a service, or a cluster that stands for none. */
export interface TcpShare {
  readonly to: ClusterReference | string;
  readonly weight: number;
}

export interface TcpOptions extends LoggedPlace {
  /** At least one. */
  readonly shares: readonly TcpShare[];
}

export function tcpProxy(options: TcpOptions): FilterJson {
  const { listener, shares } = options;
  const clusters = shares.map(({ to, weight }) => ({ name: typeof to === 'string' ? to : clusterName(to), weight }));
  const [first, ...others] = clusters;
  return {
    name: 'envoy.filters.network.tcp_proxy',
    typedConfig: any('envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy', {
      statPrefix: listener,
      ...(first && others.length === 0
        ? { cluster: first.name }
        : // Envoy refuses a weight of 0 here, unlike in routes.
          { weightedClusters: { clusters: clusters.filter(({ weight }) => weight > 0) } }),
      accessLog: accessLog('tcp', options),
    }),
  };
}

/** Access control in front of a TCP proxy. */
export function networkRbac(listener: string, rules: RBACJson): FilterJson {
  return {
    name: 'envoy.filters.network.rbac',
    typedConfig: any('envoy.extensions.filters.network.rbac.v3.RBAC', { rules, statPrefix: `${listener}.` }),
  };
}
