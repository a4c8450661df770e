// String matches as RE2 patterns that can be put together. https://github.com/google/re2/wiki/Syntax
import type { StringMatch } from './match.ts';
import { handleBy, type Reading, type TableBy } from './table.ts';

/** A text as a pattern that matches nothing but it. */
export function quoteRegex(text: string): string {
  return text.replace(/[\\^$.|?*+()[\]{}]/g, '\\$&');
}

/** A pattern as it may be written in YAML: a backslash between double quotes would begin an escape. */
export function writtenRegex(pattern: string): string {
  return /["\\]/.test(pattern) ? `'${pattern.replaceAll("'", "''")}'` : `"${pattern}"`;
}

/** The pattern with a quotation (`\Q…\E`) that its end left open closed, so that it does not reach into what follows. */
export function closedRegex(pattern: string): string {
  let isQuoting = false;
  for (let i = 0; i < pattern.length; i++) {
    if (pattern[i] !== '\\') continue;
    const isEnd = pattern[i + 1] === 'E';
    if (isQuoting && !isEnd) continue;
    isQuoting = !isQuoting && pattern[i + 1] === 'Q';
    i++;
  }
  return isQuoting ? `${pattern}\\E` : pattern;
}

const patterns: TableBy<'type', Reading<StringMatch, 'type' | 'value'>, [], string> = {
  exact: ({ value }) => quoteRegex(value),
  prefix: ({ value }) => `${quoteRegex(value)}.*`,
  suffix: ({ value }) => `.*${quoteRegex(value)}`,
  regex: ({ value }) => closedRegex(value),
  present: () => '.*',
};

/** What the whole of a value has to match. Only that of a `regex` may hold an alternative that reaches out of it. */
export function regexOf(match: StringMatch): string {
  return handleBy('type', patterns, match);
}
