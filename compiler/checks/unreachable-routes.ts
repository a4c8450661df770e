// The first route that matches wins, so a route whose every request an earlier one takes is dead.
import type { DiagnosticDetail } from '../diagnostics/index.ts';
import type { HttpMatch, HttpRoute, RouteTable } from '../model/index.ts';
import type { Check } from './check.ts';
import { matchCovers } from './match-covers.ts';

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
    const matches = alternativesOf(route);
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

type Entry = readonly [HttpMatch, HttpRoute];

/** An exact path covers nothing but itself, so only matches of other forms need to be looked through one by one. */
class EarlierMatches {
  readonly #exact = new Map<string, Entry[]>();
  readonly #others: Entry[] = [];

  add(match: HttpMatch, route: HttpRoute): void {
    if (match.path?.type !== 'exact') this.#others.push([match, route]);
    else if (!this.#exact.get(match.path.value)?.push([match, route]))
      this.#exact.set(match.path.value, [[match, route]]);
  }

  winnerOver(match: HttpMatch): HttpRoute | undefined {
    const same = match.path?.type === 'exact' ? (this.#exact.get(match.path.value) ?? []) : [];
    const covers = ([earlier]: Entry) => matchCovers(earlier, match);
    return (same.find(covers) ?? this.#others.find(covers))?.[1];
  }
}

/** A route without matches has one alternative: everything. */
function alternativesOf(route: HttpRoute): readonly HttpMatch[] {
  if (route.matches.length > 0) return route.matches;
  return [{ kind: 'HttpMatch', origin: route.origin, methods: [], headers: [], ports: [] }];
}
