// One JSON line a request or connection on standard output. Holds no header values, queries or bodies: they may be secret.
import { any } from './any.ts';
import type { AccessLogJson } from './proto/types/envoy/config/accesslog/v3/accesslog_pb.js';

const ofConnection = {
  start_time: '%START_TIME%',
  response_flags: '%RESPONSE_FLAGS%',
  upstream_cluster: '%UPSTREAM_CLUSTER_RAW%',
  upstream_host: '%UPSTREAM_HOST%',
  downstream_peer: '%DOWNSTREAM_PEER_URI_SAN%',
  duration: '%DURATION%',
  bytes: '%BYTES_SENT%',
};

const ofRequest = {
  ...ofConnection,
  method: '%REQ(:METHOD)%',
  path: '%PATH(NQ:ORIG_OR_PATH)%',
  authority: '%REQ(:AUTHORITY)%',
  protocol: '%PROTOCOL%',
  response_code: '%RESPONSE_CODE%',
  response_code_details: '%RESPONSE_CODE_DETAILS%',
  route_name: '%ROUTE_NAME%',
  request_id: '%REQ(X-REQUEST-ID)%',
};

/** `response_code_details` names the RBAC policy that decided; `termination_details` does for a TCP connection. */
export function accessLog(layer: 'http' | 'tcp', listener: string, workload: string): AccessLogJson[] {
  const details =
    layer === 'http' ? ofRequest : { ...ofConnection, termination_details: '%CONNECTION_TERMINATION_DETAILS%' };
  return [
    {
      name: 'envoy.access_loggers.stdout',
      typedConfig: any('envoy.extensions.access_loggers.stream.v3.StdoutAccessLog', {
        logFormat: { jsonFormat: { ...details, listener, workload } },
      }),
    },
  ];
}
