// One HttpRoute of the model as the Envoy routes that do the same. Knows nothing of hosts and listeners.
import {
  type ForwardAction,
  type HttpMatch,
  type HttpRoute,
  outboundClusterName,
  type RedirectAction,
  type RetryPolicy,
} from '../../model/index.ts';
import { any } from './any.ts';
import type { ClusterReference } from './clusters.ts';
import { perRouteConfiguration } from './filters/index.ts';
import { headerEdits } from './header-edits.ts';
import { duration, fraction } from './json-values.ts';
import type {
  RedirectActionJson,
  RetryPolicyJson,
  RouteActionJson,
  RouteJson,
  RouteMatchJson,
} from './proto/types/envoy/config/route/v3/route_components_pb.js';
import { conditionAlternatives, everyPath, pathAlternatives } from './route-match.ts';

const redirectCodes = {
  301: 'MOVED_PERMANENTLY',
  302: 'FOUND',
  303: 'SEE_OTHER',
  307: 'TEMPORARY_REDIRECT',
  308: 'PERMANENT_REDIRECT',
} as const;

type Conditions = Omit<HttpMatch, 'origin'>;

/** A catch-all, for routes that have no condition. */
const anyRequest: Conditions = { kind: 'HttpMatch', methods: [], headers: [], ports: [] };

/** The Envoy routes of one model route on one port, in order; none if the route is for other ports only. */
export function routeEntries(route: HttpRoute, port: number): readonly RouteJson[] {
  return matchesOn(route, port).flatMap((match) => entriesOf(route, match, port));
}

/** The clusters that `routeEntries` names. */
export function routeReferences(route: HttpRoute, port: number): readonly ClusterReference[] {
  if (route.action.kind !== 'ForwardAction' || matchesOn(route, port).length === 0) return [];
  return [...route.action.destinations, ...route.action.mirrors].map((to) => ({
    host: to.host,
    port: to.port === 0 ? port : to.port,
    subset: to.subset,
  }));
}

function matchesOn(route: HttpRoute, port: number): readonly Conditions[] {
  if (route.matches.length === 0) return [anyRequest];
  return route.matches.filter(({ ports }) => ports.length === 0 || ports.includes(port));
}

function entriesOf(route: HttpRoute, match: Conditions, port: number): readonly RouteJson[] {
  const rewrite = route.action.kind === 'ForwardAction' ? route.action.rewrite?.path : undefined;
  return pathAlternatives(match.path ?? everyPath, rewrite).flatMap((path) =>
    conditionAlternatives(match).map((headers) =>
      entry(route, { ...path.match, ...(headers.length > 0 && { headers: [...headers] }) }, port, path.prefixRewrite),
    ),
  );
}

function entry(route: HttpRoute, match: RouteMatchJson, port: number, prefixRewrite: string | undefined): RouteJson {
  const { action } = route;
  const typedPerFilterConfig = perRouteConfiguration(route);
  return {
    name: route.name,
    match,
    ...(action.kind === 'ForwardAction'
      ? { route: forward(action, port, prefixRewrite, hostHeader(route)) }
      : { redirect: redirect(action) }),
    ...(Object.keys(typedPerFilterConfig).length > 0 && { typedPerFilterConfig }),
    ...headerEdits(route.headers),
  };
}

/** Envoy changes the Host header by rewriting only; setting it as a header is refused. */
function hostHeader({ headers }: HttpRoute): string | undefined {
  return headers.request.set.host ?? headers.request.set[':authority'];
}

function forward(
  action: ForwardAction,
  port: number,
  prefixRewrite: string | undefined,
  host: string | undefined,
): RouteActionJson {
  const hostRewriteLiteral = action.rewrite?.host ?? host;
  return {
    ...destinations(action, port),
    ...(prefixRewrite !== undefined && { prefixRewrite }),
    ...(hostRewriteLiteral !== undefined && { hostRewriteLiteral }),
    timeout: duration(action.timeoutMs),
    ...(action.retries.attempts > 0 && { retryPolicy: retryPolicy(action.retries) }),
    ...(action.mirrors.length > 0 && {
      requestMirrorPolicies: action.mirrors.map((mirror) => ({
        cluster: clusterOf(mirror, port),
        runtimeFraction: { defaultValue: fraction(mirror.percentage) },
      })),
    }),
  };
}

function destinations(action: ForwardAction, port: number): RouteActionJson {
  const [first, ...others] = action.destinations;
  if (first && others.length === 0) return { cluster: clusterOf(first, port) };
  return {
    weightedClusters: {
      clusters: action.destinations.map((to) => ({ name: clusterOf(to, port), weight: to.weight })),
    },
  };
}

function clusterOf(to: ClusterReference, port: number): string {
  return outboundClusterName(to.host, to.port === 0 ? port : to.port, to.subset);
}

/** Bare numbers among the words are status codes, as in Istio's `retryOn`. */
export function retryPolicy({ attempts, perTryTimeoutMs, on }: RetryPolicy): RetryPolicyJson {
  const statusCodes = on.filter((word) => /^\d{3}$/.test(word)).map(Number);
  const words = on.filter((word) => !/^\d{3}$/.test(word));
  if (statusCodes.length > 0 && !words.includes('retriable-status-codes')) words.push('retriable-status-codes');
  return {
    retryOn: words.join(','),
    numRetries: attempts,
    ...(perTryTimeoutMs > 0 && { perTryTimeout: duration(perTryTimeoutMs) }),
    ...(statusCodes.length > 0 && { retriableStatusCodes: statusCodes }),
    retryHostPredicate: [
      {
        name: 'envoy.retry_host_predicates.previous_hosts',
        typedConfig: any('envoy.extensions.retry.host.previous_hosts.v3.PreviousHostsPredicate', {}),
      },
    ],
    hostSelectionRetryMaxAttempts: '5',
  };
}

function redirect(action: RedirectAction): RedirectActionJson {
  return {
    ...(action.scheme !== undefined && { schemeRedirect: action.scheme }),
    ...(action.host !== undefined && { hostRedirect: action.host }),
    ...(action.port !== undefined && { portRedirect: action.port }),
    ...(action.path !== undefined && { pathRedirect: action.path }),
    responseCode: redirectCodes[action.status],
  };
}
