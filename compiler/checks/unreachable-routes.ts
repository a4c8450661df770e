// The first route that matches wins, so a route whose every request an earlier one takes is dead.
import type { DiagnosticDetail } from '../diagnostics/index.ts';
import {
  type Clause,
  fieldName,
  handleBy,
  type HttpRoute,
  isEveryPath,
  matchedPaths,
  type PathMatch,
  type Reading,
  type RouteTable,
  type TableBy,
} from '../model/index.ts';
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

interface Entry {
  readonly at: number;
  readonly clause: Clause;
  readonly route: HttpRoute;
}

/**
 * What is asked of one path takes only what starts with the same text, and what asks for one value only what asks for it as well:
 * clauses are found by both. Only those of other forms need to be looked through one by one.
 */
class EarlierMatches {
  readonly #found = new Map<string, Entry[]>();
  #count = 0;

  add(clause: Clause, route: HttpRoute): void {
    const entry = { at: this.#count++, clause, route };
    const [path, ...more] = matchedPaths(clause);
    const start = path && more.length === 0 && !isEveryPath(path) ? startOf(path) : undefined;
    const key = keyOfParts(start, valuesAskedFor(clause, 1)[0]);
    if (!this.#found.get(key)?.push(entry)) this.#found.set(key, [entry]);
  }

  /** The first, as it wins. */
  winnerOver(clause: Clause): HttpRoute | undefined {
    const values = [undefined, ...valuesAskedFor(clause, Number.POSITIVE_INFINITY)];
    const found: Entry[] = [];
    for (const start of [undefined, ...startsOf(clause)]) {
      for (const value of values) {
        const entries = this.#found.get(keyOfParts(start, value));
        const first = entries?.find(({ clause: earlier }) => clauseCovers(earlier, clause));
        if (first) found.push(first);
      }
    }
    return found.sort((a, b) => a.at - b.at)[0]?.route;
  }
}

function keyOfParts(start: string | undefined, value: string | undefined): string {
  return JSON.stringify([start, value]);
}

/** Values of headers, query parameters and the method that a clause asks for, where it leaves a choice between at most so many. */
function valuesAskedFor({ all }: Clause, most: number): readonly string[] {
  return all.flatMap((condition) => {
    if (condition.kind === 'path' || condition.not || condition.anyOf.length > most) return [];
    const values = condition.anyOf.map((match) =>
      typeof match === 'object' && match.type === 'exact' ? `${fieldName(condition)}=${match.value}` : undefined,
    );
    return values.flatMap((value) => value ?? []);
  });
}

/** The beginnings of the paths that a clause asks for, as far as they are plain. */
function startsOf(clause: Clause): ReadonlySet<string> {
  const texts = matchedPaths(clause).flatMap((path) => startOf(path) ?? []);
  return new Set(texts.flatMap((text) => Array.from({ length: text.length + 1 }, (_, end) => text.slice(0, end))));
}

/** The text that paths start with which a match takes; undefined where it looks at other parts of them. */
function startOf(match: PathMatch): string | undefined {
  return handleBy('type', starts, match);
}

const starts: TableBy<'type', Reading<PathMatch, 'type' | 'value'>, [], string | undefined> = {
  exact: ({ value }) => value,
  prefix: ({ value }) => value,
  segments: ({ value }) => value,
  suffix: () => undefined,
  regex: () => undefined,
};
