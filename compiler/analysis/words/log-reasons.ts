// Envoy's words for why an answer is what it is, in plain ones, and whose doing it is.
import type { LogLine } from './log-line.ts';
import { tlsFailure } from './log-tls.ts';

/**
 * `behind`: who answered is whoever it was sent to. `intent`: a rule or a route. `header`: something of the request that lines do not hold.
 * `request`: its form. `failure`: what no intent decides, such as a connection that does not come about. `caller`: it gave up.
 */
export type Cause = 'behind' | 'intent' | 'header' | 'request' | 'failure' | 'caller';

export interface Reason {
  readonly text: string;
  readonly cause: Cause;
}

/** What ended the request, as far as the proxy that wrote the line knows; undefined where it says nothing. `next` is whom it was sent to. */
export function reasonOf({ details = '', failure, flags }: LogLine, next = 'the next hop'): Reason | undefined {
  const tls = tlsFailure(failure ?? details, next);
  if (tls !== undefined) return { text: tls, cause: 'failure' };
  if (details.startsWith('upstream_reset_before_response_started')) {
    const text = resets.find(([part]) => details.includes(part))?.[1] ?? 'the request was reset before it was answered';
    const words = failure === undefined ? '' : `: ${failure}`;
    return { text: `${text.replace(nextHop, next)}${words}`, cause: 'failure' };
  }
  const known = reasons.find(([start]) => details.startsWith(start));
  const flag = byFlag.find(([name]) => flags.includes(name));
  const [, cause, text] = known ?? flag ?? [];
  if (!known && details !== '') return { text: `the proxy's words: ${details}`, cause: cause ?? 'intent' };
  return cause && text !== undefined ? { text: text.replace(nextHop, next), cause } : undefined;
}

const nextHop = 'NEXT';

type Row = readonly [start: string, cause: Cause, text: string];

/** By how Envoy begins. https://www.envoyproxy.io/docs/envoy/latest/configuration/http/http_conn_man/response_code_details */
const reasons: readonly Row[] = [
  ['via_upstream', 'behind', 'the answer came from NEXT'],
  ['upstream_reset_after_response_started', 'failure', 'NEXT broke off within its answer'],
  ['route_not_found', 'intent', 'no route matches'],
  ['direct_response', 'intent', 'the route itself answers'],
  ['fault_filter_abort', 'intent', 'a fault of the route aborted it'],
  ['cors_response', 'header', 'CORS answers it: its headers make it a preflight from an origin that the route allows'],
  ['no_healthy_upstream', 'failure', 'no instance was there to take it'],
  [
    'filter_chain_not_found',
    'intent',
    'no filter chain matches: where mutual TLS is strict, what comes in plain text has none',
  ],
  ['cluster_not_found', 'failure', 'the proxy does not have the cluster that the route names'],
  ['no_cluster_chosen', 'failure', 'the proxy does not have the cluster that the route names'],
  ['route_configuration_not_found', 'failure', 'the proxy has not got its routes yet'],
  ['maintenance_mode', 'failure', 'the proxy was told to send nobody there'],
  ['overload', 'failure', 'the proxy has too much to do'],
  ['drop_overload', 'failure', 'the proxy drops part of what is sent there: it is too much'],
  ['upgrade_failed', 'header', 'the proxy does not allow the upgrade that was asked for'],
  ['request_headers_failed_strict_check', 'header', 'the proxy refuses a header for Envoy that is no value for it'],
  ['missing_host_header', 'request', 'the proxy refuses the request: it has no host'],
  ['missing_path', 'request', 'the proxy refuses the request: it has no path'],
  ['query_missing_content_type', 'header', 'the proxy refuses QUERY without a content-type'],
  ['absolute_path_rejected', 'request', 'the proxy refuses the path: it does not begin with a slash'],
  ['path_normalization_failed', 'request', 'the proxy refuses the path: it cannot be normalized'],
  ['invalid_path', 'request', 'the proxy refuses the path'],
  ['low_version', 'request', 'the proxy does not take HTTP/1.0'],
  ['http1.invalid_transfer_encoding', 'request', 'the proxy does not know its transfer-encoding'],
  ['http1.headers_too_large', 'request', 'its headers are too large'],
  ['http1.too_many_headers', 'request', 'it has too many headers'],
  ['http2.too_many_headers', 'request', 'it has too many headers'],
  [
    'http1.',
    'request',
    'the proxy cannot read it: it is no request of HTTP/1.1, or has a method that the proxy does not know',
  ],
  ['http2.remote_reset', 'caller', 'the caller gave it up before there was an answer'],
  ['http2.remote_refuse', 'caller', 'the caller gave it up before there was an answer'],
  ['http2.', 'request', 'the proxy cannot read it: it breaks a rule of HTTP/2'],
  ['request_payload_too_large', 'request', 'its body is larger than the proxy holds back'],
  [
    'request_payload_exceeded_retry_buffer_limit',
    'request',
    'its body is larger than the proxy holds back for another try',
  ],
  ['response_payload_too_large', 'failure', 'the answer is larger than the proxy holds back'],
  ['upstream_response_timeout', 'failure', "the route's timeout passed"],
  ['response_timeout', 'failure', "the route's timeout passed"],
  ['upstream_per_try_timeout', 'failure', 'the time for one try passed'],
  ['upstream_per_try_idle_timeout', 'failure', 'the time for one try passed'],
  [
    'upstream_max_stream_duration_reached',
    'failure',
    'the time that the caller gave in grpc-timeout passed, or the longest that a stream may last',
  ],
  [
    'max_duration_timeout',
    'failure',
    'the time that the caller gave in grpc-timeout passed, or the longest that a stream may last',
  ],
  ['duration_timeout', 'failure', 'the connection had lasted as long as it may'],
  ['stream_idle_timeout', 'failure', 'nothing was sent or received for too long'],
  ['request_overall_timeout', 'failure', 'the request took too long to arrive'],
  ['request_header_timeout', 'failure', 'the head of the request took too long to arrive'],
  ['downstream_remote_disconnect', 'caller', 'the caller went away before there was an answer'],
  ['downstream_local_disconnect', 'failure', 'the proxy closed the connection of the caller'],
];

