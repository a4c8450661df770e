// The canonical proto3 JSON types of Envoy's messages that the proxy reads, gathered in one place.
// Declarations only: nothing is imported when the proxy runs.
export type { AccessLogJson } from '../../compiler/backends/envoy/proto/types/envoy/config/accesslog/v3/accesslog_pb.js';
export type { CircuitBreakers_ThresholdsJson } from '../../compiler/backends/envoy/proto/types/envoy/config/cluster/v3/circuit_breaker_pb.js';
export type { ClusterJson } from '../../compiler/backends/envoy/proto/types/envoy/config/cluster/v3/cluster_pb.js';
export type {
  CidrRangeJson,
  AddressJson,
} from '../../compiler/backends/envoy/proto/types/envoy/config/core/v3/address_pb.js';
export type {
  HeaderValueOptionJson,
  RuntimeFractionalPercentJson,
  DataSourceJson,
  TransportSocketJson,
} from '../../compiler/backends/envoy/proto/types/envoy/config/core/v3/base_pb.js';
export type { SubstitutionFormatStringJson } from '../../compiler/backends/envoy/proto/types/envoy/config/core/v3/substitution_format_string_pb.js';
export type {
  LbEndpointJson,
  LocalityLbEndpointsJson,
} from '../../compiler/backends/envoy/proto/types/envoy/config/endpoint/v3/endpoint_components_pb.js';
export type { ClusterLoadAssignmentJson } from '../../compiler/backends/envoy/proto/types/envoy/config/endpoint/v3/endpoint_pb.js';
export type {
  FilterChainJson,
  FilterChainMatchJson,
} from '../../compiler/backends/envoy/proto/types/envoy/config/listener/v3/listener_components_pb.js';
export type { ListenerJson } from '../../compiler/backends/envoy/proto/types/envoy/config/listener/v3/listener_pb.js';
export type {
  RBACJson,
  PolicyJson,
  PermissionJson,
  PrincipalJson,
} from '../../compiler/backends/envoy/proto/types/envoy/config/rbac/v3/rbac_pb.js';
export type {
  VirtualHostJson,
  RouteJson,
  RouteMatchJson,
  RouteActionJson,
  WeightedClusterJson,
  WeightedCluster_ClusterWeightJson,
  RedirectActionJson,
  DirectResponseActionJson,
  RetryPolicyJson,
  RouteAction_RequestMirrorPolicyJson,
  HeaderMatcherJson,
  QueryParameterMatcherJson,
  FilterConfigJson,
} from '../../compiler/backends/envoy/proto/types/envoy/config/route/v3/route_components_pb.js';
export type { RouteConfigurationJson } from '../../compiler/backends/envoy/proto/types/envoy/config/route/v3/route_pb.js';
export type { FileAccessLogJson } from '../../compiler/backends/envoy/proto/types/envoy/extensions/access_loggers/file/v3/file_pb.js';
export type { StdoutAccessLogJson } from '../../compiler/backends/envoy/proto/types/envoy/extensions/access_loggers/stream/v3/stream_pb.js';
export type { CorsPolicyJson } from '../../compiler/backends/envoy/proto/types/envoy/extensions/filters/http/cors/v3/cors_pb.js';
export type { HTTPFaultJson } from '../../compiler/backends/envoy/proto/types/envoy/extensions/filters/http/fault/v3/fault_pb.js';
export type {
  RBACJson as HttpRbacJson,
  RBACPerRouteJson,
} from '../../compiler/backends/envoy/proto/types/envoy/extensions/filters/http/rbac/v3/rbac_pb.js';
export type { ConfigJson as SetFilterStateJson } from '../../compiler/backends/envoy/proto/types/envoy/extensions/filters/http/set_filter_state/v3/set_filter_state_pb.js';
export type { RouterJson } from '../../compiler/backends/envoy/proto/types/envoy/extensions/filters/http/router/v3/router_pb.js';
export type {
  HttpConnectionManagerJson,
  HttpFilterJson,
} from '../../compiler/backends/envoy/proto/types/envoy/extensions/filters/network/http_connection_manager/v3/http_connection_manager_pb.js';
export type { RBACJson as NetworkRbacJson } from '../../compiler/backends/envoy/proto/types/envoy/extensions/filters/network/rbac/v3/rbac_pb.js';
export type { TcpProxyJson } from '../../compiler/backends/envoy/proto/types/envoy/extensions/filters/network/tcp_proxy/v3/tcp_proxy_pb.js';
export type {
  CertificateValidationContextJson,
  SubjectAltNameMatcherJson,
  TlsCertificateJson,
  TlsParametersJson,
} from '../../compiler/backends/envoy/proto/types/envoy/extensions/transport_sockets/tls/v3/common_pb.js';
export type {
  SecretJson,
  SdsSecretConfigJson,
} from '../../compiler/backends/envoy/proto/types/envoy/extensions/transport_sockets/tls/v3/secret_pb.js';
export type {
  CommonTlsContextJson,
  UpstreamTlsContextJson,
  DownstreamTlsContextJson,
} from '../../compiler/backends/envoy/proto/types/envoy/extensions/transport_sockets/tls/v3/tls_pb.js';
export type { PathMatcherJson } from '../../compiler/backends/envoy/proto/types/envoy/type/matcher/v3/path_pb.js';
export type {
  RegexMatcherJson,
  RegexMatchAndSubstituteJson,
} from '../../compiler/backends/envoy/proto/types/envoy/type/matcher/v3/regex_pb.js';
export type { StringMatcherJson } from '../../compiler/backends/envoy/proto/types/envoy/type/matcher/v3/string_pb.js';
export type { FractionalPercentJson } from '../../compiler/backends/envoy/proto/types/envoy/type/v3/percent_pb.js';

/** A `google.protobuf.Any` in JSON: the message's fields beside its type. */
export interface AnyJson {
  readonly '@type'?: string;
  readonly [field: string]: unknown;
}

/** The message in an Any, which the allow-list has already checked to be of type `T`. */
export function unpack<T>(any: unknown): T {
  return any as T;
}

export function typeOf(any: unknown): string {
  const type = (any as AnyJson | undefined)?.['@type'] ?? '';
  return type.slice(type.lastIndexOf('/') + 1);
}

/** `"1.5s"` to 1500; `undefined` gives the default. */
export function durationMs(json: string | undefined, defaultMs: number): number {
  return json === undefined ? defaultMs : Number.parseFloat(json) * 1000;
}
