// Values that meet a match and values that narrowly miss it: what requests are made of.
import { JS, NFA } from 'refa';
import { handleBy, type PathMatch, type Reading, type StringMatch, type TableBy } from '../../compiler/index.ts';

export interface Samples {
  readonly hits: readonly string[];
  readonly misses: readonly string[];
}

const ofPaths: TableBy<'type', Reading<PathMatch, 'type' | 'value'>, [], Samples> = {
  exact: ({ value }) => ({
    hits: [value, `${value}?q=1`, `/away/..${value}`, escapedOnce(value)],
    misses: [`${value}/`, `${value}x`, swapCase(value), `${value}/../other`, `${value}%2F`],
  }),
  segments: ({ value }) => ({
    hits: [
      value,
      `${value}/`,
      `${value}/x?q=/1`,
      `${value}/a/./b/../c`,
      `/away/%2e%2e${value}/x`,
      `${value}//x`,
      `${value}\\x`,
      escapedOnce(value),
    ],
    misses: [`${value}foo`, swapCase(value), `${value}/../other`, `${value}%2Fx`, `/other${value}`],
  }),
  prefix: ({ value }) => ({
    hits: [value, `${value}x/y?q=1`, `/away/..${value}x`, escapedOnce(value)],
    misses: [value.slice(0, -1) || '/', swapCase(value), `${value.replace(/\/$/, '')}/../other`],
  }),
  suffix: ({ value }) => ({
    hits: [`/a${value}`, `/a/b${value}?q=1`],
    misses: [`/a${value}x`, `/a${swapCase(value)}`, `/a${value}/`],
  }),
  regex: ({ value }) => {
    const hits = wordsOf(value).filter((word) => word.startsWith('/'));
    return {
      hits: hits.flatMap((hit) => [hit, `${hit}?q=1`]),
      misses: hits.flatMap((hit) => [`${hit}x!`, `/x${hit}`]),
    };
  },
};

/** Paths around a match: boundaries, case, queries, dot segments, escapes. Misses may be hits of something else. */
export function pathSamples(match: PathMatch): Samples {
  return handleBy('type', ofPaths, match);
}

const ofTexts: TableBy<'type', Reading<StringMatch, 'type' | 'value'>, [], Samples> = {
  exact: ({ value }) => ({ hits: [value], misses: [`${value}x`, swapCase(value)] }),
  prefix: ({ value }) => ({ hits: [value, `${value}x`], misses: [`x${value}`] }),
  suffix: ({ value }) => ({ hits: [`x${value}`], misses: [`${value}x`] }),
  regex: ({ value }) => ({ hits: wordsOf(value), misses: wordsOf(value).map((word) => `${word}!`) }),
  present: () => ({ hits: ['anything', ''], misses: [] }),
};

export function textSamples(match: StringMatch): Samples {
  return handleBy('type', ofTexts, match);
}

/** The first two words of a pattern as short as any; none of what only RE2 reads, or what is too large to be drawn from. */
function wordsOf(pattern: string): readonly string[] {
  try {
    return shortestWords(pattern);
  } catch {
    return [];
  }
}

function shortestWords(pattern: string): readonly string[] {
  const [, folding, source = ''] = /^(\(\?i\))?(.*)$/s.exec(pattern) ?? [];
  const { expression, maxCharacter } = JS.Parser.fromLiteral({ source, flags: folding ? 'si' : 's' }).parse();
  const words: string[] = [];
  for (const word of NFA.fromRegex(expression, { maxCharacter }, { assertions: 'ignore' }).wordSets()) {
    // Of each set of characters one that is seen in ordinary requests.
    const text = word.map((set) => usual(set.ranges)).join('');
    words.push(text);
    if (words.length === 2) break;
  }
  return words;
}

function usual(ranges: readonly { readonly min: number; readonly max: number }[]): string {
  const has = (code: number) => ranges.some(({ min, max }) => min <= code && code <= max);
  const found = [...'ax1/-.'].find((character) => has(character.charCodeAt(0)));
  return found ?? String.fromCharCode(ranges[0]?.min ?? 97);
}

/** One escaped letter, which normalization takes back. */
function escapedOnce(path: string): string {
  return path.replace(/[a-z0-9]/, (letter) => `%${letter.charCodeAt(0).toString(16)}`);
}

function swapCase(text: string): string {
  const upper = text.toUpperCase();
  return upper === text ? text.toLowerCase() : upper;
}
