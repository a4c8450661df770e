// How a route changes the path: a function that both sides share. See `Rewrite` in model/route.ts.
import {
  type Clause,
  everyPath,
  handleBy,
  matchedPaths,
  matchesString,
  type PathMatch,
  type Reading,
  type Rewrite,
  type TableBy,
} from '../../model/index.ts';

/** `replace`: the whole path becomes `path`. `prefix`: `dropped`, with which the path starts, does;
 * `isFinal` if no proxy normalizes the result. */
export type PathChange =
  | { readonly kind: 'keep' }
  | { readonly kind: 'replace'; readonly path: string }
  | { readonly kind: 'prefix'; readonly dropped: string; readonly path: string; readonly isFinal?: true };

export const keepPath: PathChange = { kind: 'keep' };

/** The changes that a route may make to a request that took this clause, in the order in which its paths are tried. At least one. */
export function pathChanges(rewrite: Rewrite | undefined, clause: Clause): readonly PathChanges[] {
  const path = rewrite?.path;
  if (path === undefined) return [{ match: everyPath, change: keepPath }];
  return matchedPaths(clause).map((match) => ({ match, ...handleBy('type', changes, match, path) }));
}

/** What happens to the paths of a match. The bare path of `segments` (`bare`) changes otherwise than the paths below it. */
export interface PathChanges {
  readonly match: PathMatch;
  readonly change: PathChange;
  readonly bare?: { readonly path: string; readonly change: PathChange };
}

type Change = Omit<PathChanges, 'match'>;

const whole = (_match: PathMatch, path: string): Change => ({ change: { kind: 'replace', path } });

const changes: TableBy<'type', Reading<PathMatch, 'type' | 'value'>, [path: string], Change> = {
  exact: whole,
  regex: whole,
  suffix: whole,
  prefix: ({ value }, path) => ({ change: { kind: 'prefix', dropped: value, path } }),
  segments: ({ value }, path) => ({
    change: { kind: 'prefix', dropped: value, path: path.replace(/\/+$/, '') },
    bare: { path: value, change: { kind: 'replace', path } },
  }),
};

/** The change for one path that took the clause. */
export function pathChangeFor(rewrite: Rewrite | undefined, clause: Clause, path: string): PathChange {
  const taken = pathChanges(rewrite, clause).find(({ match }) => matchesString(match, path));
  if (!taken) return keepPath;
  return taken.bare?.path === path ? taken.bare.change : taken.change;
}

export function applyPathChange(change: PathChange, path: string): string {
  switch (change.kind) {
    case 'keep':
      return path;
    case 'replace':
      return change.path;
    case 'prefix':
      return change.path + path.slice(change.dropped.length);
  }
}
