// `headers` of a route's match. Access rules do not ask for headers.
import type { Report } from '../../../diagnostics/index.ts';
import type { HeaderCondition, StringMatch } from '../../../model/index.ts';
import type { Cursor } from '../../../syntax/index.ts';
import type { HeaderPatternIntent, PatternIntent } from '../../kinds.ts';
import { isMatchableHeader, reportDuplicateHeader } from '../header-names.ts';
import { lowerPattern } from '../patterns.ts';
import { type Field, notWritten } from './field.ts';

export const header: Field<'header'> = {
  kind: 'header',
  inMatch(match, { report }) {
    const seen = new Set<string>();
    return (match.get('headers')?.entries() ?? []).flatMap(([name, pattern]) => {
      if (!isMatchableHeader(name, pattern, report)) return [];
      const lowerName = name.toLowerCase();
      if (seen.has(lowerName)) reportDuplicateHeader(name, pattern, report);
      seen.add(lowerName);
      return lowerHeader(lowerName, pattern, report);
    });
  },
  inRule: notWritten,
  inCallers: notWritten,
};

/** None after a report. */
function lowerHeader(
  name: string,
  pattern: Cursor<string | HeaderPatternIntent>,
  report: Report,
): readonly HeaderCondition[] {
  const conditionOf = (match: StringMatch | undefined, not: boolean): readonly HeaderCondition[] =>
    match ? [{ kind: 'header', name, anyOf: [match], not }] : [];
  if (typeof pattern.value === 'string') return conditionOf({ type: 'exact', value: pattern.value }, false);
  const object = pattern.as<HeaderPatternIntent>();
  if (object.value.present !== undefined) return conditionOf({ type: 'present' }, !object.value.present);
  const not = object.get('not');
  if (not && typeof not.value === 'string') return conditionOf({ type: 'exact', value: not.value }, true);
  return conditionOf(lowerPattern(not ? not.as<PatternIntent>() : object, report), not !== undefined);
}
