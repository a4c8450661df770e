// Whether a path match can hold for any path that a proxy sees, and if not, what becomes of the paths that it was written for.
import {
  handleBy,
  normalizePath,
  type PathMatch,
  quoteRegex,
  type Reading,
  regexOf,
  type TableBy,
  targetProblem,
} from '../../model/index.ts';
import { type Language, TableLanguage } from '../automata/language.ts';
import { regexLanguage } from '../automata/regex-language.ts';
import { someMatch } from '../automata/regex-search.ts';
import { arrivingPaths } from './path.ts';

/** `text`: one that the match takes. `seen`: what a proxy makes of it. Nothing: it takes no text of ASCII, which all paths are sent in. */
export type NeverArriving =
  | { readonly why: 'takes nothing' | 'no slash' | 'query' | 'fragment' }
  | { readonly why: 'refused'; readonly text: string; readonly problem: string }
  | { readonly why: 'changed'; readonly text: string; readonly seen: string };

/** Undefined for a match that can hold, and for one of which that would cost too much to say. */
export function neverArriving(match: PathMatch): NeverArriving | undefined {
  return canArrive(match) ? undefined : reasonFor(match);
}

export function canArrive(match: PathMatch): boolean {
  return handleBy('type', arrivals, match);
}

type Path = Reading<PathMatch, 'type' | 'value'>;

const arrivals: TableBy<'type', Path, [], boolean> = {
  exact: ({ value }) => arrivingPaths.has(value),
  prefix: ({ value }) => canGoOn(value),
  segments: ({ value }) => arrivingPaths.has(value) || canGoOn(`${value}/`),
  suffix: ({ value }) => canEndIn(value),
  regex: ({ value }) => someMatch(value, arrivingPaths) !== undefined,
};

function canGoOn(start: string): boolean {
  return !(arrivingPaths instanceof TableLanguage) || arrivingPaths.stateAfter(0, start) >= 0;
}

function canEndIn(end: string): boolean {
  const paths = arrivingPaths;
  if (!(paths instanceof TableLanguage)) return true;
  return paths.accepting.some((_, state) => paths.accepting[paths.stateAfter(state, end)] === 1);
}

const ascii = regexLanguage('[\\x00-\\x7f]*');
const startingWithSlash = regexLanguage('/[\\x00-\\x7f]*');
const withoutQuery = regexLanguage('/[^?#]*').and(ascii);
const withoutFragment = regexLanguage('/[^#]*').and(ascii);

/** From what is wrong with all that it takes to what is wrong with some. */
function reasonFor(match: PathMatch): NeverArriving | undefined {
  const pattern = match.type === 'segments' ? `${quoteRegex(match.value)}(?:/.*)?` : regexOf(match);
  const takesOf = (language: Language) => someMatch(pattern, language);
  if (takesOf(ascii) === undefined) return { why: 'takes nothing' };
  if (takesOf(startingWithSlash) === undefined) return { why: 'no slash' };
  const found = takesOf(withoutQuery);
  if (found === undefined) return { why: takesOf(withoutFragment) === undefined ? 'fragment' : 'query' };
  if (found === 'unknown') return undefined;
  const { text } = found;
  const seen = normalizePath(text);
  const problem = targetProblem(seen);
  return problem === undefined ? { why: 'changed', text, seen } : { why: 'refused', text, problem };
}
