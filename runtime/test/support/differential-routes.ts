// The routes of the differential test: every match and every action the proxy claims.
import { filterRoutes } from './differential-filters.ts';
import { any, forward } from './resources.ts';

const add = (key: string, value: string, appendAction: string, extra: object = {}) => ({
  header: { key, value },
  appendAction,
  ...extra,
});
const previousHosts = {
  name: 'envoy.retry_host_predicates.previous_hosts',
  typedConfig: any('envoy.extensions.retry.host.previous_hosts.v3.PreviousHostsPredicate'),
};
const matching = [
  forward('a', {}, { path: '/exact' }, { name: 'exact' }),
  forward('b', {}, { pathSeparatedPrefix: '/segment' }),
  forward('b', {}, { safeRegex: { regex: '/re/[0-9]+(/x)?' } }),
  forward('b', {}, { path: '/Nocase', caseSensitive: false }),
  forward('b', {}, { prefix: '/h', headers: [{ name: 'x-exact', stringMatch: { exact: 'one' } }] }),
  forward('b', {}, { prefix: '/h', headers: [{ name: 'x-prefix', stringMatch: { prefix: 'pre', ignoreCase: true } }] }),
  forward('b', {}, { prefix: '/h', headers: [{ name: 'x-suffix', stringMatch: { suffix: 'end' } }] }),
  forward('b', {}, { prefix: '/h', headers: [{ name: 'x-contains', stringMatch: { contains: 'mid' } }] }),
  forward('b', {}, { prefix: '/h', headers: [{ name: 'x-regex', stringMatch: { safeRegex: { regex: '[a-c]+' } } }] }),
  forward('b', {}, { prefix: '/h', headers: [{ name: 'x-range', rangeMatch: { start: '5', end: '10' } }] }),
  forward('b', {}, { prefix: '/h', headers: [{ name: 'x-present', presentMatch: true }] }),
  forward(
    'b',
    {},
    { prefix: '/hmethod', headers: [{ name: ':method', stringMatch: { safeRegex: { regex: 'PUT|PATCH' } } }] },
  ),
  forward('b', {}, { prefix: '/not-present', headers: [{ name: 'x-a', presentMatch: true, invertMatch: true }] }),
  forward(
    'b',
    {},
    { prefix: '/not-exact', headers: [{ name: 'x-a', stringMatch: { exact: 'one' }, invertMatch: true }] },
  ),
  forward(
    'b',
    {},
    {
      prefix: '/not-empty',
      headers: [{ name: 'x-a', stringMatch: { exact: 'one' }, invertMatch: true, treatMissingHeaderAsEmpty: true }],
    },
  ),
  forward(
    'b',
    {},
    {
      prefix: '/empty',
      headers: [{ name: 'x-a', stringMatch: { safeRegex: { regex: '.*' } }, treatMissingHeaderAsEmpty: true }],
    },
  ),
  forward('b', {}, { prefix: '/q', queryParameters: [{ name: 'v', stringMatch: { exact: '1' } }] }),
  forward('b', {}, { prefix: '/qp', queryParameters: [{ name: 'present', presentMatch: true }] }),
  forward('b', {}, { prefix: '/grpc', grpc: {} }),
  forward('b', {}, { prefix: '/never', runtimeFraction: { defaultValue: { numerator: 0 } } }),
];

