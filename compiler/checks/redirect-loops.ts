// A redirect that leads to where the same route redirects again: callers go in a circle until they give up.
import {
  type Clause,
  type Condition,
  type HttpRoute,
  isKeptByRedirect,
  matchedPaths,
  matchesString,
  type RedirectAction,
} from '../model/index.ts';
import type { Check } from './check.ts';

export const redirectLoops: Check = {
  name: 'redirect-loop',
  codes: ['FL0416'],
  reads: ['routeTables'],
  check({ mesh }, report) {
    // A gateway's table repeats routes in narrower form.
    for (const { http } of mesh.routeTables.filter(({ attach }) => attach.mesh)) {
      for (const [i, { action, matches }] of http.entries()) {
        if (action.kind !== 'RedirectAction' || !leadsBack(action, matches, http.slice(0, i))) continue;
        report('FL0416', {
          message: `this redirect leads to "${action.path}", which the route redirects again`,
          span: action.origin,
          hint: 'redirect to another path, host, port or scheme, or put a route for the new path before it',
        });
      }
    }
  },
};

/** Says no where it is not certain: earlier routes, and conditions on the method, may take the second request. */
function leadsBack(redirect: RedirectAction, matches: readonly Clause[], earlier: readonly HttpRoute[]): boolean {
  const { path, host, scheme, port } = redirect;
  if (path === undefined || host !== undefined || scheme !== undefined || port !== undefined) return false;
  const mayTake = (clause: Clause) => matchedPaths(clause).some((match) => matchesString(match, path));
  if (earlier.some((route) => route.matches.some(mayTake))) return false;
  return matches.some(({ all }) => all.every((condition) => holdsAgain(condition, path)));
}

/** Whether what held for the request is certain to hold for the one that the redirect causes. */
function holdsAgain(condition: Condition, path: string): boolean {
  if (condition.kind !== 'path') return isKeptByRedirect[condition.kind];
  return condition.anyOf.some((match) => matchesString(match, path)) !== condition.not;
}
