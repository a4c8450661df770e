// One route, compiled: its match as predicates and its action as data and functions, so that no JSON is read per request.
import { compileOverrides } from '../filters/compile-overrides.ts';
import type { FilterOverrides } from '../filters/filter-override.ts';
import { Rejection } from '../rejection.ts';
import { durationMs, type RouteActionJson, type RouteJson, type VirtualHostJson } from '../types.ts';
import { dataSourceText } from './data-source.ts';
import { compileHeaderMutation, type HeaderMutation } from './header-mutation.ts';
import type { RequestHead } from './request-head.ts';
import {
  compilePathRewrite,
  compileRedirect,
  compileSubstitution,
  type PathRewrite,
  type Redirect,
} from './rewrite.ts';
import { compileRetryPolicy, type RetryPolicy } from './retry-policy.ts';
import { compileRouteMatch, type RouteMatch } from './route-match.ts';
import { compileStreamDuration, type StreamDuration } from './stream-duration.ts';
import { perMillion, type Weighted } from './weighted-choice.ts';

export interface Route {
  readonly name: string;
  readonly match: RouteMatch;
  readonly action: RouteAction;
  readonly requestMutations: readonly HeaderMutation[];
  readonly responseMutations: readonly HeaderMutation[];
  readonly overrides: FilterOverrides;
}

export type RouteAction = ForwardAction | RedirectAction | DirectAction;

export interface ForwardAction {
  readonly kind: 'forward';
  readonly destinations: readonly Destination[];
  readonly pathRewrite?: PathRewrite | undefined;
  readonly hostRewrite?: ((head: RequestHead) => string | undefined) | undefined;
  readonly isHostFromEndpoint: boolean;
  readonly isForwardedHostAppended: boolean;
  /** 0: none. */
  readonly timeoutMs: number;
  readonly duration?: StreamDuration | undefined;
  /** undefined: the connection manager's. */
  readonly idleTimeoutMs?: number | undefined;
  readonly retry?: RetryPolicy | undefined;
  readonly mirrors: readonly Mirror[];
  /** Those that the connection manager lets pass, and the route does not. */
  readonly refusedUpgrades: ReadonlySet<string>;
  readonly unknownClusterStatus: number;
}

export interface Destination extends Weighted {
  readonly cluster: string;
  readonly hostRewrite?: string | undefined;
  readonly requestMutation?: HeaderMutation | undefined;
  readonly responseMutation?: HeaderMutation | undefined;
  readonly overrides: FilterOverrides;
}

export interface Mirror {
  readonly cluster: string;
  readonly perMillion: number;
  readonly hasShadowSuffix: boolean;
  readonly hostRewrite?: string | undefined;
}

export interface RedirectAction {
  readonly kind: 'redirect';
  readonly status: number;
  readonly location: Redirect;
}

export interface DirectAction {
  readonly kind: 'direct';
  readonly status: number;
  readonly body: string;
}

/** What a route inherits from its virtual host and route configuration. */
export interface RouteParent {
  readonly host: VirtualHostJson;
  readonly requestMutations: readonly (HeaderMutation | undefined)[];
  readonly responseMutations: readonly (HeaderMutation | undefined)[];
  readonly overrides: FilterOverrides;
  readonly isMostSpecificLast: boolean;
  readonly mirrors: readonly Mirror[];
}

const isMutation = (m: HeaderMutation | undefined): m is HeaderMutation => m !== undefined;

export function compileRoute(json: RouteJson, parent: RouteParent): Route {
  const match = compileRouteMatch(json.match ?? {});
  const order = (own: HeaderMutation | undefined, inherited: readonly (HeaderMutation | undefined)[]) => {
    const inwards = [own, ...inherited].filter(isMutation);
    return parent.isMostSpecificLast ? inwards.reverse() : inwards;
  };
  return {
    name: json.name ?? '',
    match,
    action: compileAction(json, match, parent),
    requestMutations: order(
      compileHeaderMutation(json.requestHeadersToAdd, json.requestHeadersToRemove),
      parent.requestMutations,
    ),
    responseMutations: order(
      compileHeaderMutation(json.responseHeadersToAdd, json.responseHeadersToRemove),
      parent.responseMutations,
    ),
    overrides: { ...parent.overrides, ...compileOverrides(json.typedPerFilterConfig) },
  };
}

