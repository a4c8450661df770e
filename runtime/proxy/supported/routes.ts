// Supported parts of a RouteConfiguration.
import {
  headerMatcher,
  headerOptions,
  inlineData,
  regex,
  regexSubstitute,
  runtimePercent,
  stringMatcher,
} from './common.ts';
import { overrides } from './http-filters.ts';
import { anyOf, anything, message } from './shape.ts';

const headers = {
  requestHeadersToAdd: headerOptions,
  requestHeadersToRemove: anything,
  responseHeadersToAdd: headerOptions,
  responseHeadersToRemove: anything,
};

const match = message({
  prefix: anything,
  path: anything,
  safeRegex: regex,
  pathSeparatedPrefix: anything,
  caseSensitive: anything,
  runtimeFraction: runtimePercent,
  headers: headerMatcher,
  queryParameters: message({ name: anything, stringMatch: stringMatcher, presentMatch: anything }),
  grpc: message({}),
});

const retryPolicy = message({
  retryOn: anything,
  numRetries: anything,
  perTryTimeout: anything,
  retriableStatusCodes: anything,
  retryBackOff: message({ baseInterval: anything, maxInterval: anything }),
  retryHostPredicate: message({
    name: anything,
    typedConfig: anyOf({ 'envoy.extensions.retry.host.previous_hosts.v3.PreviousHostsPredicate': message({}) }),
  }),
  hostSelectionRetryMaxAttempts: anything,
});

const mirrors = message({
  cluster: anything,
  runtimeFraction: runtimePercent,
  disableShadowHostSuffixAppend: anything,
  hostRewriteLiteral: anything,
});

const action = message({
  cluster: anything,
  weightedClusters: message({
    clusters: message({
      name: anything,
      weight: anything,
      hostRewriteLiteral: anything,
      typedPerFilterConfig: overrides,
      ...headers,
    }),
    totalWeight: anything,
    runtimeKeyPrefix: anything,
  }),
  clusterNotFoundResponseCode: anything,
  prefixRewrite: anything,
  regexRewrite: regexSubstitute,
  hostRewriteLiteral: anything,
  hostRewriteHeader: anything,
  hostRewritePathRegex: regexSubstitute,
  autoHostRewrite: anything,
  appendXForwardedHost: anything,
  timeout: anything,
  maxStreamDuration: message({ maxStreamDuration: anything, grpcTimeoutHeaderMax: anything }),
  retryPolicy,
  requestMirrorPolicies: mirrors,
  upgradeConfigs: message({ upgradeType: ['websocket'], enabled: anything }),
});

const redirect = message({
  httpsRedirect: anything,
  schemeRedirect: anything,
  hostRedirect: anything,
  portRedirect: anything,
  pathRedirect: anything,
  prefixRewrite: anything,
  regexRewrite: regexSubstitute,
  responseCode: anything,
  stripQuery: anything,
});

const route = message({
  name: anything,
  match,
  route: action,
  redirect,
  directResponse: message({ status: anything, body: inlineData }),
  metadata: anything,
  decorator: anything,
  statPrefix: anything,
  typedPerFilterConfig: overrides,
  ...headers,
});

export const routeConfiguration = message({
  name: anything,
  virtualHosts: message({
    name: anything,
    domains: anything,
    routes: route,
    requireTls: ['NONE', 'ALL'],
    retryPolicy,
    includeRequestAttemptCount: anything,
    includeAttemptCountInResponse: anything,
    requestMirrorPolicies: mirrors,
    typedPerFilterConfig: overrides,
    metadata: anything,
    ...headers,
  }),
  mostSpecificHeaderMutationsWins: anything,
  validateClusters: anything,
  ignorePortInHostMatching: anything,
  maxDirectResponseBodySizeBytes: anything,
  requestMirrorPolicies: mirrors,
  typedPerFilterConfig: overrides,
  metadata: anything,
  ...headers,
});