const acting = [
  {
    match: { prefix: '/redirect/full' },
    redirect: { schemeRedirect: 'https', hostRedirect: 'new.example', portRedirect: 8443, pathRedirect: '/p' },
  },
  { match: { prefix: '/redirect/path-query' }, redirect: { pathRedirect: '/p?fixed=1', responseCode: 'FOUND' } },
  {
    match: { prefix: '/redirect/strip' },
    redirect: { hostRedirect: 'new.example', stripQuery: true, responseCode: 'SEE_OTHER' },
  },
  { match: { prefix: '/redirect/https' }, redirect: { httpsRedirect: true, responseCode: 'TEMPORARY_REDIRECT' } },
  { match: { prefix: '/redirect/prefix' }, redirect: { prefixRewrite: '/moved', responseCode: 'PERMANENT_REDIRECT' } },
  { match: { prefix: '/redirect/port' }, redirect: { portRedirect: 81 } },
  {
    match: { prefix: '/redirect/regex' },
    redirect: { regexRewrite: { pattern: { regex: '^/redirect/regex/(\\w+)' }, substitution: '/to/\\1' } },
  },
  { match: { prefix: '/direct/empty' }, directResponse: { status: 204 } },
  {
    match: { prefix: '/direct' },
    directResponse: { status: 418, body: { inlineString: 'short and stout' } },
    responseHeadersToAdd: [add('x-direct', 'yes', 'OVERWRITE_IF_EXISTS_OR_ADD')],
  },
  forward('a', { prefixRewrite: '/new' }, { prefix: '/rewrite/prefix' }),
  forward('a', { prefixRewrite: '/' }, { prefix: '/rewrite/root/' }),
  forward('a', { prefixRewrite: '/whole' }, { path: '/rewrite/exact' }),
  forward('a', { prefixRewrite: '/seg' }, { pathSeparatedPrefix: '/rewrite/segment' }),
  forward('a', { prefixRewrite: '/all' }, { safeRegex: { regex: '/rewrite/re/.*' } }),
  forward(
    'a',
    { regexRewrite: { pattern: { regex: '/rewrite/swap/(\\w+)/(\\w+)' }, substitution: '/\\2/\\1' } },
    { prefix: '/rewrite/swap' },
  ),
  forward('a', { regexRewrite: { pattern: { regex: 'o' }, substitution: '0\\0' } }, { prefix: '/rewrite/global' }),
  forward('a', { hostRewriteLiteral: 'other.example' }, { prefix: '/host/literal' }),
  forward('a', { hostRewriteHeader: 'x-host' }, { prefix: '/host/header' }),
  forward('a', { hostRewriteLiteral: 'other.example', appendXForwardedHost: true }, { prefix: '/host/append' }),
  forward(
    'a',
    { hostRewritePathRegex: { pattern: { regex: '^/host/path/(\\w+).*$' }, substitution: '\\1.example' } },
    { prefix: '/host/path' },
  ),
  forward(
    'a',
    {},
    { prefix: '/headers' },
    {
      requestHeadersToAdd: [
        add('x-set', 'new', 'OVERWRITE_IF_EXISTS_OR_ADD'),
        add('x-add', 'second', 'APPEND_IF_EXISTS_OR_ADD'),
        add('x-absent', 'filled', 'ADD_IF_ABSENT'),
        add('x-exists', 'replaced', 'OVERWRITE_IF_EXISTS'),
        add('x-wide', 'é %REQ(x-source)%', 'OVERWRITE_IF_EXISTS_OR_ADD'),
        add('x-percent', '100%%', 'OVERWRITE_IF_EXISTS_OR_ADD'),
        add('x-empty', '', 'OVERWRITE_IF_EXISTS_OR_ADD', { keepEmptyValue: true }),
        add('x-gone-empty', '', 'OVERWRITE_IF_EXISTS_OR_ADD'),
        add('x-from-req', '%REQ(x-source)%', 'OVERWRITE_IF_EXISTS_OR_ADD'),
        add('x-method', '%REQ(:METHOD)%-%PROTOCOL%', 'OVERWRITE_IF_EXISTS_OR_ADD'),
        add('x-both', 'added', 'APPEND_IF_EXISTS_OR_ADD'),
      ],
      requestHeadersToRemove: ['x-remove', 'x-both'],
      responseHeadersToAdd: [
        add('x-upstream', 'rewritten', 'OVERWRITE_IF_EXISTS_OR_ADD'),
        add('x-more', 'two', 'APPEND_IF_EXISTS_OR_ADD'),
        add('x-wide', '%RESPONSE_CODE% é', 'OVERWRITE_IF_EXISTS_OR_ADD'),
        add('x-answer', '%RESPONSE_CODE%', 'OVERWRITE_IF_EXISTS_OR_ADD'),
      ],
      responseHeadersToRemove: ['x-secret', 'server'],
    },
  ),
  forward('a', { timeout: '0.3s' }, { prefix: '/timeout' }),
  forward(
    'a',
    { timeout: '0.1s', maxStreamDuration: { grpcTimeoutHeaderMax: '0.5s' } },
    { prefix: '/duration/capped' },
  ),
  forward(
    'a',
    { timeout: '0.1s', maxStreamDuration: { maxStreamDuration: '0.4s', grpcTimeoutHeaderMax: '0s' } },
    { prefix: '/duration/limited' },
  ),
  forward('a', { maxStreamDuration: { maxStreamDuration: '0.4s' } }, { prefix: '/duration/deaf' }),
  forward(
    'a',
    {
      retryPolicy: {
        retryOn: '5xx',
        numRetries: 2,
        retryHostPredicate: [previousHosts],
        hostSelectionRetryMaxAttempts: '3',
      },
    },
    { prefix: '/retry/5xx' },
  ),
  forward(
    'a',
    { retryPolicy: { retryOn: 'gateway-error,connect-failure,refused-stream', numRetries: 3 } },
    { prefix: '/retry/gateway' },
  ),
  forward(
    'a',
    { retryPolicy: { retryOn: 'retriable-status-codes', retriableStatusCodes: [429], numRetries: 1 } },
    { prefix: '/retry/codes' },
  ),
  forward('a', { retryPolicy: { retryOn: 'retriable-4xx', numRetries: 1 } }, { prefix: '/retry/4xx' }),
  forward('a', { retryPolicy: { retryOn: 'reset', numRetries: 1 } }, { prefix: '/retry/reset' }),
  forward('a', { retryPolicy: { retryOn: 'unavailable', numRetries: 1 } }, { prefix: '/retry/grpc' }),
  forward(
    'a',
    { timeout: '2s', retryPolicy: { retryOn: '5xx', numRetries: 1, perTryTimeout: '0.2s' } },
    { prefix: '/retry/per-try' },
  ),
  forward('dead', { retryPolicy: { retryOn: 'connect-failure', numRetries: 2 } }, { prefix: '/retry/dead' }),
  forward('dead', {}, { prefix: '/dead' }),
  forward(
    'empty',
    {},
    { prefix: '/empty-cluster' },
    { responseHeadersToAdd: [add('x-on-local', 'yes', 'OVERWRITE_IF_EXISTS_OR_ADD')] },
  ),
  forward('unknown', {}, { prefix: '/unknown-cluster' }),
  forward('unknown', { clusterNotFoundResponseCode: 'NOT_FOUND' }, { prefix: '/unknown-404' }),
  {
    match: { prefix: '/weighted' },
    route: {
      weightedClusters: {
        clusters: [
          { name: 'a', weight: 0 },
          {
            name: 'b',
            weight: 100,
            requestHeadersToAdd: [add('x-split', 'b', 'OVERWRITE_IF_EXISTS_OR_ADD')],
            responseHeadersToAdd: [add('x-picked', 'b', 'OVERWRITE_IF_EXISTS_OR_ADD')],
          },
        ],
      },
    },
  },
  ...filterRoutes,
];

