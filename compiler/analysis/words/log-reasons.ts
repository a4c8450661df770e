// Envoy's words for why an answer is what it is, in plain ones.
import type { LogLine } from './log-line.ts';

/** What ended the request, as far as the proxy that wrote the line knows; undefined where it says nothing. */
export function describeReason(line: LogLine): string | undefined {
  const { details = '', failure, flags } = line;
  const tls = tlsFailure(failure ?? details);
  if (tls !== undefined) return tls;
  if (details.startsWith('upstream_reset_before_response_started')) return resetReason(details, failure);
  const known = reasons.find(([start]) => details.startsWith(start))?.[1];
  if (known !== undefined) return known;
  if (details !== '') return `the proxy's words: ${details}`;
  return flags.map((flag) => byFlag[flag]).find((text) => text !== undefined);
}

/** By how Envoy begins. https://www.envoyproxy.io/docs/envoy/latest/configuration/http/http_conn_man/response_code_details */
const reasons: readonly (readonly [start: string, text: string])[] = [
  ['via_upstream', 'the answer came from the next hop'],
  ['route_not_found', 'no route matches'],
  ['direct_response', 'the route itself answers'],
  ['fault_filter_abort', 'a fault of the route aborted it'],
  ['no_healthy_upstream', 'no instance was there to take it'],
  ['cluster_not_found', 'the proxy does not have the cluster that the route names'],
  ['upgrade_failed', 'the proxy does not allow the upgrade that was asked for'],
  ['path_normalization_failed', 'the proxy refuses the path: it cannot be normalized'],
  ['upstream_response_timeout', "the route's timeout passed"],
  ['upstream_per_try_timeout', 'the time for one try passed'],
  ['response_timeout', "the route's timeout passed"],
  ['downstream_remote_disconnect', 'the caller went away before there was an answer'],
];

/** Of lines without details, such as those of TCP. https://www.envoyproxy.io/docs/envoy/latest/configuration/observability/access_log/usage */
const byFlag: Readonly<Record<string, string>> = {
  UF: 'no connection to the next hop came about',
  UH: 'no instance was there to take it',
  NR: 'no route, or no filter chain, matches',
  NC: 'the proxy does not have the cluster that the route names',
  UO: 'a circuit breaker is open: too many connections or requests at once',
  URX: 'no try was answered, and no more are made',
  UT: "the route's timeout passed",
  UC: 'the next hop closed the connection',
  DC: 'the caller closed the connection',
};

const resets: readonly (readonly [part: string, text: string])[] = [
  ['connection_timeout', 'no connection to the next hop came about in time'],
  ['connection_failure', 'no connection to the next hop came about'],
  ['connection_termination', 'the next hop closed the connection before it answered'],
  ['remote_reset', 'the next hop reset the stream before it answered'],
  ['overflow', 'a circuit breaker is open: too many connections or requests at once'],
  ['protocol_error', 'the next hop does not speak the protocol that the cluster is configured for'],
];

function resetReason(details: string, failure: string | undefined): string {
  const text = resets.find(([part]) => details.includes(part))?.[1] ?? 'the request was reset before it was answered';
  return failure === undefined ? text : `${text}: ${failure}`;
}

/** In BoringSSL's words. A server that speaks no TLS sends what is no TLS record. */
const tlsErrors: readonly (readonly [word: string, text: string])[] = [
  ['WRONG_VERSION_NUMBER', 'it does not speak TLS on that port'],
  ['CERTIFICATE_VERIFY_FAILED', 'its certificate is not one that is trusted and expected here'],
  ['verify SAN list', 'its certificate names none of the identities that are expected'],
  ['verify_SAN_list', 'its certificate names none of the identities that are expected'],
  ['CERTIFICATE_REQUIRED', 'it demands a client certificate, and none was presented'],
  ['ALERT_HANDSHAKE_FAILURE', 'it refused the handshake'],
  ['ALERT_UNKNOWN_CA', 'it does not trust the authority of the certificate that was presented'],
  ['ALERT_BAD_CERTIFICATE', 'it refused the certificate that was presented'],
  ['ALERT_CERTIFICATE_UNKNOWN', 'it refused the certificate that was presented'],
  ['ALERT_CERTIFICATE_EXPIRED', 'the certificate that was presented has expired'],
  ['UNSUPPORTED_PROTOCOL', 'there is no TLS version that both sides speak'],
];

/** The embedded proxy's words are those of Node's TLS. */
const nodeTls = /\b(ERR_TLS\w*|ERR_SSL\w*|EPROTO|certificate|self[- ]signed)\b/i;

function tlsFailure(words: string): string | undefined {
  if (!words.includes('TLS_error') && !/OPENSSL_internal|SSL_routines|verify.SAN/.test(words) && !nodeTls.test(words)) {
    return undefined;
  }
  const known = tlsErrors.find(([word]) => words.includes(word))?.[1];
  const shown = words.replace(/^upstream_reset_before_response_started\{|\}$/g, '');
  return `the TLS handshake with the next hop failed${known === undefined ? '' : `: ${known}`} (${shown})`;
}
