// How requests find their destination. One RouteTable is what Istio calls a VirtualService.
import { type Clause, isEveryPath, mayHoldOnPort } from './condition.ts';
import { featureOf } from './features.ts';
import type { ModelNode } from './origin.ts';
import type { RouteFeature, RouteFeatureKind } from './route-feature.ts';

/** Routes for some hosts, tried in order; the first match wins and no match is a 404. */
export interface RouteTable extends ModelNode<'RouteTable'> {
  /** DNS-label name, unique in its namespace. */
  readonly name: string;
  readonly namespace: string;
  /** Full host names; a gateway table may hold wildcards such as `*.example.com`. */
  readonly hosts: readonly string[];
  /** Sidecars (`mesh`) and gateways, as `namespace/name`, to which the table applies. */
  readonly attach: { readonly mesh: boolean; readonly gateways: readonly string[] };
  readonly http: readonly HttpRoute[];
  readonly tcp: readonly TcpRoute[];
}

export interface HttpRoute extends ModelNode<'HttpRoute'> {
  /** Unique in the mesh and stable, such as `shop/shoes/beta` or `shop/shoes/routes/2`; Envoy's access log shows it. */
  readonly name: string;
  /** Alternatives, in the order in which they are tried: a rewrite depends on the first that holds. */
  readonly matches: readonly Clause[];
  readonly action: HttpAction;
  readonly features: readonly RouteFeature[];
}

export type HttpAction = ForwardAction | RedirectAction;

/**
 * Whether a feature has an effect beside an action. Envoy's CORS filter leaves redirects alone, while its fault filter does not;
 * nothing is tried again or copied where nothing is forwarded.
 */
export const featureApplies: { readonly [A in HttpAction['kind']]: { readonly [F in RouteFeatureKind]: boolean } } = {
  ForwardAction: { CorsPolicy: true, Fault: true, HeaderOperations: true, RetryPolicy: true, Mirror: true },
  RedirectAction: { CorsPolicy: false, Fault: true, HeaderOperations: true, RetryPolicy: false, Mirror: false },
};

export interface ForwardAction extends ModelNode<'ForwardAction'> {
  /** At least one. The weights add up to 100; a single destination has 100. */
  readonly destinations: readonly WeightedDestination[];
  readonly rewrite?: Rewrite;
  /** Whole request, in milliseconds; 0 means no limit. */
  readonly timeoutMs: number;
}

/** Path and host replace the whole of the request's; the query is kept. */
export interface RedirectAction extends ModelNode<'RedirectAction'> {
  readonly path?: string;
  readonly host?: string;
  readonly scheme?: 'http' | 'https';
  readonly port?: number;
  readonly status: 301 | 302 | 303 | 307 | 308;
}

/**
 * `path` replaces what the route matched: the whole path of an `exact` or `regex` match, the prefix of a `prefix` match,
 * and of a `segments` match the prefix with exactly one slash between it and the rest (`/api/v1/*` to `/api/`: `/api/v1/x` becomes `/api/x`).
 * The path on its own (`/api/v1`) becomes `path` as written. A route without a path match is taken as `prefix` `/`.
 */
export interface Rewrite extends ModelNode<'Rewrite'> {
  readonly path?: string;
  readonly host?: string;
}

/**
 * A share of the traffic. `host` is the canonical host of a service in the mesh; `subset` a version name or "" for all.
 * `port` 0 is the port that the caller dialled: a service with several HTTP ports routes them all alike. Never 0 at a gateway.
 */
export interface WeightedDestination extends ModelNode<'WeightedDestination'> {
  readonly host: string;
  readonly port: number;
  readonly subset: string;
  readonly weight: number;
}

/** Where connections go that are not HTTP: the first route decides of whose clauses one holds. */
export interface TcpRoute extends ModelNode<'TcpRoute'> {
  readonly name: string;
  /** Alternatives, mostly one that names the service port. */
  readonly matches: readonly Clause[];
  readonly destinations: readonly WeightedDestination[];
}

/** The route of connections to a service port, as far as the port alone tells. */
export function tcpRouteOn(
  table: RouteTable | undefined,
  port: number,
  counts: (clause: Clause) => boolean = () => true,
): TcpRoute | undefined {
  return table?.tcp.find(({ matches }) => matches.some((clause) => mayHoldOnPort(clause, port) && counts(clause)));
}

/** True if a request that gets this far always takes this route. */
export function isCatchAll({ matches }: HttpRoute): boolean {
  return matches.some(({ all }) =>
    all.every((condition) => condition.kind === 'path' && !condition.not && condition.anyOf.some(isEveryPath)),
  );
}

/** The authority that the service receives, where the route sets one: by rewriting, or by a header operation on the host. */
export function rewrittenHost(route: HttpRoute, { rewrite }: ForwardAction): string | undefined {
  const set = featureOf(route, 'HeaderOperations')?.request.set;
  return rewrite?.host ?? set?.host ?? set?.[':authority'];
}
