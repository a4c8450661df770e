// The dimensions of the request space and what values each can take. Documented limits: ASCII, and paths as every proxy sees them, normalized.
import type { HeaderMatch, PathMatch, StringMatch } from '../../model/index.ts';
import { formatMatch } from '../concrete/match-string.ts';
import { endingWith, everything, type Language, startingWith, words } from '../automata/language.ts';
import { regexLanguage } from '../automata/regex-language.ts';

/** `method`, `path`, or `header NAME`. */
export type Dimension = 'method' | 'path' | `header ${string}`;

/** Stands for a header that is not there: no header value can hold this character. */
export const absent = '\u0000';

const methods = regexLanguage("[!#$%&'*+\\-.^_`|~0-9A-Za-z]+").and(words('CONNECT').not());
/** What `normalizePath` leaves alone, of what may stand in a request line before the query. */
const paths = regexLanguage('/[!"$-;=->@-\\[\\]^-~<]*')
  .and(regexLanguage('.*/\\.\\.?(/.*)?').not())
  .and(regexLanguage('.*%(2[dDeE]|3[0-9]|4[1-9a-fA-F]|5[0-9aAfF]|6[1-9a-fA-F]|7[0-9aAeE]).*').not());
/** Proxies strip blanks around a value. */
const headerValues = regexLanguage('([!-~]([ -~]*[!-~])?)?').or(words(absent));

export function universe(dimension: Dimension): Language {
  if (dimension === 'method') return methods;
  return dimension === 'path' ? paths : headerValues;
}

const cache = new Map<string, Language>();
const cacheLimit = 5000;

const labels = new WeakMap<Language, string>();

/** How a person wrote the language, if somebody did. */
export function labelOf(language: Language): string | undefined {
  return labels.get(language);
}

export function withLabel(language: Language, label: string): Language {
  labels.set(language, label);
  return language;
}

/** The values of a string match, regardless of dimension. */
export function matchLanguage(match: StringMatch | PathMatch): Language {
  const key = match.type === 'present' ? 'present' : `${match.type} ${match.value}`;
  const known = cache.get(key);
  if (known) return known;
  if (cache.size >= cacheLimit) cache.clear();
  const made = build(match);
  labels.set(made, formatMatch(match));
  cache.set(key, made);
  return made;
}

function build(match: StringMatch | PathMatch): Language {
  switch (match.type) {
    case 'exact':
      return words(match.value);
    case 'prefix':
      return startingWith(match.value);
    case 'suffix':
      return endingWith(match.value);
    case 'segments':
      return words(match.value).or(startingWith(`${match.value}/`));
    case 'regex':
      return regexLanguage(match.value);
    case 'present':
      return everything;
  }
}

const present = words(absent).not();

/** Including, for an inverted match, the absent header. */
export function headerLanguage({ match, invert }: HeaderMatch): Language {
  const values = matchLanguage(match).and(present);
  const language = invert ? values.not() : values;
  return withLabel(language, `${invert ? 'not ' : ''}${formatMatch(match)}`);
}
