// Whether a text is a regular expression that Envoy reads.
import type { Report } from '../../diagnostics/index.ts';
import { regexProblem } from '../../model/index.ts';
import type { Cursor } from '../../syntax/index.ts';

/** False after a report. */
export function isRe2(regex: Cursor<string>, report: Report): boolean {
  const problem = regexProblem(regex.value);
  if (problem === undefined) return true;
  report('FL0401', {
    message: `"${regex.value}" is not an RE2 regular expression that proxies take: ${problem}`,
    span: regex.origin,
    hint: unknownToRe2.test(regex.value) ? 'RE2 has no look-around and no back-references' : undefined,
  });
  return false;
}

const unknownToRe2 = /\(\?<?[=!]|\\[1-9k]/;
