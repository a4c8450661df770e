// Answers that the proxy gives itself. Bodies and details are Envoy's to the letter.
import { grpcContentType, grpcDeadlineExceeded, grpcMessageOf, grpcStatusOf } from '../../../compiler/xds.ts';
import type { LocalReply } from '../filters/filter.ts';
import type { HeaderList } from './header-list.ts';
import type { ResetKind } from './retry-policy.ts';

export const notFound: LocalReply = { status: 404, details: 'route_not_found', flag: 'NR' };
export const missingHost: LocalReply = { status: 400, details: 'missing_host_header' };
export const notAPath: LocalReply = { status: 404, details: 'absolute_path_rejected' };
/** The path of a request for UDP does not name its target. */
export const noUdpTarget: LocalReply = {
  status: 404,
  body: 'The path is incorrect for CONNECT-UDP',
  details: 'invalid_path',
};
export const badPath: LocalReply = { status: 400, details: 'path_normalization_failed' };
export const oldHttp: LocalReply = { status: 426, body: 'Upgrade Required', details: 'low_version' };
export const badRequest: LocalReply = { status: 400, body: 'Bad Request', details: 'http1.codec_error' };
/** A gateway hears of HTTPS on a connection without TLS. */
export const foreignScheme: LocalReply = { status: 403, body: 'Forbidden', details: 'http1.codec_error' };
export const unknownCoding: LocalReply = {
  status: 501,
  body: 'Not Implemented',
  details: 'http1.invalid_transfer_encoding',
};
export const upgradeRefused: LocalReply = { status: 403, details: 'upgrade_failed' };
export const tooManyHeaders: LocalReply = {
  status: 431,
  body: 'Request Header Fields Too Large',
  details: 'http1.too_many_headers',
};
export const unhealthyUpstream: LocalReply = {
  status: 503,
  body: 'no healthy upstream',
  details: 'no_healthy_upstream',
  flag: 'UH',
};
export const idleStream: LocalReply = {
  status: 408,
  body: 'stream timeout',
  details: 'stream_idle_timeout',
  flag: 'SI',
};
export const requestTimedOut: LocalReply = {
  status: 408,
  body: 'request timeout',
  details: 'request_overall_timeout',
  flag: 'RT',
};
/** Of a whole stream, whose request may still be on its way. */
export function streamTimedOut(isRequestComplete: boolean): LocalReply {
  const body = 'downstream duration timeout';
  const status = isRequestComplete ? 504 : 408;
  return { status, body, details: 'max_duration_timeout', flag: 'DT', grpcStatus: grpcDeadlineExceeded };
}
export const upstreamTimedOut: LocalReply = {
  status: 504,
  body: 'upstream request timeout',
  details: 'response_timeout',
  flag: 'UT',
};
export const upstreamTryTimedOut: LocalReply = {
  status: 504,
  body: 'upstream request timeout',
  details: 'upstream_per_try_timeout',
  flag: 'UT',
};

const reasons: Readonly<Record<Exclude<ResetKind, 'timeout'>, readonly [text: string, flag: string]>> = {
  'connect-failure': ['remote connection failure', 'UF'],
  reset: ['connection termination', 'UC'],
  overflow: ['overflow', 'UO'],
  'protocol-error': ['protocol error', 'UPE'],
};

/** The reason of a connection that was not made in time, also for Envoy's text. */
export const connectTimeout = 'connection timeout';

/** The last try failed before an answer. `transport` is the cause as far as the connection knows it. */
export function upstreamFailed(kind: ResetKind, transport: string, isRetried: boolean): LocalReply {
  if (kind === 'timeout') return upstreamTryTimedOut;
  const [usual, flag] = reasons[kind];
  const reason = transport === connectTimeout ? connectTimeout : usual;
  const start = 'upstream connect error or disconnect/reset before headers. ';
  return {
    status: kind === 'protocol-error' ? 502 : 503,
    body: `${start}${isRetried ? 'retried and the latest reset reason' : 'reset reason'}: ${reason}`,
    details: `upstream_reset_before_response_started{${reason.replaceAll(' ', '_')}${transport ? `|${transport.replace(/[\s]/g, '_')}` : ''}}`,
    flag,
    ...(kind === 'overflow' && { headers: ['x-envoy-overloaded', 'true'] }),
  };
}

export function clusterMissing(status: number): LocalReply {
  return { status, details: 'cluster_not_found', flag: 'NC' };
}

/** The headers of an answer by gRPC, which has no body. A status that the route has written stays. */
export function toGrpc(headers: HeaderList, { status, body = '', grpcStatus }: LocalReply, method: string): void {
  headers.set('content-type', grpcContentType);
  if (!headers.get('grpc-status')) headers.set('grpc-status', String(grpcStatus ?? grpcStatusOf(status)));
  if (body !== '' && method !== 'HEAD') headers.set('grpc-message', grpcMessageOf(body));
  headers.remove('content-length');
}
