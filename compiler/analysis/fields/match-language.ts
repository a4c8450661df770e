// The languages of string matches, and the words in which people wrote them.
import {
  formatMatch,
  handleBy,
  type PathMatch,
  type Reading,
  type StringMatch,
  type TableBy,
} from '../../model/index.ts';
import { endingWith, everything, inSegmentsOf, type Language, startingWith, words } from '../automata/language.ts';
import { regexLanguage } from '../automata/regex-language.ts';
import { absent } from './dimension.ts';

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

const opposites = new WeakMap<Language, string>();

/** What the values of a field are called that the language leaves out, if it was written as `not` of them. */
export function oppositeOf(language: Language): string | undefined {
  return opposites.get(language);
}

/** The values of a string match, regardless of dimension. */
export function matchLanguage(match: StringMatch | PathMatch): Language {
  const made = cached(keyOf(match), () => handleBy('type', languages, match));
  // Each question is charged with its patterns, whether another has asked for them before or not.
  if (match.type === 'regex') regexLanguage(match.value);
  labels.set(made, formatMatch(match));
  return made;
}

function cached(key: string, make: () => Language): Language {
  const known = cache.get(key);
  if (known) return known;
  if (cache.size >= cacheLimit) cache.clear();
  const made = make();
  cache.set(key, made);
  return made;
}

function keyOf(match: StringMatch | PathMatch): string {
  return match.type === 'present' ? 'present' : `${match.type} ${match.value}`;
}

const languages: TableBy<'type', Reading<StringMatch | PathMatch, 'type' | 'value'>, [], Language> = {
  exact: ({ value }) => words(value),
  prefix: ({ value }) => startingWith(value),
  suffix: ({ value }) => endingWith(value),
  segments: ({ value }) => inSegmentsOf(value),
  regex: ({ value }) => regexLanguage(value),
  present: () => everything,
};

/** Any value that is there. */
export const present = words(absent).not();

/** Of a field that may be absent. `not` includes the absent value. */
export function optionalLanguage(match: StringMatch | PathMatch, not: boolean): Language {
  const all = matchLanguage(match);
  const values = cached(`present ${keyOf(match)}`, () => all.and(present));
  const language = not ? values.not() : values;
  if (not) opposites.set(language, formatMatch(match));
  return withLabel(language, `${not ? 'not ' : ''}${formatMatch(match)}`);
}

/** Any value but the empty one and the absent. */
export const someValue = withLabel(words(absent, '').not(), 'a value');
