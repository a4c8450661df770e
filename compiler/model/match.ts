// Matches on strings: the leaves of every routing and access condition. Semantics are Envoy's and RE2's.

/** `regex` is RE2 and matches the whole value. `present` matches any value, even an empty one. */
export type StringMatch =
  | { readonly type: 'exact'; readonly value: string }
  | { readonly type: 'prefix'; readonly value: string }
  | { readonly type: 'suffix'; readonly value: string }
  | { readonly type: 'regex'; readonly value: string }
  | { readonly type: 'present' };

/** A match that asks something of the value. */
export type ValueMatch = Exclude<StringMatch, { type: 'present' }>;

/**
 * A match on the path of a request, without its query.
 * `segments` with value `/api` is written `/api/*`: it matches `/api` and all below it, never `/apifoo`.
 * Its value never ends with a slash; the match for everything is `{ type: 'prefix', value: '/' }`.
 * `prefix` is the raw string prefix that Istio's VirtualService knows.
 */
export type PathMatch = ValueMatch | { readonly type: 'segments'; readonly value: string };
