// A clause of a route as Envoy's RouteMatches. One clause may need several: Envoy knows no "or" within one.
import {
  type Clause,
  type Condition,
  type ConditionKind,
  conditionsOf,
  matchedPaths,
  mayHoldOnPort,
  nothingLeft,
  type Reading,
  type RowOf,
  total,
} from '../../model/index.ts';
import { anyMatcher, headerAlternatives } from './header-match.ts';
import type {
  HeaderMatcherJson,
  QueryParameterMatcherJson,
  RouteMatchJson,
} from './proto/types/envoy/config/route/v3/route_components_pb.js';
import { type PathAlternative, pathAlternatives } from './route-path.ts';

/** Where a clause is asked for: a port, and on a route with this rewriting of the path. */
interface Place {
  readonly port: number;
  readonly rewrite: string | undefined;
}

/** Some of what a route asks for. */
interface Part {
  readonly path?: PathAlternative;
  readonly headers?: readonly HeaderMatcherJson[];
  readonly queryParameters?: readonly QueryParameterMatcherJson[];
}

type Known = Reading<Condition, 'kind' | 'anyOf' | 'not', { header: 'name'; query: 'name' }>;

interface MatchRow<K extends Known['kind']> extends RowOf<K> {
  /** Whether Envoy has words for the clause's conditions of this kind, as they stand together. */
  readonly canSay: (clause: Clause) => boolean;
  /** What they come to: alternatives, none if they cannot hold in this place. Asked only where it can be said. */
  readonly alternatives: (clause: Clause, place: Place) => readonly Part[];
}

const always: readonly Part[] = [{}];
const never: readonly Part[] = [];
const isSayable = () => true;

/** Later ones vary faster. */
const rows = total<Known['kind']>()([
  { kind: 'path', canSay: isOnePath, alternatives: paths },
  { kind: 'method', canSay: isSayable, alternatives: methods },
  { kind: 'header', canSay: isSayable, alternatives: headers },
  // There is no matcher for a parameter that must not be so.
  { kind: 'query', canSay: (clause) => conditionsOf(clause, 'query').every(({ not }) => !not), alternatives: queries },
  {
    kind: 'port',
    canSay: isSayable,
    alternatives: (clause, { port }) => (mayHoldOnPort(clause, port) ? always : never),
  },
  // A route is chosen before anybody asks who calls.
  inexpressible('principal'),
  inexpressible('namespace'),
] satisfies readonly MatchRow<Known['kind']>[]);

/** In the order in which they are tried. None for a clause that cannot hold on the port, or that Envoy cannot express: see conflicts.ts. */
export function routeMatches(
  clause: Clause,
  place: Place,
): readonly { readonly match: RouteMatchJson; readonly prefixRewrite?: string }[] {
  const { kind: _kind, origin: _origin, all: _all, ...rest } = clause;
  nothingLeft(rest);
  if (!rows.every((row) => row.canSay(clause))) return [];
  const parts = rows.reduce<readonly Part[]>((found, row) => {
    const more = row.alternatives(clause, place);
    return more === always ? found : found.flatMap((one) => more.map((another) => joined(one, another)));
  }, always);
  return parts.flatMap(({ path, headers, queryParameters }) => {
    const asked = {
      ...(headers && { headers: [...headers] }),
      ...(queryParameters && { queryParameters: [...queryParameters] }),
    };
    return path ? [{ ...path, match: { ...path.match, ...asked } }] : [];
  });
}

/** Conditions for which, as they stand together in the clause, Envoy has no words in a route. */
export function inexpressibleInRoute(clause: Clause): readonly Condition[] {
  return rows.flatMap((row) => (row.canSay(clause) ? [] : conditionsOf<ConditionKind>(clause, row.kind)));
}

function joined(one: Part, another: Part): Part {
  const headers = [...(one.headers ?? []), ...(another.headers ?? [])];
  return { ...one, ...another, ...(headers.length > 0 && { headers }) };
}

/** A route has room for one statement about the path. */
function isOnePath(clause: Clause): boolean {
  const [path, ...others] = conditionsOf(clause, 'path');
  return !path?.not && others.length === 0;
}

function paths(clause: Clause, { rewrite }: Place): readonly Part[] {
  return matchedPaths(clause).flatMap((match) => pathAlternatives(match, rewrite).map((path) => ({ path })));
}

function methods(clause: Clause): readonly Part[] {
  return product(
    conditionsOf(clause, 'method').map(({ anyOf, not }) => headerAlternatives({ name: ':method', anyOf, not })),
  );
}

function headers(clause: Clause): readonly Part[] {
  return product(conditionsOf(clause, 'header').map(headerAlternatives));
}

function queries(clause: Clause): readonly Part[] {
  const conditions = conditionsOf(clause, 'query');
  if (conditions.length === 0) return always;
  return [{ queryParameters: conditions.map(({ name, anyOf }) => anyMatcher(name, anyOf)) }];
}

function product(conditions: readonly (readonly (readonly HeaderMatcherJson[])[])[]): readonly Part[] {
  return conditions.reduce<readonly Part[]>(
    (found, alternatives) => found.flatMap((one) => alternatives.map((headers) => joined(one, { headers }))),
    always,
  );
}

function inexpressible<K extends ConditionKind>(kind: K): MatchRow<K> {
  return { kind, canSay: (clause) => conditionsOf(clause, kind).length === 0, alternatives: () => always };
}
