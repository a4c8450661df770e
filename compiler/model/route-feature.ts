// What a route does besides sending a request on: one kind of node each, listed on the route. What is not listed does not happen.
import type { ValueMatch } from './match.ts';
import type { ModelNode } from './origin.ts';

/** At most one of each kind on a route, but for mirrors. The order in the list means nothing: back ends have their own. */
export type RouteFeature = CorsPolicy | Fault | HeaderOperations | RetryPolicy | Mirror;

export type RouteFeatureKind = RouteFeature['kind'];

/** Acts in the caller's proxy, before everything else. An empty list leaves its header out. */
export interface CorsPolicy extends ModelNode<'CorsPolicy'> {
  readonly origins: readonly ValueMatch[];
  readonly methods: readonly string[];
  readonly allowHeaders: readonly string[];
  readonly exposeHeaders: readonly string[];
  readonly credentials: boolean;
  /** Whole seconds; undefined leaves the header out. */
  readonly maxAgeSeconds?: number;
}

/** Acts in the caller's proxy: delays first, then aborts. Percentages are 0 to 100, with at most four decimals. */
export interface Fault extends ModelNode<'Fault'> {
  readonly delay?: { readonly durationMs: number; readonly percentage: number };
  readonly abort?: { readonly status: number; readonly percentage: number };
}

/** Applied in Envoy's order: remove after set and add. Names are lower-case. */
export interface HeaderOperations extends ModelNode<'HeaderOperations'>, HeaderEdits {}

export interface HeaderEdits {
  readonly request: HeaderEdit;
  readonly response: HeaderEdit;
}

/** `set` replaces all values of a header, `add` appends one more, `remove` takes away also what those two put there. */
export interface HeaderEdit {
  readonly set: Readonly<Record<string, string>>;
  readonly add: Readonly<Record<string, string>>;
  readonly remove: readonly string[];
}

const noEdit: HeaderEdit = { set: {}, add: {}, remove: [] };

/** What a route without header operations does to headers. */
export const noHeaderEdits: HeaderEdits = { request: noEdit, response: noEdit };

export interface RetryPolicy extends ModelNode<'RetryPolicy'>, RetrySettings {}

export interface RetrySettings {
  /** Retries after the first try; 0 turns them off. */
  readonly attempts: number;
  /** 0: no limit but the route's timeout. */
  readonly perTryTimeoutMs: number;
  /** Envoy's retry_on words, in the order written; bare numbers are status codes, as in Istio's `retryOn`. */
  readonly on: readonly string[];
}

/** What a route without a retry policy does. */
export const noRetries: RetrySettings = { attempts: 0, perTryTimeoutMs: 0, on: [] };

/** A copy of the request whose answer is thrown away. Port 0 as in `WeightedDestination`. */
export interface Mirror extends ModelNode<'Mirror'> {
  readonly host: string;
  readonly port: number;
  readonly subset: string;
  /** 0 to 100, with at most four decimals. */
  readonly percentage: number;
}
