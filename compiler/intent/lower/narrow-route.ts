// A route of a service as it holds at a gateway: under the exposed path, and with the port settled that a sidecar's caller dials.
import {
  type ByScope,
  type Clause,
  type Condition,
  type HttpAction,
  type HttpRoute,
  handle,
  handleByScope,
  matchedPaths,
  mayHoldOnPort,
  nothingLeft,
  pathConditionOf,
  type Origin,
  type PathMatch,
  type Rewrite,
  type RouteFeature,
  type Table,
} from '../../model/index.ts';
import { narrowPath } from './narrow-path.ts';

export interface Narrowing {
  readonly exposed: PathMatch;
  /** Where it is exposed. */
  readonly exposedAt: Origin;
  /** Of the service. */
  readonly port: number;
  /** Where the exposure is written: what it narrows is its own where the route asks nothing. */
  readonly origin: Origin;
  /** Told of alternatives that cannot be narrowed; they are left out. */
  readonly inexpressible: (clause: Clause, path: PathMatch) => void;
}

/**
 * None if the route cannot match there. Where narrowing changes what a rewrite replaces, each alternative becomes a route
 * of its own with the rewrite that does the same.
 */
export function narrowRoute(route: HttpRoute, name: string, narrowing: Narrowing): readonly HttpRoute[] {
  const { port } = narrowing;
  const rewrite = handle(rewriteOf, route.action);
  const results = route.matches.flatMap((clause) => narrowClause(clause, rewrite, narrowing));
  const [first] = results;
  if (!first) return [];
  if (!results.every((result) => result.rewrite === first.rewrite))
    return results.map((result, i) => rebuild(route, `${name}/${i}`, { ...result, clauses: [result.clause], port }));
  const clauses = results.map((result) => result.clause);
  return [rebuild(route, name, { clauses, rewrite: first.rewrite, port })];
}

const rewriteOf: Table<HttpAction, [], string | undefined> = {
  ForwardAction: ({ rewrite }) => rewrite?.path,
  RedirectAction: () => undefined,
};

interface NarrowedClause {
  readonly clause: Clause;
  readonly rewrite?: string | undefined;
}

function narrowClause(
  clause: Clause,
  rewrite: string | undefined,
  { exposed, port, origin: entry, inexpressible }: Narrowing,
): readonly NarrowedClause[] {
  if (!mayHoldOnPort(clause, port)) return [];
  const { kind, origin, all, ...rest } = clause;
  nothingLeft(rest);
  const replaced = pathConditionOf(clause);
  const others = all.flatMap((condition) => (condition === replaced ? [] : handleByScope(beside, condition)));
  const place = all.length === 0 ? entry : origin;
  return matchedPaths(clause).flatMap((match) => {
    const narrowed = narrowPath(match, exposed, rewrite);
    if (narrowed === 'inexpressible') {
      inexpressible(clause, match);
      return [];
    }
    if (!narrowed) return [];
    const path: Condition = { kind: 'path', anyOf: [narrowed.path], not: false };
    return [{ clause: { kind, origin: place, all: [path, ...others] }, rewrite: narrowed.rewrite }];
  });
}

/** What stays of the conditions besides the narrowed path. */
const beside: ByScope<[], readonly Condition[]> = {
  request: (condition) => [condition],
  // Holds: the others have been left out. At the gateway another port is dialled.
  port: () => [],
  peer: (condition) => [condition],
};

interface Parts {
  readonly clauses: readonly Clause[];
  readonly rewrite?: string | undefined;
  readonly port: number;
}

function rebuild(route: HttpRoute, name: string, { clauses, rewrite, port }: Parts): HttpRoute {
  const { kind, origin, name: _inside, matches: _wider, action, features, ...rest } = route;
  nothingLeft(rest);
  return {
    kind,
    origin,
    name,
    matches: clauses,
    action: handle(actions, action, rewrite, port),
    features: features.map((feature) => handle(settled, feature, port)),
  };
}

const actions: Table<HttpAction, [rewritePath: string | undefined, port: number], HttpAction> = {
  ForwardAction({ kind, origin, destinations, rewrite: written, timeoutMs, ...rest }, rewritePath, port) {
    nothingLeft(rest);
    const rewrite: Rewrite | undefined =
      rewritePath === undefined ? written : { kind: 'Rewrite', origin, ...written, path: rewritePath };
    const settledDestinations = destinations.map((destination) => settle(destination, port));
    return { kind, origin, destinations: settledDestinations, ...(rewrite && { rewrite }), timeoutMs };
  },
  RedirectAction: (action) => action,
};

const settled: Table<RouteFeature, [port: number], RouteFeature> = {
  CorsPolicy: (feature) => feature,
  Fault: (feature) => feature,
  HeaderOperations: (feature) => feature,
  RetryPolicy: (feature) => feature,
  Mirror: (mirror, port) => settle(mirror, port),
};

function settle<D extends { readonly port: number }>(place: D, port: number): D {
  return place.port === 0 ? { ...place, port } : place;
}
