// Routes that are answered by the proxy itself, with a redirect.
import {
  type Clause,
  type Condition,
  type HttpRoute,
  isKeptByRedirect,
  matchedPaths,
  matchesString,
  type RedirectAction,
} from '../../model/index.ts';
import type { Cursor } from '../../syntax/index.ts';
import { serviceDefaults } from '../defaults.ts';
import type { RouteIntent } from '../kinds.ts';
import type { LowerContext } from './context.ts';
import { checkSentPath } from './paths.ts';

/** Undefined for a route that writes none. */
export function lowerRedirect(route: Cursor<RouteIntent>, context: LowerContext): RedirectAction | undefined {
  const redirect = route.get('redirect');
  if (!redirect) return undefined;
  checkRedirectOnly(route, context);
  checkSentPath(redirect.get('path'), context.report);
  return {
    kind: 'RedirectAction',
    origin: redirect.origin,
    ...redirect.value,
    status: redirect.value.status ?? serviceDefaults.redirectStatus,
  };
}

const forwardFields = ['to', 'rewrite', 'timeout', 'retries', 'fault', 'mirror', 'cors'] as const;

function checkRedirectOnly(route: Cursor<RouteIntent>, { report }: LowerContext): void {
  for (const field of forwardFields) {
    const found = route.get(field);
    if (!found) continue;
    report('FL0405', {
      message: `a route that redirects cannot have "${field}": nothing is forwarded`,
      span: found.keySpan,
      related: [{ message: 'the redirect', span: route.get('redirect')?.keySpan ?? route.origin }],
      hint: `remove ${field}, or write two routes`,
    });
  }
}

/** Warns of redirects that lead to where the same route redirects again. */
export function checkRedirectLoops(routes: readonly HttpRoute[], { report }: LowerContext): void {
  for (const [i, { action, matches }] of routes.entries()) {
    if (action.kind !== 'RedirectAction' || !leadsBack(action, matches, routes.slice(0, i))) continue;
    report('FL0416', {
      message: `this redirect leads to "${action.path}", which the route redirects again`,
      span: action.origin,
      hint: 'redirect to another path, host, port or scheme, or put a route for the new path before it',
    });
  }
}

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
