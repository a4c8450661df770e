// Whether a route takes a request, and if not, why not. Shared by sidecars and gateways.
import type { Clause, HttpRoute } from '../../model/index.ts';
import type { RequestParts } from '../fields/dimension.ts';
import type { Known } from '../fields/index.ts';
import { describeMismatch, isMet, mergeMismatches, mismatchOf } from '../fields/mismatch.ts';

export type RouteMatch =
  | { readonly matched: true; readonly match: Clause }
  /** Asked of a few among all routes that are passed over, so it is worked out only then. */
  | { readonly matched: false; readonly why: () => string };

/** The first alternative that holds decides, because the rewrite depends on what matched. */
export function matchRoute({ matches }: HttpRoute, request: RequestParts, known: Known): RouteMatch {
  const match = matches.find(({ all }) => all.every((condition) => isMet(condition, request, known)));
  if (match) return { matched: true, match };
  return { matched: false, why: () => whyNot(matches, request, known) };
}

function whyNot(matches: readonly Clause[], request: RequestParts, known: Known): string {
  const mismatches = matches.flatMap(({ all }) => {
    const failed = all.find((condition) => !isMet(condition, request, known));
    return (failed && mismatchOf(failed, request, known)) ?? [];
  });
  return mergeMismatches(mismatches).slice(0, reasonsShown).map(describeMismatch).join(', or ');
}

const reasonsShown = 4;
