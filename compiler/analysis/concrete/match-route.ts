// Whether a route takes a request, and if not, why not. Shared by sidecars and gateways.
import type { Clause, HttpRoute } from '../../model/index.ts';
import type { RequestParts } from '../fields/dimension.ts';
import type { Known } from '../fields/index.ts';
import { describeMismatch, type Mismatch, mergeMismatches, mismatchOf } from '../fields/mismatch.ts';

export type RouteMatch =
  | { readonly matched: true; readonly match: Clause }
  | { readonly matched: false; readonly why: string };

/** The first alternative that holds decides, because the rewrite depends on what matched. */
export function matchRoute({ matches }: HttpRoute, request: RequestParts, known: Known): RouteMatch {
  const mismatches: Mismatch[] = [];
  for (const match of matches) {
    const mismatch = findMismatch(match, request, known);
    if (mismatch === undefined) return { matched: true, match };
    mismatches.push(mismatch);
  }
  return {
    matched: false,
    why: mergeMismatches(mismatches).slice(0, reasonsShown).map(describeMismatch).join(', or '),
  };
}

const reasonsShown = 4;

function findMismatch({ all }: Clause, request: RequestParts, known: Known): Mismatch | undefined {
  for (const condition of all) {
    const mismatch = mismatchOf(condition, request, known);
    if (mismatch) return mismatch;
  }
  return undefined;
}
