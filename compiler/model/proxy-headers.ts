// What proxies do to the headers of a request by themselves. The verdict and the embedded proxy share the lists.
// Envoy: ConnectionManagerUtility::mutateRequestHeaders, and
// https://www.envoyproxy.io/docs/envoy/latest/configuration/http/http_conn_man/header_sanitizing

/** Meant for one connection, so never forwarded nor matched but for those of an upgrade; `te` only with other values than `trailers`. */
export const hopByHopHeaders: ReadonlySet<string> = new Set([
  'connection',
  'keep-alive',
  'proxy-connection',
  'transfer-encoding',
  'upgrade',
]);

/** Forwarded as they are written with a request for WebSocket. */
export const upgradeHeaders: ReadonlySet<string> = new Set(['connection', 'upgrade']);

/** Only Envoy itself may set these; from a caller that is not internal, as every caller is, they are dropped. */
export const internalHeaders: ReadonlySet<string> = new Set([
  'x-envoy-expected-rq-timeout-ms',
  'x-envoy-force-trace',
  'x-envoy-hedge-on-per-try-timeout',
  'x-envoy-internal',
  'x-envoy-ip-tags',
  'x-envoy-max-retries',
  'x-envoy-original-url',
  'x-envoy-retriable-header-names',
  'x-envoy-retriable-status-codes',
  'x-envoy-retry-grpc-on',
  'x-envoy-retry-on',
  'x-envoy-upstream-alt-stat-name',
  'x-envoy-upstream-rq-per-try-timeout-ms',
  'x-envoy-upstream-rq-timeout-alt-response',
  'x-envoy-upstream-rq-timeout-ms',
  'x-envoy-upstream-stream-duration-ms',
]);

/** What only a trusted proxy in front may say, dropped at the edge (use_remote_address). */
export const edgeHeaders: ReadonlySet<string> = new Set([
  'x-envoy-decorator-operation',
  'x-envoy-downstream-service-cluster',
  'x-envoy-downstream-service-node',
  'x-envoy-original-host',
  'x-envoy-original-path',
]);

/** Sent more than once, these become one value, joined by a comma, empty values left out. Of any other header each value is matched by itself. */
export const joinedHeaders: ReadonlySet<string> = new Set([
  'accept',
  'accept-encoding',
  'access-control-request-headers',
  'access-control-request-method',
  'access-control-request-private-network',
  'authorization',
  'cache-control',
  'cdn-loop',
  'connection',
  'content-encoding',
  'content-type',
  'expect',
  'grpc-accept-encoding',
  'grpc-timeout',
  'if-match',
  'if-modified-since',
  'if-none-match',
  'if-range',
  'if-unmodified-since',
  'origin',
  'pragma',
  'proxy-status',
  'referer',
  'te',
  'upgrade',
  'user-agent',
  'via',
  'x-client-trace-id',
  'x-envoy-attempt-count',
  'x-envoy-decorator-operation',
  'x-envoy-downstream-service-cluster',
  'x-envoy-downstream-service-node',
  'x-envoy-external-address',
  'x-envoy-is-timeout-retry',
  'x-envoy-original-host',
  'x-envoy-original-path',
  'x-forwarded-for',
  'x-forwarded-host',
  'x-forwarded-port',
  'x-forwarded-proto',
  'x-request-id',
]);
