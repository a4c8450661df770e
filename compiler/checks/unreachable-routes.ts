// The first route that matches wins, so a route whose every request an earlier one takes is dead.
import type { DiagnosticDetail } from '../diagnostics/index.ts';
import { type Clause, type HttpRoute, matchedPaths, type RouteTable } from '../model/index.ts';
import type { Check } from './check.ts';
import { clauseCovers } from './match-covers.ts';

/** Tables are frozen, and most of them stay the same from one compile to the next. */
const findings = new WeakMap<RouteTable, readonly DiagnosticDetail[]>();

export const unreachableRoutes: Check = {
  name: 'unreachable-route',
  codes: ['FL0404'],
  reads: ['routeTables'],
  check({ mesh }, report) {
    // A gateway's table repeats routes in narrower form; what is dead there only follows from what was narrowed away.
    for (const table of mesh.routeTables) {
      if (!table.attach.mesh) continue;
      const known = findings.get(table) ?? checkRoutes(table.http);
      findings.set(table, known);
      for (const finding of known) report('FL0404', finding);
    }
  },
};

function checkRoutes(routes: readonly HttpRoute[]): readonly DiagnosticDetail[] {
  const found: DiagnosticDetail[] = [];
  const earlier = new EarlierMatches();
  for (const route of routes) {
    const { matches } = route;
    const winners = matches.map((match) => earlier.winnerOver(match));
    const isDead = winners.every((winner) => winner !== undefined);
    for (const [i, winner] of winners.entries()) {
      if (!winner || (isDead && i > 0)) continue;
      found.push({
        message: `${isDead ? 'this route' : 'this alternative'} can never win: an earlier route takes all its requests`,
        span: isDead ? route.origin : matches[i]?.origin,
        related: [{ message: 'this one wins', span: winner.origin }],
        hint: 'move it up, or remove it',
      });
    }
    for (const match of matches) earlier.add(match, route);
  }
  return found;
}

type Entry = readonly [Clause, HttpRoute];

/** An exact path covers nothing but itself, so only clauses of other forms need to be looked through one by one. */
class EarlierMatches {
  readonly #exact = new Map<string, Entry[]>();
  readonly #others: Entry[] = [];

  add(clause: Clause, route: HttpRoute): void {
    const [path, ...more] = matchedPaths(clause);
    if (path?.type !== 'exact' || more.length > 0) this.#others.push([clause, route]);
    else if (!this.#exact.get(path.value)?.push([clause, route])) this.#exact.set(path.value, [[clause, route]]);
  }

  winnerOver(clause: Clause): HttpRoute | undefined {
    const [path] = matchedPaths(clause);
    const same = path?.type === 'exact' ? (this.#exact.get(path.value) ?? []) : [];
    const covers = ([earlier]: Entry) => clauseCovers(earlier, clause);
    return (same.find(covers) ?? this.#others.find(covers))?.[1];
  }
}