function compileAction(json: RouteJson, match: RouteMatch, parent: RouteParent): RouteAction {
  if (json.route) return compileForward(json.route, match, parent);
  if (json.redirect) {
    return {
      kind: 'redirect',
      status: redirectStatuses[json.redirect.responseCode ?? 'MOVED_PERMANENTLY'] ?? 301,
      location: compileRedirect(json.redirect, match.matchedPart),
    };
  }
  if (json.directResponse) {
    return {
      kind: 'direct',
      status: json.directResponse.status ?? 200,
      body: dataSourceText(json.directResponse.body),
    };
  }
  throw new Rejection('FL0820', `route ${JSON.stringify(json.name ?? '')} has no action the embedded proxy supports`);
}

const redirectStatuses: Readonly<Record<string, number>> = {
  MOVED_PERMANENTLY: 301,
  FOUND: 302,
  SEE_OTHER: 303,
  TEMPORARY_REDIRECT: 307,
  PERMANENT_REDIRECT: 308,
};

const notFoundStatuses: Readonly<Record<string, number>> = {
  SERVICE_UNAVAILABLE: 503,
  NOT_FOUND: 404,
  INTERNAL_SERVER_ERROR: 500,
};

function compileForward(json: RouteActionJson, match: RouteMatch, parent: RouteParent): ForwardAction {
  const retry = json.retryPolicy ?? parent.host.retryPolicy;
  return {
    kind: 'forward',
    destinations: destinationsOf(json),
    pathRewrite: compilePathRewrite(json.prefixRewrite, json.regexRewrite, match.matchedPart),
    hostRewrite: hostRewriteOf(json),
    isHostFromEndpoint: json.autoHostRewrite ?? false,
    isForwardedHostAppended: json.appendXForwardedHost ?? false,
    // Envoy knows one or the other.
    timeoutMs: json.maxStreamDuration ? 0 : durationMs(json.timeout, 15_000),
    duration: compileStreamDuration(json.maxStreamDuration),
    idleTimeoutMs: json.idleTimeout === undefined ? undefined : durationMs(json.idleTimeout, 0),
    retry: retry && compileRetryPolicy(retry),
    mirrors: json.requestMirrorPolicies ? compileMirrors(json.requestMirrorPolicies) : parent.mirrors,
    refusedUpgrades: new Set((json.upgradeConfigs ?? []).map(refusedUpgrade)),
    unknownClusterStatus: notFoundStatuses[json.clusterNotFoundResponseCode ?? ''] ?? 503,
  };
}

/** What listens has to know before there is a route what may change the protocol: so a route may take it back, and not give it. */
function refusedUpgrade({ upgradeType = '', enabled = true }: UpgradeConfig): string {
  if (enabled)
    throw new Rejection(
      'FL0820',
      `the embedded proxy does not support a route that lets requests for ${upgradeType} pass`,
    );
  return upgradeType.toLowerCase();
}

type UpgradeConfig = NonNullable<RouteActionJson['upgradeConfigs']>[number];

export function passesUpgrade(route: Route | undefined, manager: ReadonlySet<string>, protocol: string): boolean {
  return manager.has(protocol) && !(route?.action.kind === 'forward' && route.action.refusedUpgrades.has(protocol));
}

function destinationsOf(json: RouteActionJson): readonly Destination[] {
  if (json.cluster) return [{ cluster: json.cluster, weight: 1, overrides: {} }];
  return (json.weightedClusters?.clusters ?? []).map((entry) => ({
    cluster: entry.name ?? '',
    weight: entry.weight ?? 0,
    hostRewrite: entry.hostRewriteLiteral,
    requestMutation: compileHeaderMutation(entry.requestHeadersToAdd, entry.requestHeadersToRemove),
    responseMutation: compileHeaderMutation(entry.responseHeadersToAdd, entry.responseHeadersToRemove),
    overrides: compileOverrides(entry.typedPerFilterConfig),
  }));
}

function hostRewriteOf(json: RouteActionJson): ((head: RequestHead) => string | undefined) | undefined {
  const { hostRewriteLiteral, hostRewriteHeader, hostRewritePathRegex } = json;
  if (hostRewriteLiteral) return () => hostRewriteLiteral;
  if (hostRewriteHeader) return (head) => head.headers.get(hostRewriteHeader.toLowerCase()) || undefined;
  if (hostRewritePathRegex) {
    const substitute = compileSubstitution(hostRewritePathRegex);
    return (head) => substitute(head.path.split(/[?#]/, 1)[0] ?? '');
  }
  return undefined;
}

export function compileMirrors(policies: NonNullable<RouteActionJson['requestMirrorPolicies']>): readonly Mirror[] {
  return policies.map((policy) => ({
    cluster: policy.cluster ?? '',
    perMillion: perMillion(policy.runtimeFraction?.defaultValue, 1_000_000),
    hasShadowSuffix: !policy.disableShadowHostSuffixAppend,
    hostRewrite: policy.hostRewriteLiteral,
  }));
}
