// `match` of a route to the alternatives of which one must hold.
import { anything, type Clause, type Condition } from '../../model/index.ts';
import type { Cursor } from '../../syntax/index.ts';
import type { MatchIntent, RouteIntent } from '../kinds.ts';
import type { LowerContext } from './context.ts';
import { matchFields } from './fields/index.ts';

/** Nothing written is everything; else one alternative, or a list of them. */
export function lowerMatches(route: Cursor<RouteIntent>, context: LowerContext): readonly Clause[] {
  const match = route.get('match');
  if (!match) return [anything(route.origin)];
  const alternatives = Array.isArray(match.value)
    ? match.as<readonly MatchIntent[]>().items()
    : [match.as<MatchIntent>()];
  return alternatives.map((alternative) => ({
    kind: 'Clause',
    origin: alternative.origin,
    all: matchFields.flatMap((field): readonly Condition[] => field.inMatch(alternative, context)),
  }));
}
