// Which values of a header a caller must send for a proxy on the way to see a wanted one.
import { empty, type Language, words } from '../automata/language.ts';
import { regexLanguage } from '../automata/regex-language.ts';
import { absent, type Dimension } from '../fields/dimension.ts';
import type { HeaderSource } from '../fields/header-source.ts';
import { labelOf, oppositeOf, withLabel } from '../fields/match-language.ts';
import { headerDimension } from '../fields/named.ts';
import { upgradeLanguages } from '../fields/upgrade-language.ts';
import { all, always, any, isIn, never, not, type Predicate } from './predicate-terms.ts';

/** When one of the values at the point of the source is wanted. `wanted` may hold `absent`. */
export function sourceIsIn(source: HeaderSource, wanted: Language, dimension: Dimension): Predicate {
  switch (source.kind) {
    case 'sent':
      return isIn(dimension, wanted);
    case 'absent':
      return wanted.has(absent) ? always : never;
    case 'fixed':
      return wanted.has(source.value) ? always : never;
    case 'added':
      return wanted.has(source.value) ? always : sourceIsIn(source.of, wanted.and(present), dimension);
    case 'default': {
      const isIn = wanted.has(source.value);
      return sourceIsIn(source.of, namedAs(wanted, withMissing(wanted, isIn, [absent]), isIn), dimension);
    }
    case 'appended': {
      const sent = wanted.before(`,${source.value}`).and(present);
      return sourceIsIn(source.of, withMissing(sent, wanted.has(source.value), [absent, '']), dimension);
    }
    case 'only': {
      const passing = regexLanguage(`(.*,)? *${source.value} *(,.*)?`);
      const passed = wanted.has(source.value) ? passing : empty;
      const blank = wanted.has('') ? passed.or(words('')) : passed;
      return sourceIsIn(source.of, wanted.has(absent) ? blank.or(passing.or(words('')).not()) : blank, dimension);
    }
    case 'upgraded':
      return any([
        all([asksForWebSocket, sourceIsIn(source.of, wanted, dimension)]),
        all([not(asksForWebSocket), sourceIsIn(source.otherwise, wanted, dimension)]),
      ]);
    case 'without': {
      const dropped = regexLanguage(`(?i)${source.value}`);
      const kept = wanted.and(dropped.not());
      return sourceIsIn(source.of, wanted.has(absent) ? kept.or(dropped) : kept, dimension);
    }
    case 'matching': {
      const passing = regexLanguage(source.pattern);
      const kept = wanted.and(passing);
      return sourceIsIn(source.of, wanted.has(absent) ? kept.or(passing.not()) : kept, dimension);
    }
  }
}

const present = words(absent).not();

export const asksForWebSocket: Predicate = all([
  isIn(headerDimension('connection'), upgradeLanguages.connection),
  isIn(headerDimension('upgrade'), upgradeLanguages.upgrade),
]);

/** In the words of `wanted`, which somebody wrote, and whether none at all comes to the same. */
function namedAs(wanted: Language, sent: Language, isNoneIn: boolean): Language {
  const [label, opposite] = [labelOf(wanted), oppositeOf(wanted)];
  if (label === undefined || labelOf(sent) !== undefined) return sent;
  if (opposite !== undefined) return withLabel(sent, isNoneIn ? label : `any value but ${opposite}`);
  return withLabel(sent, isNoneIn ? `${label} or none` : label);
}

/** The language with the values that count as missing in or out of it. */
function withMissing(language: Language, isIn: boolean, missing: readonly string[]): Language {
  const all = words(...missing);
  return isIn ? language.or(all) : language.and(all.not());
}
