// Routes that send requests on.
import type { ForwardAction } from '../../model/index.ts';
import type { Cursor } from '../../syntax/index.ts';
import type { RouteIntent } from '../kinds.ts';
import { parseDuration } from '../units.ts';
import type { LowerContext } from './context.ts';
import { lowerDestinations, type RouteOwner } from './destinations.ts';
import { checkSentPath } from './paths.ts';

export function lowerForward(route: Cursor<RouteIntent>, owner: RouteOwner, context: LowerContext): ForwardAction {
  const to = route.get('to');
  const rewrite = route.get('rewrite');
  checkSentPath(rewrite?.get('path'), context.report);
  return {
    kind: 'ForwardAction',
    origin: to?.origin ?? route.origin,
    destinations: lowerDestinations(to, owner, route.origin, context),
    ...(rewrite && { rewrite: { kind: 'Rewrite', origin: rewrite.origin, ...rewrite.value } }),
    timeoutMs: timeoutOf(route, context),
  };
}

/** Of the whole request, in milliseconds. */
export function timeoutOf({ value }: Cursor<RouteIntent>, { global }: LowerContext): number {
  return value.timeout === undefined ? global.settings.timeoutMs : parseDuration(value.timeout);
}
