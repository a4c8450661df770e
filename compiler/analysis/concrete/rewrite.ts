// How a route changes the path: a function that both sides share. See `Rewrite` in model/route.ts.
import { type Clause, handleBy, matchedPath, type PathMatch, type Rewrite, type TableBy } from '../../model/index.ts';

/** `replace`: the whole path becomes `path`. `prefix`: `dropped`, with which the path starts, does. */
export type PathChange =
  | { readonly kind: 'keep' }
  | { readonly kind: 'replace'; readonly path: string }
  | { readonly kind: 'prefix'; readonly dropped: string; readonly path: string };

export const keepPath: PathChange = { kind: 'keep' };

/**
 * The changes that a route may make to a request that took this match; more than one only for `segments`,
 * whose bare path (`bare`) changes otherwise than the paths below it.
 */
export function pathChanges(rewrite: Rewrite | undefined, match: Clause): PathChanges {
  const path = rewrite?.path;
  if (path === undefined) return { change: keepPath };
  return handleBy('type', changes, matchedPath(match), path);
}

export interface PathChanges {
  readonly change: PathChange;
  readonly bare?: { readonly path: string; readonly change: PathChange };
}

const whole = (_match: PathMatch, path: string): PathChanges => ({ change: { kind: 'replace', path } });

const changes: TableBy<'type', PathMatch, [path: string], PathChanges> = {
  exact: whole,
  regex: whole,
  suffix: whole,
  prefix: ({ value }, path) => ({ change: { kind: 'prefix', dropped: value, path } }),
  segments: ({ value }, path) => ({
    change: { kind: 'prefix', dropped: value, path: path.replace(/\/+$/, '') },
    bare: { path: value, change: { kind: 'replace', path } },
  }),
};

/** The change for one path. */
export function pathChangeFor(rewrite: Rewrite | undefined, match: Clause, path: string): PathChange {
  const { change, bare } = pathChanges(rewrite, match);
  return bare?.path === path ? bare.change : change;
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
