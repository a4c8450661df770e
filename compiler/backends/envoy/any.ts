// Payloads of google.protobuf.Any with their types: a wrong field in one is a compile error, not a NACK.
import type { AnyJson } from '@bufbuild/protobuf/wkt';
import type { StdoutAccessLogJson } from './proto/types/envoy/extensions/access_loggers/stream/v3/stream_pb.js';
import type { CorsJson, CorsPolicyJson } from './proto/types/envoy/extensions/filters/http/cors/v3/cors_pb.js';
import type { HTTPFaultJson } from './proto/types/envoy/extensions/filters/http/fault/v3/fault_pb.js';
import type { RBACJson as HttpRbacJson } from './proto/types/envoy/extensions/filters/http/rbac/v3/rbac_pb.js';
import type { RouterJson } from './proto/types/envoy/extensions/filters/http/router/v3/router_pb.js';
import type { ConfigJson as SetFilterStateJson } from './proto/types/envoy/extensions/filters/http/set_filter_state/v3/set_filter_state_pb.js';
import type { OriginalDstJson } from './proto/types/envoy/extensions/filters/listener/original_dst/v3/original_dst_pb.js';
import type { TlsInspectorJson } from './proto/types/envoy/extensions/filters/listener/tls_inspector/v3/tls_inspector_pb.js';
import type { HttpConnectionManagerJson } from './proto/types/envoy/extensions/filters/network/http_connection_manager/v3/http_connection_manager_pb.js';
import type { RBACJson as NetworkRbacJson } from './proto/types/envoy/extensions/filters/network/rbac/v3/rbac_pb.js';
import type { TcpProxyJson } from './proto/types/envoy/extensions/filters/network/tcp_proxy/v3/tcp_proxy_pb.js';
import type { PreviousHostsPredicateJson } from './proto/types/envoy/extensions/retry/host/previous_hosts/v3/previous_hosts_pb.js';
import type { RawBufferJson } from './proto/types/envoy/extensions/transport_sockets/raw_buffer/v3/raw_buffer_pb.js';
import type {
  DownstreamTlsContextJson,
  UpstreamTlsContextJson,
} from './proto/types/envoy/extensions/transport_sockets/tls/v3/tls_pb.js';
import type { HttpProtocolOptionsJson } from './proto/types/envoy/extensions/upstreams/http/v3/http_protocol_options_pb.js';

/** Every message we put into an Any, by its full name. */
interface Payloads {
  'envoy.extensions.access_loggers.stream.v3.StdoutAccessLog': StdoutAccessLogJson;
  'envoy.extensions.filters.http.cors.v3.Cors': CorsJson;
  'envoy.extensions.filters.http.cors.v3.CorsPolicy': CorsPolicyJson;
  'envoy.extensions.filters.http.fault.v3.HTTPFault': HTTPFaultJson;
  'envoy.extensions.filters.http.rbac.v3.RBAC': HttpRbacJson;
  'envoy.extensions.filters.http.router.v3.Router': RouterJson;
  'envoy.extensions.filters.http.set_filter_state.v3.Config': SetFilterStateJson;
  'envoy.extensions.filters.listener.original_dst.v3.OriginalDst': OriginalDstJson;
  'envoy.extensions.filters.listener.tls_inspector.v3.TlsInspector': TlsInspectorJson;
  'envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager': HttpConnectionManagerJson;
  'envoy.extensions.filters.network.rbac.v3.RBAC': NetworkRbacJson;
  'envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy': TcpProxyJson;
  'envoy.extensions.retry.host.previous_hosts.v3.PreviousHostsPredicate': PreviousHostsPredicateJson;
  'envoy.extensions.transport_sockets.raw_buffer.v3.RawBuffer': RawBufferJson;
  'envoy.extensions.transport_sockets.tls.v3.DownstreamTlsContext': DownstreamTlsContextJson;
  'envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext': UpstreamTlsContextJson;
  'envoy.extensions.upstreams.http.v3.HttpProtocolOptions': HttpProtocolOptionsJson;
}

export type { AnyJson };

/** The JSON form of an Any: the payload's own fields beside its type URL. */
export function any<K extends keyof Payloads>(type: K, payload: Payloads[K]): AnyJson {
  return { '@type': `type.googleapis.com/${type}`, ...payload } as AnyJson;
}
