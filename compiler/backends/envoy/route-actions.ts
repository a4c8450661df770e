// What a route does with requests: sends them on, or elsewhere.
import {
  type ForwardAction,
  handle,
  type HttpAction,
  type HttpRoute,
  nothingLeft,
  type RedirectAction,
  type Rewrite,
  rewrittenHost,
  type Table,
} from '../../model/index.ts';
import { type ClusterReference, clusterName, referenceOn } from './cluster-reference.ts';
import { duration } from './json-values.ts';
import type {
  RedirectActionJson,
  RouteActionJson,
  RouteJson,
} from './proto/types/envoy/config/route/v3/route_components_pb.js';
import type { FeatureFields } from './route-features.ts';

export interface BuiltAction {
  /** The path that replaces what the route matched. */
  readonly rewrite?: string | undefined;
  /** As Envoy has the rewrite for one of its matches. */
  readonly fields: (prefixRewrite: string | undefined) => RouteJson;
  readonly references: readonly ClusterReference[];
}

interface Place {
  readonly route: HttpRoute;
  readonly port: number;
  readonly features: FeatureFields;
}

const actions: Table<HttpAction, [place: Place], BuiltAction> = {
  ForwardAction: forward,
  RedirectAction: (action) => ({ fields: () => ({ redirect: redirect(action) }), references: [] }),
};

/** For requests that came on a port. */
export function builtAction(route: HttpRoute, port: number, features: FeatureFields): BuiltAction {
  return handle(actions, route.action, { route, port, features });
}

function forward(action: ForwardAction, { route, port, features }: Place): BuiltAction {
  const { kind: _kind, origin: _origin, destinations, rewrite, timeoutMs, ...rest } = action;
  nothingLeft(rest);
  // Envoy changes the Host header by rewriting only; setting it as a header is refused.
  const hostRewriteLiteral = rewrittenHost(route, action);
  const written: Omit<Rewrite, 'kind' | 'origin'> = rewrite ?? {};
  const { path, host: _host, ...unread } = written;
  nothingLeft(unread);
  const shares = destinations.map(({ kind: _k, origin: _o, weight, host, port: to, subset, ...left }) => {
    nothingLeft(left);
    return { to: referenceOn({ host, port: to, subset }, port), weight };
  });
  return {
    rewrite: path,
    fields: (prefixRewrite) => ({
      route: {
        ...clusters(shares),
        ...(prefixRewrite !== undefined && { prefixRewrite }),
        ...(hostRewriteLiteral !== undefined && { hostRewriteLiteral }),
        timeout: duration(timeoutMs),
        ...features.forward,
      },
    }),
    references: [...shares.map(({ to }) => to), ...features.references],
  };
}

function clusters(shares: readonly { readonly to: ClusterReference; readonly weight: number }[]): RouteActionJson {
  const [first, ...others] = shares;
  if (first && others.length === 0) return { cluster: clusterName(first.to) };
  return { weightedClusters: { clusters: shares.map(({ to, weight }) => ({ name: clusterName(to), weight })) } };
}

const redirectCodes: Readonly<Record<RedirectAction['status'], NonNullable<RedirectActionJson['responseCode']>>> = {
  301: 'MOVED_PERMANENTLY',
  302: 'FOUND',
  303: 'SEE_OTHER',
  307: 'TEMPORARY_REDIRECT',
  308: 'PERMANENT_REDIRECT',
};

function redirect(action: RedirectAction): RedirectActionJson {
  const { kind: _kind, origin: _origin, scheme, host, port, path, status, ...rest } = action;
  nothingLeft(rest);
  return {
    ...(scheme !== undefined && { schemeRedirect: scheme satisfies 'http' | 'https' }),
    ...(host !== undefined && { hostRedirect: host }),
    ...(port !== undefined && { portRedirect: port }),
    ...(path !== undefined && { pathRedirect: path }),
    responseCode: redirectCodes[status],
  };
}
