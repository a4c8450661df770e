// One JSON line a request or connection on standard output. Holds no header values, queries or bodies: they may be secret.
// Fields that Istio's default JSON format has as well bear its names, so that one reader does for both.
import { any } from './any.ts';
import type { AccessLogJson } from './proto/types/envoy/config/accesslog/v3/accesslog_pb.js';

/** Normalized, without its query. Not `ORIG_OR_PATH`, which is also what Envoy takes where nothing is said: there a caller's own header counts. */
export const askedPath = '%PATH(NQ:PATH)%';
export const askedAuthority = '%REQ(:AUTHORITY)%';
export type FormatText = typeof askedPath | typeof askedAuthority;

/** Under what a proxy that routes keeps what was asked for, since by the time of the log the request has been rewritten. */
export const stateKey: Readonly<Record<FormatText, string>> = {
  [askedPath]: 'fairlead.path',
  [askedAuthority]: 'fairlead.authority',
};

const kept = (value: FormatText) => `%FILTER_STATE(${stateKey[value]}:PLAIN)%`;

const ofConnection = {
  start_time: '%START_TIME%',
  response_flags: '%RESPONSE_FLAGS%',
  upstream_cluster: '%UPSTREAM_CLUSTER_RAW%',
  upstream_host: '%UPSTREAM_HOST%',
  upstream_transport_failure_reason: '%UPSTREAM_TRANSPORT_FAILURE_REASON%',
  downstream_peer: '%DOWNSTREAM_PEER_URI_SAN%',
  downstream_tls_version: '%DOWNSTREAM_TLS_VERSION%',
  requested_server_name: '%REQUESTED_SERVER_NAME%',
  duration: '%DURATION%',
  bytes: '%BYTES_SENT%',
};

const ofRequest = {
  ...ofConnection,
  method: '%REQ(:METHOD)%',
  protocol: '%PROTOCOL%',
  response_code: '%RESPONSE_CODE%',
  response_code_details: '%RESPONSE_CODE_DETAILS%',
  grpc_status: '%GRPC_STATUS_NUMBER%',
  route_name: '%ROUTE_NAME%',
  request_id: '%REQ(X-REQUEST-ID)%',
};

const ofTcp = { ...ofConnection, termination_details: '%CONNECTION_TERMINATION_DETAILS%' };

/** Where nothing is rewritten, what arrives is what was asked for. */
const received = { path: askedPath, authority: askedAuthority };
const routed = {
  path: kept(askedPath),
  authority: kept(askedAuthority),
  upstream_path: askedPath,
  upstream_authority: askedAuthority,
};

/** Whom a proxy stands in front of, at this listener. */
export type Direction = 'inbound' | 'outbound' | 'gateway';

const asked: Readonly<Record<Direction, Readonly<Record<string, string>>>> = {
  inbound: received,
  outbound: routed,
  gateway: routed,
};

export interface LoggedPlace {
  readonly listener: string;
  readonly workload: string;
  readonly direction: Direction;
  /** The port of the mesh that was asked for; absent where only the authority tells. */
  readonly port?: number;
}

/** The fields of a line, each with Envoy's command for its value. */
export function loggedFields(
  layer: 'http' | 'tcp',
  { listener, workload, direction, port }: LoggedPlace,
): Readonly<Record<string, string>> {
  const details = layer === 'http' ? { ...ofRequest, ...asked[direction] } : ofTcp;
  return { ...details, direction, listener, workload, ...(port !== undefined && { port: String(port) }) };
}

/** `response_code_details` names the RBAC policy that decided; `termination_details` does for a TCP connection. */
export function accessLog(layer: 'http' | 'tcp', place: LoggedPlace): AccessLogJson[] {
  return [
    {
      name: 'envoy.access_loggers.stdout',
      typedConfig: any('envoy.extensions.access_loggers.stream.v3.StdoutAccessLog', {
        logFormat: { jsonFormat: loggedFields(layer, place) },
      }),
    },
  ];
}
