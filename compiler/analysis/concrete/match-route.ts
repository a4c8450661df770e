// Whether a route takes a request, and if not, why not. Shared by sidecars and gateways.
import type { Clause, Condition, HttpRoute } from '../../model/index.ts';
import type { RequestParts } from '../fields/dimension.ts';
import { describeMismatch, holdsInRequest, type Known, openConditions } from '../fields/index.ts';

export type RouteMatch =
  | { readonly matched: true; readonly match: Clause }
  | { readonly matched: false; readonly why: string };

/** The first alternative that holds decides, because the rewrite depends on what matched. */
export function matchRoute({ matches }: HttpRoute, request: RequestParts, known: Known): RouteMatch {
  let why = '';
  for (const match of matches) {
    const mismatch = findMismatch(match, request, known);
    if (mismatch === undefined) return { matched: true, match };
    why ||= describeMismatch(mismatch);
  }
  return { matched: false, why };
}

function findMismatch({ all }: Clause, request: RequestParts, known: Known): Condition | undefined {
  return all.find((condition) => {
    const open = openConditions([condition], known);
    return !open?.every((one) => holdsInRequest(one, request));
  });
}
