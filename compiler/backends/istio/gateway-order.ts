// Tables of several services at one gateway host. Istio orders their VirtualServices by age, which Git does not know:
// where their routes overlap, the order matters and is reported. What takes everything comes last in any order.
import type { Report } from '../../diagnostics/index.ts';
import {
  type Clause,
  type ConditionKind,
  conditionsOf,
  handleBy,
  type HttpRoute,
  isCatchAll,
  matchesString,
  type Mesh,
  type PathMatch,
  type Reading,
  type RouteTable,
  type StringMatch,
  type TableBy,
} from '../../model/index.ts';

export function checkGatewayOrder(mesh: Mesh, report: Report): void {
  const tables = mesh.routeTables.filter((table) => table.attach.gateways.length > 0);
  for (const [i, later] of tables.entries()) {
    for (const earlier of tables.slice(0, i)) {
      const overlap = shareHost(earlier, later) ? overlapOf(earlier, later) : undefined;
      if (!overlap) continue;
      report('FL0512', {
        message: `"${earlier.name}" and "${later.name}" answer the same requests at ${later.hosts.join(', ')}, and under Istio the older one wins`,
        span: overlap[1].origin,
        related: [{ message: 'holds for the same requests', span: overlap[0].origin }],
        hint: 'give the services paths that do not overlap',
      });
    }
  }
}

function shareHost(a: RouteTable, b: RouteTable): boolean {
  const isShared = (left: readonly string[], right: readonly string[]) => left.some((one) => right.includes(one));
  return isShared(a.attach.gateways, b.attach.gateways) && isShared(a.hosts, b.hosts);
}

function overlapOf(a: RouteTable, b: RouteTable): readonly [HttpRoute, HttpRoute] | undefined {
  for (const one of a.http) {
    const other = b.http.find((route) => overlap(one, route));
    if (other) return [one, other];
  }
  return undefined;
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
