// A clause of a route as Envoy's RouteMatches. One clause may need several: Envoy knows no "or" within one.
import {
  type Clause,
  type Condition,
  type ConditionKind,
  conditionsOf,
  everyPath,
  type MethodCondition,
  mayHoldOnPort,
  nothingLeft,
  type RowOf,
  total,
} from '../../model/index.ts';
import { anyMatcher, headerAlternatives } from './header-match.ts';
import { quoteRegex } from './json-values.ts';
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

interface MatchRow<K extends ConditionKind> extends RowOf<K> {
  /**
   * What the clause's conditions of this kind come to: alternatives, none if they cannot hold in this place. Undefined if Envoy has no
   * words for them.
   */
  readonly alternatives: (clause: Clause, place: Place) => readonly Part[] | undefined;
}

const always: readonly Part[] = [{}];
const never: readonly Part[] = [];

/** Later ones vary faster. */
const rows = total<ConditionKind>()([
  { kind: 'path', alternatives: paths },
  { kind: 'method', alternatives: methods },
  { kind: 'header', alternatives: headers },
  { kind: 'query', alternatives: queries },
  { kind: 'port', alternatives: (clause, { port }) => (mayHoldOnPort(clause, port) ? always : never) },
  // A route is chosen before anybody asks who calls.
  inexpressible('principal'),
  inexpressible('namespace'),
] satisfies readonly MatchRow<ConditionKind>[]);

/** In the order in which they are tried. None for a clause that cannot hold on the port, or that Envoy cannot express: see conflicts.ts. */
export function routeMatches(
  clause: Clause,
  place: Place,
): readonly { readonly match: RouteMatchJson; readonly prefixRewrite?: string }[] {
  const { kind: _kind, origin: _origin, all: _all, ...rest } = clause;
  nothingLeft(rest);
  const parts = rows.reduce<readonly Part[]>((found, row) => {
    const more = row.alternatives(clause, place) ?? never;
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
  const anywhere: Place = { port: 0, rewrite: undefined };
  return rows.flatMap((row) =>
    row.alternatives(clause, anywhere) === undefined ? conditionsOf<ConditionKind>(clause, row.kind) : [],
  );
}

function joined(one: Part, another: Part): Part {
  const headers = [...(one.headers ?? []), ...(another.headers ?? [])];
  return { ...one, ...another, ...(headers.length > 0 && { headers }) };
}

/** A route has room for one statement about the path. */
function paths(clause: Clause, { rewrite }: Place): readonly Part[] | undefined {
  const [path, ...others] = conditionsOf(clause, 'path');
  if (path?.not || others.length > 0) return undefined;
  return (path?.anyOf ?? [everyPath]).flatMap((match) => pathAlternatives(match, rewrite).map((path) => ({ path })));
}

function methods(clause: Clause): readonly Part[] {
  return product(conditionsOf(clause, 'method').map((condition) => headerAlternatives(asHeader(condition))));
}

function headers(clause: Clause): readonly Part[] {
  return product(conditionsOf(clause, 'header').map(headerAlternatives));
}

/** There is no matcher for a parameter that must not be so. */
function queries(clause: Clause): readonly Part[] | undefined {
  const conditions = conditionsOf(clause, 'query');
  if (conditions.length === 0) return always;
  if (conditions.some(({ not }) => not)) return undefined;
  return conditions.reduce<readonly Part[]>(
    (found, { name, anyOf }) =>
      found.flatMap(({ queryParameters = [] }) =>
        anyMatcher(name, anyOf).map((matcher) => ({ queryParameters: [...queryParameters, matcher] })),
      ),
    always,
  );
}

/** Several methods fit one regex, where a matcher each would be a route each. */
function asHeader({ anyOf, not }: MethodCondition): Parameters<typeof headerAlternatives>[0] {
  const exact = anyOf.flatMap((match) => (match.type === 'exact' ? [match.value] : []));
  const isList = exact.length > 1 && exact.length === anyOf.length;
  const one = { type: 'regex', value: exact.map(quoteRegex).join('|') } as const;
  return { name: ':method', anyOf: isList ? [one] : anyOf, not };
}

function product(conditions: readonly (readonly (readonly HeaderMatcherJson[])[])[]): readonly Part[] {
  return conditions.reduce<readonly Part[]>(
    (found, alternatives) => found.flatMap((one) => alternatives.map((headers) => joined(one, { headers }))),
    always,
  );
}

function inexpressible<K extends ConditionKind>(kind: K): MatchRow<K> {
  return {
    kind,
    alternatives: (clause) => (conditionsOf(clause, kind).length > 0 ? undefined : always),
  };
}
