// What routes leave of requests by the time they reach a host: what a rule there asks for may never come. Used by rules; is none itself.
import { pathChanges } from '../analysis/index.ts';
import {
  type Clause,
  conditionsOf,
  featuresOf,
  handle,
  type HttpAction,
  type HttpRoute,
  matchedPaths,
  matchesString,
  normalizePath,
  type PathMatch,
  type Rewrite,
  splitQuery,
  type Table,
} from '../model/index.ts';
import { clauseCovers, startOf } from './match-covers.ts';

/** One way to a host: what takes it, what has been taken before, and the paths with which it ends. */
export interface Way {
  readonly route: HttpRoute;
  readonly match: Clause;
  /** Takes requests before it, whatever becomes of the path. */
  readonly before: readonly Clause[];
  readonly rewrite: Rewrite | undefined;
  /** Empty where the path is changed: what has been taken says nothing about it. */
  readonly taken: readonly Clause[];
  readonly paths: readonly PathMatch[];
}

/** The ways to a host that the routes of a table, in their order, have. */
export function waysTo(host: string, routes: readonly HttpRoute[]): readonly Way[] {
  return routes.flatMap((route, i) => {
    if (!handle(leadsTo, route.action, host) && !featuresOf(route, 'Mirror').some((mirror) => mirror.host === host))
      return [];
    const rewrite = rewriteBy(route);
    const before = routes.slice(0, i).flatMap(({ matches }) => matches);
    const taken = rewrite?.path === undefined ? before : [];
    return route.matches.map((match) => ({ route, match, before, rewrite, taken, paths: pathsAfter(rewrite, match) }));
  });
}

const leadsTo: Table<HttpAction, [host: string], boolean> = {
  ForwardAction: ({ destinations }, host) => destinations.some((one) => one.host === host),
  RedirectAction: () => false,
};

/** What becomes of path and host; undefined where nothing is sent on, or as it is. */
export function rewriteBy({ action }: HttpRoute): Rewrite | undefined {
  return handle(rewriteOf, action);
}

const rewriteOf: Table<HttpAction, [], Rewrite | undefined> = {
  ForwardAction: ({ rewrite }) => rewrite,
  RedirectAction: () => undefined,
};

function pathsAfter(rewrite: Rewrite | undefined, match: Clause): readonly PathMatch[] {
  return pathChanges(rewrite, match).flatMap(({ change, bare }): readonly PathMatch[] => {
    if (change.kind === 'keep') return matchedPaths(match);
    const whole = [change, bare?.change].flatMap((one) => (one?.kind === 'replace' ? [exact(one.path)] : []));
    return change.kind === 'prefix' ? [...whole, below(change.path, bare !== undefined)] : whole;
  });
}

/** What is left of a path of whole segments begins with a slash. */
function below(path: string, isWhole: boolean): PathMatch {
  return isWhole && path !== '' ? { type: 'segments', value: path } : { type: 'prefix', value: path };
}

function exact(path: string): PathMatch {
  return { type: 'exact', value: normalizePath(splitQuery(path).path) };
}

/** False where no request that takes the way can be one that the clause is for. May say yes where the truth is no. */
export function mayArrive({ match, taken, paths }: Way, wanted: Clause): boolean {
  if (takerOf(taken, wanted)) return false;
  return !isApartFrom(wanted, paths) && methodsMeet(match, wanted);
}

/** What has taken every request that the clause is for. */
export function takerOf(taken: readonly Clause[], wanted: Clause): Clause | undefined {
  return taken.find((before) => clauseCovers(before, wanted));
}

function methodsMeet(match: Clause, wanted: Clause): boolean {
  const [asked, taken] = [wanted, match].map((clause) => conditionsOf(clause, 'method').filter(({ not }) => !not));
  return (asked ?? []).every(({ anyOf }) =>
    (taken ?? []).every((other) =>
      anyOf.some((a) => other.anyOf.some((b) => a.type !== 'exact' || b.type !== 'exact' || a.value === b.value)),
    ),
  );
}

/** Whether a clause is for none of the paths, as far as their beginnings tell. */
export function isApartFrom(clause: Clause, paths: readonly PathMatch[]): boolean {
  return conditionsOf(clause, 'path').some(
    ({ anyOf, not }) => !not && anyOf.every((one) => paths.every((path) => areApart(one, path))),
  );
}

/** Whether no path meets both matches, as far as their beginnings tell. */
export function areApart(a: PathMatch, b: PathMatch): boolean {
  if (a.type === 'exact') return !matchesString(b, a.value);
  if (b.type === 'exact') return !matchesString(a, b.value);
  return !goesOn(a, b) && !goesOn(b, a);
}

/** Whether paths that begin as `long` does may begin as `short` does: below whole segments, only after a slash. */
function goesOn(short: PathMatch, long: PathMatch): boolean {
  const [start, longer] = [startOf(short), startOf(long)];
  if (!longer.startsWith(start)) return false;
  return short.type !== 'segments' || longer === start || longer[start.length] === '/';
}
