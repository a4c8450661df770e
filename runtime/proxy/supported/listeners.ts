// Supported parts of a Listener. `bindToPort: false` and `useOriginalDst` stand for redirected traffic, which Node cannot serve.
import { rbacRules } from '../filters/rbac-shape.ts';
import { accessLog, adsSource, socketAddress } from './common.ts';
import { httpFilters } from './http-filters.ts';
import { routeConfiguration } from './routes.ts';
import { anyOf, anything, message } from './shape.ts';
import { downstreamTls } from './tls.ts';

const connectionManager = message({
  codecType: ['AUTO', 'HTTP1'],
  statPrefix: anything,
  rds: message({ routeConfigName: anything, configSource: adsSource }),
  routeConfig: routeConfiguration,
  httpFilters: message({ name: anything, typedConfig: anyOf(httpFilters), isOptional: anything, disabled: anything }),
  commonHttpProtocolOptions: message({
    idleTimeout: anything,
    maxHeadersCount: anything,
    maxRequestsPerConnection: anything,
  }),
  httpProtocolOptions: message({ acceptHttp10: anything, defaultHostForHttp10: anything }),
  serverName: anything,
  serverHeaderTransformation: anything,
  schemeHeaderTransformation: message({ schemeToOverwrite: ['http', 'https'] }),
  maxRequestHeadersKb: anything,
  streamIdleTimeout: anything,
  requestTimeout: anything,
  requestHeadersTimeout: anything,
  drainTimeout: anything,
  delayedCloseTimeout: anything,
  accessLog,
  useRemoteAddress: anything,
  xffNumTrustedHops: anything,
  skipXffAppend: anything,
  via: anything,
  generateRequestId: anything,
  preserveExternalRequestId: anything,
  alwaysSetRequestIdInResponse: anything,
  forwardClientCertDetails: anything,
  setCurrentClientCertDetails: message({ subject: anything, cert: anything, dns: anything, uri: anything }),
  normalizePath: anything,
  mergeSlashes: anything,
  pathWithEscapedSlashesAction: anything,
  stripMatchingHostPort: anything,
  stripAnyHostPort: anything,
  stripTrailingHostDot: anything,
  upgradeConfigs: message({ upgradeType: ['websocket'], enabled: anything }),
  // Only HTTP/1.1 is spoken with callers.
  http2ProtocolOptions: message({ allowConnect: anything }),
});

const tcpProxy = message({
  statPrefix: anything,
  cluster: anything,
  weightedClusters: message({ clusters: message({ name: anything, weight: anything }) }),
  idleTimeout: anything,
  maxConnectAttempts: anything,
  accessLog,
});

const filterChain = message({
  name: anything,
  transportSocketConnectTimeout: anything,
  filterChainMatch: message({
    serverNames: anything,
    transportProtocol: ['tls', 'raw_buffer'],
    applicationProtocols: anything,
  }),
  filters: message({
    name: anything,
    typedConfig: anyOf({
      'envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager': connectionManager,
      'envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy': tcpProxy,
      'envoy.extensions.filters.network.rbac.v3.RBAC': message({ rules: rbacRules, statPrefix: anything }),
    }),
  }),
  metadata: anything,
  transportSocket: message({
    name: anything,
    typedConfig: anyOf({
      'envoy.extensions.transport_sockets.tls.v3.DownstreamTlsContext': downstreamTls,
      'envoy.extensions.transport_sockets.raw_buffer.v3.RawBuffer': message({}),
    }),
  }),
});

export const listener = message({
  name: anything,
  address: socketAddress,
  additionalAddresses: message({ address: socketAddress }),
  statPrefix: anything,
  filterChains: filterChain,
  defaultFilterChain: filterChain,
  listenerFilters: message({
    name: anything,
    typedConfig: anyOf({ 'envoy.extensions.filters.listener.tls_inspector.v3.TlsInspector': message({}) }),
  }),
  listenerFiltersTimeout: anything,
  metadata: anything,
  drainType: anything,
  trafficDirection: anything,
  bindToPort: [true],
  perConnectionBufferLimitBytes: anything,
  enableReusePort: anything,
});
