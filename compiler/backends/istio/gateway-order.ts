// Tables of several services at one gateway host. Istio orders their VirtualServices by age, which Git does not know:
// where their routes overlap, the order matters and is reported. What takes everything comes last in any order.
import type { Report } from '../../diagnostics/index.ts';
import {
  type Clause,
  commonHost,
  type ConditionKind,
  conditionsOf,
  handleBy,
  type HttpRoute,
  isCatchAll,
  keyOf,
  matchesString,
  type MeshIndex,
  type PathMatch,
  type Reading,
  type RouteTable,
  type StringMatch,
  type TableBy,
} from '../../model/index.ts';
import { foreignGateways } from './gateway-objects.ts';

export function checkGatewayOrder(index: MeshIndex, report: Report): void {
  const known = new Set<string>();
  for (const { host, earlier, later } of neighbours(index)) {
    const pair = `${keyOf(earlier)} ${keyOf(later)}`;
    const overlap = known.has(pair) ? undefined : overlapOf(earlier, later);
    known.add(pair);
    if (!overlap) continue;
    report('FL0512', {
      message: `"${earlier.name}" and "${later.name}" answer the same requests at ${host}, and under Istio the older one wins`,
      span: overlap[1].origin,
      related: [{ message: 'holds for the same requests', span: overlap[0].origin }],
      hint: 'give the services paths that do not overlap',
    });
  }
}

interface Neighbours {
  readonly host: string;
  readonly earlier: RouteTable;
  readonly later: RouteTable;
}

/**
 * Tables that one proxy asks for one host: their own, or one that they both cover. gateway-objects.ts keeps those of wider hosts away from
 * narrower ones, so that no others meet, but at gateways of somebody else.
 */
function neighbours(index: MeshIndex): readonly Neighbours[] {
  const own = index
    .gatewayPorts()
    .flatMap(({ hosts }) => [...hosts.values()])
    .flatMap(({ host, tables }) => pairs(tables, () => host));
  const foreign = Map.groupBy(
    index.mesh.routeTables.flatMap((table) => foreignGateways(table, index).map((gateway) => ({ gateway, table }))),
    ({ gateway }) => gateway,
  );
  const tablesOf = [...foreign.values()].map((entries) => entries.map(({ table }) => table));
  return [...own, ...tablesOf.flatMap((tables) => pairs(tables, sharedHost))];
}

function pairs(
  tables: readonly RouteTable[],
  hostOf: (a: RouteTable, b: RouteTable) => string | undefined,
): readonly Neighbours[] {
  return tables.flatMap((later, i) =>
    tables.slice(0, i).flatMap((earlier) => {
      const host = hostOf(earlier, later);
      return host === undefined ? [] : [{ host, earlier, later }];
    }),
  );
}

function sharedHost(a: RouteTable, b: RouteTable): string | undefined {
  return a.hosts.flatMap((one) => b.hosts.flatMap((other) => commonHost(one, other) ?? []))[0];
}

/** Of two routes of which the order decides: a request meets both before any other of their tables, and they differ in what they do. */
function overlapOf(a: RouteTable, b: RouteTable): readonly [HttpRoute, HttpRoute] | undefined {
  for (const [i, one] of a.http.entries()) {
    const other = b.http.find(
      (route, j) =>
        overlap(one, route) &&
        !doSame(one, route) &&
        !isTaken(one, b.http.slice(0, j)) &&
        !isTaken(route, a.http.slice(0, i)),
    );
    if (other) return [one, other];
  }
  return undefined;
}

/** Whether an earlier route takes what this one asks for. */
function isTaken({ matches }: HttpRoute, earlier: readonly HttpRoute[]): boolean {
  return earlier.some((route) => textOf(route.matches) === textOf(matches));
}

/** One service may be exposed twice. What a rewrite leaves of a path depends on what was matched. */
function doSame(a: HttpRoute, b: HttpRoute): boolean {
  const rewrites = a.action.kind === 'ForwardAction' && a.action.rewrite?.path !== undefined;
  if (rewrites && textOf(a.matches) !== textOf(b.matches)) return false;
  return textOf([a.action, a.features]) === textOf([b.action, b.features]);
}

/** Without the places where it was written. */
function textOf(value: unknown): string {
  return JSON.stringify(value, function (this: object, key: string, inner: unknown) {
    return key === 'origin' && 'kind' in this ? undefined : inner;
  });
}

function overlap(a: HttpRoute, b: HttpRoute): boolean {
  const [all, everything] = [isCatchAll(a), isCatchAll(b)];
  if (all || everything) return all && everything;
  return a.matches.some((one) => b.matches.some((other) => clausesOverlap(one, other)));
}

/**
 * Kinds of which two conditions are compared: whether one request can meet both. Of the others it is taken to meet both,
 * which is worth a look by people.
 */
const compared = ['path', 'method'] as const satisfies readonly ConditionKind[];

function clausesOverlap(a: Clause, b: Clause): boolean {
  return compared.every((kind) => anyMeet(conditionsOf(a, kind), conditionsOf(b, kind)));
}

type AnyMatch = Reading<StringMatch | PathMatch, 'type' | 'value'>;
type Conditions = readonly { readonly anyOf: readonly AnyMatch[]; readonly not: boolean }[];

/** False if two conditions want values and have none in common. */
function anyMeet(a: Conditions, b: Conditions): boolean {
  return a.every((one) => b.every((other) => one.not || other.not || haveCommon(one.anyOf, other.anyOf)));
}

function haveCommon(a: readonly AnyMatch[], b: readonly AnyMatch[]): boolean {
  return a.some((one) => b.some((other) => overlapOfMatches(one, other)));
}

function overlapOfMatches(a: AnyMatch, b: AnyMatch): boolean {
  const [left, right] = [handleBy('type', beginnings, a), handleBy('type', beginnings, b)];
  if (left === undefined || right === undefined) return true;
  return matchesString(a, right) || matchesString(b, left);
}

/** What all that matches begins with, and matches itself; undefined where that is not known. */
const beginnings: TableBy<'type', AnyMatch, [], string | undefined> = {
  exact: ({ value }) => value,
  prefix: ({ value }) => value,
  segments: ({ value }) => value,
  suffix: () => undefined,
  regex: () => undefined,
  present: () => '',
};
