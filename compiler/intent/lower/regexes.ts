// Whether a text is a regular expression that Envoy reads.
import { RE2JS } from 're2js';
import type { Report } from '../../diagnostics/index.ts';
import type { Cursor } from '../../syntax/index.ts';

const compiled = new Map<string, string | undefined>();
const maxCompiled = 10_000;

/** False after a report. */
export function isRe2(regex: Cursor<string>, report: Report): boolean {
  if (compiled.size > maxCompiled) compiled.clear();
  if (!compiled.has(regex.value)) compiled.set(regex.value, re2Problem(regex.value));
  const problem = compiled.get(regex.value);
  if (problem === undefined) return true;
  report('FL0401', {
    message: `"${regex.value}" is not an RE2 regular expression: ${problem}`,
    span: regex.origin,
    hint: 'RE2 has no look-around and no back-references',
  });
  return false;
}

function re2Problem(pattern: string): string | undefined {
  try {
    RE2JS.compile(pattern);
    return undefined;
  } catch (error) {
    return (error instanceof Error ? error.message : String(error)).replace(/^error parsing regexp: /, '');
  }
}
