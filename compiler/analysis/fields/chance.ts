// Whether a condition on a header or a query parameter can hold at all, or always does, for what a proxy matches.
import {
  asciiLowerCase,
  compileRegex,
  contentLengthPattern,
  type HeaderCondition,
  handle,
  matchesString,
  type QueryCondition,
  regexOf,
  type StringMatch,
  type Table,
  type ValueMatch,
} from '../../model/index.ts';
import type { Language } from '../automata/language.ts';
import { regexLanguage } from '../automata/regex-language.ts';
import { someMatch, someOther } from '../automata/regex-search.ts';
import { originValues } from './origin-values.ts';
import { upgradeLanguage } from './upgrade-language.ts';
import { type HeaderSource, type HeaderSources, isStandIn } from './header-source.ts';

/** `because`: what the proxy makes of a header, where that decides; absent where no such value can be sent. */
export type Chance = { readonly kind: 'open' } | { readonly kind: 'never' | 'always'; readonly because?: HeaderSource };

const open: Chance = { kind: 'open' };

/** `places`: the sources of headers at each place where the condition is asked. */
export function headerChance(condition: HeaderCondition, places: readonly HeaderSources[]): Chance {
  const kept = upgradeLanguage(condition.name);
  if (!condition.anyOf.some((match) => isPossible(match, kept ?? valuesOf(condition.name)))) {
    return decided('never', condition.not, kept && upgraded);
  }
  const chances = places.map((sources) => chanceAt(condition, sources(condition.name)));
  const [first] = chances;
  return first && chances.every(({ kind }) => kind === first.kind) ? first : open;
}

export function queryChance({ anyOf, not }: QueryCondition): Chance {
  return anyOf.some((match) => isPossible(match, queryValues)) ? open : decided('never', not);
}

/** Whether browsers ever send such an origin. */
export function isOrigin(match: ValueMatch): boolean {
  return isPossible(match, originValues);
}

const usual = 'https://shop.example.com';

/** Some origin that it does not match; undefined where it is plain that all are meant. */
export function otherOrigin(match: ValueMatch): string | undefined {
  return matchesString(match, usual) ? someOther(regexOf(match), originValues) : usual;
}

/** Whether a header or a query parameter is ever sent with such a value. */
export function isSent(
  { kind, name }: Pick<HeaderCondition | QueryCondition, 'kind' | 'name'>,
  match: StringMatch,
): boolean {
  return isPossible(match, kind === 'header' ? valuesOf(name) : queryValues);
}

/** Blanks around a value are no part of it, and requests with controls are refused. */
const headerValues = regexLanguage('([!-~\\x80-\\xff]([\\t -~\\x80-\\xff]*[!-~\\x80-\\xff])?)?');
/** Requests that say anything else of their length are refused. */
const lengths = regexLanguage(contentLengthPattern);
/** What a query has between `&` and `&`. */
const queryValues = regexLanguage(`[!"$%'-~]*`);

function valuesOf(name: string): Language {
  return name === 'content-length' ? lengths : headerValues;
}

const plain = /^[!-~]+$/;

function isPossible(match: StringMatch, values: Language): boolean {
  if (match.type === 'present') return true;
  if (match.type !== 'regex' && values === headerValues && plain.test(match.value)) return true;
  return someMatch(regexOf(match), values) !== undefined;
}

function decided(kind: 'never' | 'always', not: boolean, because?: HeaderSource): Chance {
  const turned = not ? (kind === 'never' ? 'always' : 'never') : kind;
  return { kind: turned, ...(because && { because }) };
}

function chanceAt({ anyOf, not }: HeaderCondition, source: HeaderSource): Chance {
  const { texts, isOptional, passes } = handle(seen, source);
  const takes = (text: string) => anyOf.some((match) => matchesString(match, text));
  const isPresence = anyOf.some(({ type }) => type === 'present');
  const isOut = (match: StringMatch) => match.type === 'exact' && passes?.(match.value) === false;
  if (texts ? !texts.some(takes) : anyOf.every(isOut)) return decided('never', not, source);
  if (!isOptional && (isPresence || texts?.every(takes))) return decided('always', not, texts ? source : given);
  return open;
}

/** What there may be to see of a source, or more than that. */
interface Seen {
  /** Absent where it may be many values. */
  readonly texts?: readonly string[];
  /** Whether there may be no value. */
  readonly isOptional: boolean;
  /** Absent where every value may be seen. */
  readonly passes?: (value: string) => boolean;
}

/** Of a value that nobody knows beforehand it is known that it is there. */
const given: HeaderSource = { kind: 'default', of: { kind: 'sent' }, value: '' };
const upgraded: HeaderSource = { kind: 'upgraded', of: { kind: 'sent' }, otherwise: { kind: 'absent' } };
const someValue: Seen = { isOptional: false };

const seen: Table<HeaderSource, [], Seen> = {
  sent: () => ({ isOptional: true }),
  absent: () => ({ texts: [], isOptional: true }),
  fixed: ({ value }) => (isStandIn(value) ? someValue : { texts: [value], isOptional: false }),
  default: () => someValue,
  appended: () => someValue,
  added: () => someValue,
  only: ({ value }) => ({ texts: [value], isOptional: true }),
  upgraded: () => ({ isOptional: true }),
  without: ({ of, value }) => ({
    ...handle(seen, of),
    isOptional: true,
    passes: (text) => asciiLowerCase(text) !== value,
  }),
  matching: ({ of, pattern }) => ({
    ...handle(seen, of),
    isOptional: true,
    passes: (text) => compileRegex(pattern)?.matches(text) ?? false,
  }),
};