/** Of lines without details, such as those of TCP; what says more comes first. https://www.envoyproxy.io/docs/envoy/latest/configuration/observability/access_log/usage */
const byFlag: readonly Row[] = [
  ['UF', 'failure', 'no connection to NEXT came about'],
  ['UH', 'failure', 'no instance was there to take it'],
  ['NFCF', 'failure', 'the proxy has not got its filters yet'],
  ['NR', 'intent', 'no route, or no filter chain, matches'],
  ['NC', 'failure', 'the proxy does not have the cluster that the route names'],
  ['UO', 'failure', 'a circuit breaker is open: too many connections or requests at once'],
  ['UT', 'failure', "the route's timeout passed"],
  ['UC', 'failure', 'NEXT closed the connection'],
  ['UR', 'failure', 'NEXT reset the stream'],
  ['LR', 'failure', 'the proxy reset the connection'],
  ['LH', 'failure', 'NEXT failed its health check'],
  ['FI', 'intent', 'a fault of the route aborted it'],
  ['RL', 'failure', 'a rate limit was reached'],
  ['UAEX', 'failure', 'a service for authorization, which the intent does not know, refused it'],
  ['SI', 'failure', 'nothing was sent or received for too long'],
  ['DT', 'failure', 'it had lasted as long as it may'],
  ['UMSDR', 'failure', 'it had lasted as long as it may'],
  ['OM', 'failure', 'the proxy has too much to do'],
  ['DO', 'failure', 'the proxy drops part of what is sent there: it is too much'],
  ['UPE', 'failure', 'NEXT does not speak the protocol that the cluster is configured for'],
  ['IH', 'header', 'the proxy refuses a header for Envoy that is no value for it'],
  ['DPE', 'request', 'the proxy cannot read what the caller sends'],
  ['URX', 'failure', 'no try was answered, and no more are made'],
  ['DC', 'caller', 'the caller closed the connection'],
  ['DR', 'caller', 'the caller gave it up'],
];

const resets: readonly (readonly [part: string, text: string])[] = [
  ['connection_timeout', 'no connection to NEXT came about in time'],
  ['connection_failure', 'no connection to NEXT came about'],
  ['connection_termination', 'NEXT closed the connection before it answered'],
  ['remote_reset', 'NEXT reset the stream before it answered'],
  ['remote_refused_stream_reset', 'NEXT refused the stream: too many at once'],
  ['overflow', 'a circuit breaker is open: too many connections or requests at once'],
  ['protocol_error', 'NEXT does not speak the protocol that the cluster is configured for'],
];
