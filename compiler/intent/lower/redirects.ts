// Routes that are answered by the proxy itself, with a redirect.
import type { RedirectAction } from '../../model/index.ts';
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