/** The route tables: hosts first, then everything else on `*`. */
export function differentialRoutes(): object {
  return {
    name: 'main',
    virtualHosts: [
      {
        name: 'exact',
        domains: ['shop.example', 'shop.example:8080'],
        routes: [forward('a', {}, { prefix: '/' }, { name: 'exact-host' })],
      },
      { name: 'suffix', domains: ['*.wild.example'], routes: [forward('b')] },
      { name: 'longer', domains: ['*.very.wild.example'], routes: [forward('a')] },
      { name: 'prefix', domains: ['api.*'], routes: [forward('a')] },
      { name: 'tls', domains: ['secure.example', 'secure.example:80'], requireTls: 'ALL', routes: [forward('a')] },
      {
        name: 'counted',
        domains: ['counted.example'],
        includeRequestAttemptCount: true,
        includeAttemptCountInResponse: true,
        routes: [
          forward(
            'a',
            { retryPolicy: { retryOn: '5xx', numRetries: 1 } },
            { prefix: '/set' },
            { requestHeadersToAdd: [add('x-envoy-attempt-count', '9', 'OVERWRITE_IF_EXISTS_OR_ADD')] },
          ),
          forward('a', {}, { prefix: '/uncounted' }, { requestHeadersToRemove: ['x-envoy-attempt-count'] }),
          forward('a', { retryPolicy: { retryOn: '5xx', numRetries: 2 } }),
        ],
      },
      { name: 'none', domains: ['none.example'], routes: [forward('a', {}, { path: '/only' })] },
      {
        name: 'all',
        domains: ['*'],
        requestHeadersToAdd: [add('x-host-level', 'vh', 'APPEND_IF_EXISTS_OR_ADD')],
        routes: [...matching, ...acting, forward('a')],
      },
    ],
    responseHeadersToAdd: [add('x-table-level', 'rc', 'APPEND_IF_EXISTS_OR_ADD')],
  };
}
