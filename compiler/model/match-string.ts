// Decides one string match for one value, as Envoy and RE2 do, and finds the words for it. The only copy of either.
import type { PathMatch, StringMatch } from './match.ts';
import { compileRegex } from './regex.ts';
import { handleBy, type Reading, type TableBy } from './table.ts';

type AnyMatch = Reading<StringMatch | PathMatch, 'type' | 'value'>;

const deciders: TableBy<'type', AnyMatch, [value: string], boolean> = {
  exact: (match, value) => value === match.value,
  prefix: (match, value) => value.startsWith(match.value),
  suffix: (match, value) => value.endsWith(match.value),
  segments: (match, value) => value === match.value || value.startsWith(`${match.value}/`),
  regex: (match, value) => compileRegex(match.value)?.matches(value) ?? false,
  present: () => true,
};

/** Compares case; a pattern is held against the whole value, and one that RE2 refuses matches nothing. */
export function matchesString(match: AnyMatch, value: string): boolean {
  return handleBy('type', deciders, match, value);
}

const words: TableBy<'type', AnyMatch, [], string> = {
  exact: ({ value }) => formatValue(value),
  prefix: ({ value }) => (value === '/' ? '/*' : `${value}*`),
  suffix: ({ value }) => `*${value}`,
  segments: ({ value }) => `${value}/*`,
  regex: ({ value }) => `~${value}`,
  present: () => 'any value',
};

/** A value as it reads in a sentence: the empty one, and one with blanks or quotes, between quotes. */
export function formatValue(value: string): string {
  if (value !== '' && !/[\s"]|\p{Cs}/u.test(value)) return value;
  return JSON.stringify(value).replaceAll(/\\udc([89a-f][0-9a-f])/g, '\\x$1');
}

/** How a match is written: `/api/*`, `x*`, `*x`, `~re`, `any value`. */
export function formatMatch(match: AnyMatch): string {
  return handleBy('type', words, match);
}
