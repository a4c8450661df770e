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
  for (const [i, route] of routes.entries()) {
    const earlier = routes.slice(0, i);
    const matches = alternativesOf(route);
    const winners = matches.map((match) =>
      earlier.find((other) => alternativesOf(other).some((m) => matchCovers(m, match))),
    );
    const isDead = winners.every((winner) => winner !== undefined);
    for (const [j, winner] of winners.entries()) {
      if (!winner || (isDead && j > 0)) continue;
      found.push({
        message: `${isDead ? 'this route' : 'this alternative'} can never win: an earlier route takes all its requests`,
        span: isDead ? route.origin : matches[j]?.origin,
        related: [{ message: 'this one wins', span: winner.origin }],
        hint: 'move it up, or remove it',
      });
    }
  }
  return found;
}

/** A route without matches has one alternative: everything. */
function alternativesOf(route: HttpRoute): readonly HttpMatch[] {
  if (route.matches.length > 0) return route.matches;
  return [{ kind: 'HttpMatch', origin: route.origin, methods: [], headers: [], ports: [] }];
}
