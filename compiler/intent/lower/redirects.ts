// Routes that are answered by the proxy itself, with a redirect.
import type { HttpMatch, HttpRoute, RedirectAction } from '../../model/index.ts';
import type { Cursor } from '../../syntax/index.ts';
import { serviceDefaults } from '../defaults.ts';
import type { RedirectIntent, RouteIntent } from '../kinds.ts';
import type { LowerContext } from './context.ts';
import { checkSentPath, matchesExactly } from './paths.ts';

const forwardFields = ['to', 'rewrite', 'timeout', 'retries', 'fault', 'mirror', 'cors'] as const;

export function checkRedirectOnly(route: Cursor<RouteIntent>, { report }: LowerContext): void {
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

export function lowerRedirect(redirect: Cursor<RedirectIntent>, { report }: LowerContext): RedirectAction {
  checkSentPath(redirect.get('path'), report);
  return {
    kind: 'RedirectAction',
    origin: redirect.origin,
    ...redirect.value,
    status: redirect.value.status ?? serviceDefaults.redirectStatus,
  };
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
function leadsBack(redirect: RedirectAction, matches: readonly HttpMatch[], earlier: readonly HttpRoute[]): boolean {
  const { path, host, scheme, port } = redirect;
  if (path === undefined || host !== undefined || scheme !== undefined || port !== undefined) return false;
  const alternatives = matches.length > 0 ? matches.filter(({ methods }) => methods.length === 0) : [undefined];
  const takes = (match: HttpMatch | undefined) => match?.path === undefined || matchesExactly(match.path, path);
  if (earlier.some((route) => route.matches.length === 0 || route.matches.some(takes))) return false;
  return alternatives.some(takes);
}
