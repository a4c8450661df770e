// Patterns as written to matches of the model.
import type { Report } from '../../diagnostics/index.ts';
import type { Reading, ValueMatch } from '../../model/index.ts';
import type { Cursor } from '../../syntax/index.ts';
import type { PatternIntent } from '../kinds.ts';
import { isRe2 } from './regexes.ts';

/** One of prefix, suffix, regex. Undefined after a report. */
export function lowerPattern(
  pattern: Cursor<PatternIntent>,
  report: Report,
): Reading<ValueMatch, 'type' | 'value'> | undefined {
  const { prefix, suffix, regex } = pattern.value;
  if (prefix !== undefined) return { type: 'prefix', value: prefix };
  if (suffix !== undefined) return { type: 'suffix', value: suffix };
  const cursor = pattern.get('regex');
  return cursor && regex !== undefined && isRe2(cursor, report) ? { type: 'regex', value: regex } : undefined;
}
