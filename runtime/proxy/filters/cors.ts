// envoy.filters.http.cors: answers preflights and marks the answers to allowed origins. The policy stands on the route.
import { takesAnyOrigin } from '../../../compiler/xds.ts';
import { compileStringMatcher, type StringPredicate } from '../http/string-matcher.ts';
import { isDrawn, perMillion } from '../http/weighted-choice.ts';
import type { HeaderList } from '../http/header-list.ts';
import { runtimePercent, stringMatcher } from '../supported/common.ts';
import { anything, message } from '../supported/shape.ts';
import { type CorsPolicyJson, unpack } from '../types.ts';
import type { FilterOverride } from './filter-override.ts';
import type { FilterStep, FilterStream, HttpFilterType } from './filter.ts';

interface CorsPolicy {
  readonly allows: StringPredicate;
  readonly methods: string;
  readonly allowHeaders: string;
  readonly exposeHeaders: string;
  readonly maxAge: string;
  readonly isWithCredentials: boolean;
  readonly isPrivateNetworkAllowed: boolean;
  readonly enabledPerMillion: number;
  readonly isForwardingOtherPreflights: boolean;
}

function compilePolicy(json: CorsPolicyJson): CorsPolicy {
  return {
    allows: compileOrigins(json),
    methods: json.allowMethods ?? '',
    allowHeaders: json.allowHeaders ?? '',
    exposeHeaders: json.exposeHeaders ?? '',
    maxAge: json.maxAge ?? '',
    isWithCredentials: json.allowCredentials ?? false,
    isPrivateNetworkAllowed: json.allowPrivateNetworkAccess ?? false,
    enabledPerMillion: perMillion(json.filterEnabled?.defaultValue, 1_000_000),
    isForwardingOtherPreflights: json.forwardNotMatchingPreflights ?? true,
  };
}

function compileOrigins({ allowOriginStringMatch = [] }: CorsPolicyJson): StringPredicate {
  const matchers = allowOriginStringMatch.map(compileStringMatcher);
  return matchers.some(takesAnyOrigin) ? () => true : (origin) => matchers.some((matches) => matches(origin));
}

function isPreflight({ head }: FilterStream): boolean {
  return head.method === 'OPTIONS' && (head.headers.get('access-control-request-method') ?? '') !== '';
}

/** As they were sent: the route may edit the header before the answer comes. */
const allowedOrigins = new WeakMap<FilterStream, string>();

function onRequest(stream: FilterStream, policy: CorsPolicy): FilterStep {
  const origin = stream.head.headers.get('origin') ?? '';
  if (origin === '' || !isDrawn(policy.enabledPerMillion, stream.random())) return 'continue';
  if (!policy.allows(origin)) {
    if (policy.isForwardingOtherPreflights || !isPreflight(stream)) return 'continue';
    stream.reply({ status: 200, details: 'cors_response', isBare: true });
    return 'stop';
  }
  allowedOrigins.set(stream, origin);
  if (!isPreflight(stream)) return 'continue';
  stream.reply({
    status: 200,
    details: 'cors_response',
    isBare: true,
    headers: preflightHeaders(stream, policy, origin),
  });
  return 'stop';
}

function preflightHeaders({ head }: FilterStream, policy: CorsPolicy, origin: string): readonly string[] {
  const headers = ['access-control-allow-origin', origin];
  if (policy.isWithCredentials) headers.push('access-control-allow-credentials', 'true');
  if (policy.methods) headers.push('access-control-allow-methods', policy.methods);
  if (policy.allowHeaders) headers.push('access-control-allow-headers', policy.allowHeaders);
  if (policy.maxAge) headers.push('access-control-max-age', policy.maxAge);
  if (policy.isPrivateNetworkAllowed && head.headers.get('access-control-request-private-network') === 'true') {
    headers.push('access-control-allow-private-network', 'true');
  }
  return headers;
}

function onResponse(stream: FilterStream, headers: HeaderList, policy: CorsPolicy): void {
  const origin = allowedOrigins.get(stream);
  if (origin === undefined) return;
  headers.set('access-control-allow-origin', origin);
  if (policy.isWithCredentials) headers.set('access-control-allow-credentials', 'true');
  if (policy.exposeHeaders) headers.set('access-control-expose-headers', policy.exposeHeaders);
}

/** As in Envoy, what does not forward (a redirect, a direct answer) has no CORS. */
function policyFor({ route }: FilterStream, override: FilterOverride | undefined): CorsPolicy | undefined {
  return route?.action.kind === 'forward' ? (override?.config as CorsPolicy | undefined) : undefined;
}

export const cors: HttpFilterType = {
  configType: 'envoy.extensions.filters.http.cors.v3.Cors',
  supports: message({}),
  perRoute: {
    configType: 'envoy.extensions.filters.http.cors.v3.CorsPolicy',
    supports: message({
      allowOriginStringMatch: stringMatcher,
      allowMethods: anything,
      allowHeaders: anything,
      exposeHeaders: anything,
      maxAge: anything,
      allowCredentials: anything,
      allowPrivateNetworkAccess: anything,
      forwardNotMatchingPreflights: anything,
      filterEnabled: runtimePercent,
    }),
    compile: (config) => compilePolicy(unpack(config)),
  },
  compile: (name) => ({
    name,
    onRequest: (stream, override) => {
      const policy = policyFor(stream, override);
      return policy ? onRequest(stream, policy) : 'continue';
    },
    onResponse: (stream, headers, override) => {
      const policy = policyFor(stream, override);
      if (policy) onResponse(stream, headers, policy);
    },
  }),
};
