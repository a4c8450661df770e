// The intersection of a route's path and an exposed one, and the rewrite that does there what the route's does.
import { handleBy, matchesString, type PathMatch, type TableBy } from '../../model/index.ts';

export interface Narrowed {
  readonly path: PathMatch;
  readonly rewrite?: string | undefined;
}

/** Undefined where no path is both; `inexpressible` where no match of the model says what is. */
export type Narrowing = Narrowed | 'inexpressible' | undefined;

/** `exposed` is everything, exact, or segments. */
export function narrowPath(route: PathMatch, exposed: PathMatch, rewrite: string | undefined): Narrowing {
  return handleBy('type', byExposed, exposed, route, rewrite);
}

const byExposed: TableBy<'type', PathMatch, [route: PathMatch, rewrite: string | undefined], Narrowing> = {
  // The one prefix that is exposed is everything.
  prefix: (_all, route, rewrite) => ({ path: route, rewrite }),
  exact(exposed, route, rewrite) {
    if (!matchesString(route, exposed.value)) return undefined;
    return { path: exposed, rewrite: rewrite && rewritten(route, exposed.value, rewrite) };
  },
  segments: (exposed, route, rewrite) => handleBy('type', underSegments, route, exposed, rewrite),
  suffix: () => 'inexpressible',
  regex: () => 'inexpressible',
};

type Segments = Extract<PathMatch, { type: 'segments' }>;

const underSegments: TableBy<'type', PathMatch, [exposed: Segments, rewrite: string | undefined], Narrowing> = {
  exact: (route, exposed, rewrite) => (matchesString(exposed, route.value) ? { path: route, rewrite } : undefined),
  prefix(route, exposed, rewrite) {
    if (route.value.startsWith(`${exposed.value}/`)) return { path: route, rewrite };
    if (!exposed.value.startsWith(route.value)) return undefined;
    const replaced = rewrite && rewritten(route, exposed.value, rewrite);
    // A raw prefix keeps a doubled slash that segments would merge.
    return replaced?.endsWith('/') ? 'inexpressible' : { path: exposed, rewrite: replaced };
  },
  segments(route, exposed, rewrite) {
    if (matchesString(exposed, route.value)) return { path: route, rewrite };
    if (!matchesString(route, exposed.value)) return undefined;
    return { path: exposed, rewrite: rewrite && rewritten(route, exposed.value, rewrite) };
  },
  suffix: () => 'inexpressible',
  regex: () => 'inexpressible',
};

/** What the rewrite of a route makes of one path, as the model defines it. */
function rewritten(route: PathMatch, path: string, rewrite: string): string {
  return handleBy('type', rewriters, route, path, rewrite);
}

const rewriters: TableBy<'type', PathMatch, [path: string, rewrite: string], string> = {
  prefix: ({ value }, path, rewrite) => rewrite + path.slice(value.length),
  segments({ value }, path, rewrite) {
    const rest = path.slice(value.length);
    return rest === '' ? rewrite : rewrite.replace(/\/$/, '') + rest;
  },
  exact: (_whole, _path, rewrite) => rewrite,
  suffix: (_whole, _path, rewrite) => rewrite,
  regex: (_whole, _path, rewrite) => rewrite,
};
