// The words by which Envoy is told what to retry. https://www.envoyproxy.io/docs/envoy/v1.40.0/configuration/http/http_filters/router_filter#x-envoy-retry-on

/** They say all by themselves. */
export const plainRetryWords = [
  '5xx',
  'gateway-error',
  'reset',
  'reset-before-request',
  'connect-failure',
  'envoy-ratelimited',
  'retriable-4xx',
  'refused-stream',
  'cancelled',
  'deadline-exceeded',
  'internal',
  'resource-exhausted',
  'unavailable',
] as const;

/** Those too that mean nothing without further settings of the route or the request. */
export const retryWords: readonly string[] = [
  ...plainRetryWords,
  'retriable-status-codes',
  'retriable-headers',
  'http3-post-connect-failure',
];

/** What a word says besides itself: a server that does not respond at all, for whatever reason, counts as a 5xx. */
const includedIn: Readonly<Record<string, readonly string[]>> = {
  '5xx': ['gateway-error', 'reset', 'reset-before-request', 'connect-failure', 'refused-stream'],
  reset: ['reset-before-request'],
};

/** In one form for all ways of writing it: sorted, each once, without those that others include. */
export function distinctRetryWords(words: readonly string[]): readonly string[] {
  const included = new Set(words.flatMap((word) => includedIn[word] ?? []));
  return [...new Set(words)].filter((word) => !included.has(word)).sort();
}
