// How requests find their destination. One RouteTable is what Istio calls a VirtualService.
import type { HeaderMatch, PathMatch } from './match.ts';
import type { ModelNode } from './origin.ts';

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
  /** Alternatives; an empty list matches every request. */
  readonly matches: readonly HttpMatch[];
  readonly action: HttpAction;
  readonly headers: HeaderOperations;
  readonly cors?: CorsPolicy;
  readonly fault?: Fault;
}

/** All the conditions must hold; an absent one holds always. Methods are alternatives, upper-case. */
export interface HttpMatch extends ModelNode<'HttpMatch'> {
  readonly path?: PathMatch;
  readonly methods: readonly string[];
  readonly headers: readonly HeaderMatch[];
  /** Restricts the route to requests to these service ports; empty for all. */
  readonly ports: readonly number[];
}

export type HttpAction = ForwardAction | RedirectAction;

export interface ForwardAction extends ModelNode<'ForwardAction'> {
  /** At least one. The weights add up to 100; a single destination has 100. */
  readonly destinations: readonly WeightedDestination[];
  readonly rewrite?: Rewrite;
  /** Whole request, in milliseconds; 0 means no limit. */
  readonly timeoutMs: number;
  readonly retries: RetryPolicy;
  readonly mirrors: readonly Mirror[];
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
export interface Rewrite {
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

export interface RetryPolicy {
  /** Retries after the first try; 0 turns them off. */
  readonly attempts: number;
  /** 0: no limit but the route's timeout. */
  readonly perTryTimeoutMs: number;
  /** Envoy's retry_on words, in the order written. */
  readonly on: readonly string[];
}

/** A copy of the request whose answer is thrown away. */
export interface Mirror extends ModelNode<'Mirror'> {
  readonly host: string;
  readonly port: number;
  readonly subset: string;
  /** 0 to 100, with at most four decimals. */
  readonly percentage: number;
}

/** Applied in Envoy's order: remove after set and add. Names are lower-case. */
export interface HeaderOperations {
  readonly request: HeaderEdit;
  readonly response: HeaderEdit;
}

export interface HeaderEdit {
  readonly set: Readonly<Record<string, string>>;
  readonly add: Readonly<Record<string, string>>;
  readonly remove: readonly string[];
}

export interface CorsPolicy extends ModelNode<'CorsPolicy'> {
  readonly origins: readonly Exclude<PathMatch, { type: 'segments' }>[];
  readonly methods: readonly string[];
  readonly allowHeaders: readonly string[];
  readonly exposeHeaders: readonly string[];
  readonly credentials: boolean;
  /** Whole seconds; undefined leaves the header out. */
  readonly maxAgeSeconds?: number;
}

export interface Fault extends ModelNode<'Fault'> {
  readonly delay?: { readonly durationMs: number; readonly percentage: number };
  readonly abort?: { readonly status: number; readonly percentage: number };
}

/** The only TCP route of a port: weighted destinations. */
export interface TcpRoute extends ModelNode<'TcpRoute'> {
  readonly name: string;
  /** The service port the route is for. */
  readonly port: number;
  readonly destinations: readonly WeightedDestination[];
}
