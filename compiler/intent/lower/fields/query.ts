// `query` of a route's match. Access rules are decided on the path alone.
import type { Report } from '../../../diagnostics/index.ts';
import type { StringMatch } from '../../../model/index.ts';
import type { Cursor } from '../../../syntax/index.ts';
import type { MatchIntent, PatternIntent } from '../../kinds.ts';
import { lowerPattern } from '../patterns.ts';
import { type Field, notWritten } from './field.ts';

type QueryPattern = NonNullable<MatchIntent['query']>[string];

export const query: Field<'query'> = {
  kind: 'query',
  inMatch: (match, { report }) =>
    (match.get('query')?.entries() ?? []).flatMap(([name, pattern]) => {
      const lowered = lowerQuery(pattern, report);
      return lowered ? [{ kind: 'query', name, anyOf: [lowered], not: false }] : [];
    }),
  inRule: notWritten,
  inCallers: notWritten,
};

/** Undefined after a report. */
function lowerQuery(pattern: Cursor<QueryPattern>, report: Report): StringMatch | undefined {
  if (typeof pattern.value === 'string') return { type: 'exact', value: pattern.value };
  return pattern.value.present ? { type: 'present' } : lowerPattern(pattern.as<PatternIntent>(), report);
}
