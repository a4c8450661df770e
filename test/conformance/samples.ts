// Values that meet a match and values that narrowly miss it: what requests are made of.
import { JS, NFA } from 'refa';
import type { HeaderMatch, HttpMatch, OperationMatch, PathMatch, StringMatch } from '../../compiler/index.ts';

export interface Samples {
  readonly hits: readonly string[];
  readonly misses: readonly string[];
}

/** Paths around a match: boundaries, case, queries, dot segments, escapes. Misses may be hits of something else. */
export function pathSamples(match: PathMatch): Samples {
  const { type, value } = match;
  switch (type) {
    case 'exact':
      return {
        hits: [value, `${value}?q=1`, `/away/..${value}`, escapedOnce(value)],
        misses: [`${value}/`, `${value}x`, swapCase(value), `${value}/../other`, `${value}%2F`],
      };
    case 'segments':
      return {
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
      };
    case 'prefix':
      return {
        hits: [value, `${value}x/y?q=1`, `/away/..${value}x`, escapedOnce(value)],
        misses: [value.slice(0, -1) || '/', swapCase(value), `${value.replace(/\/$/, '')}/../other`],
      };
    case 'suffix':
      return {
        hits: [`/a${value}`, `/a/b${value}?q=1`],
        misses: [`/a${value}x`, `/a${swapCase(value)}`, `/a${value}/`],
      };
    case 'regex': {
      const hits = wordsOf(value).filter((word) => word.startsWith('/'));
      return {
        hits: hits.flatMap((hit) => [hit, `${hit}?q=1`]),
        misses: hits.flatMap((hit) => [`${hit}x!`, `/x${hit}`]),
      };
    }
  }
}

export function textSamples(match: StringMatch): Samples {
  switch (match.type) {
    case 'exact':
      return { hits: [match.value], misses: [`${match.value}x`, swapCase(match.value)] };
    case 'prefix':
      return { hits: [match.value, `${match.value}x`], misses: [`x${match.value}`] };
    case 'suffix':
      return { hits: [`x${match.value}`], misses: [`${match.value}x`] };
    case 'regex':
      return { hits: wordsOf(match.value), misses: wordsOf(match.value).map((word) => `${word}!`) };
    case 'present':
      return { hits: ['anything', ''], misses: [] };
  }
}

type Headers = Readonly<Record<string, string>>;

export interface RequestSample {
  readonly method: string;
  readonly path: string;
  readonly headers: Headers;
}

/** Requests that a route's match takes, and such that miss it in one respect. */
export function matchSamples(match: Pick<HttpMatch, 'path' | 'methods' | 'headers'>): readonly RequestSample[] {
  const paths = match.path ? pathSamples(match.path) : { hits: ['/', '/some/where?x=1'], misses: [] };
  const [path = '/'] = paths.hits;
  const [method = 'GET', ...methods] = match.methods;
  const headers = headersMeeting(match.headers);
  const others = match.methods.length > 0 ? ['DELETE', 'HEAD'] : ['POST'];
  return [
    ...[...paths.hits, ...paths.misses].map((p) => ({ method, path: p, headers })),
    ...[...methods, ...others].map((m) => ({ method: m, path, headers })),
    ...match.headers.flatMap((one) => headerVariants(one, headers).map((h) => ({ method, path, headers: h }))),
  ];
}

/** Requests that an access rule is about, and such that it narrowly is not about. */
export function operationSamples(to: Pick<OperationMatch, 'methods' | 'paths'>): readonly RequestSample[] {
  const methods = to.methods.map((match) => textSamples(match).hits[0] ?? 'GET');
  const [method = 'GET'] = methods;
  const samples = to.paths.map(pathSamples);
  const hit = samples[0]?.hits[0] ?? '/';
  const others = to.methods.length > 0 ? ['GET', 'POST', 'DELETE'] : ['PUT'];
  return [
    ...samples.flatMap(({ hits, misses }) => [...hits, ...misses].map((path) => ({ method, path, headers: {} }))),
    ...[...new Set([...methods, ...others])].map((m) => ({ method: m, path: hit, headers: {} })),
  ];
}

function headersMeeting(matches: readonly HeaderMatch[]): Headers {
  return Object.fromEntries(
    matches.flatMap(({ name, match, invert }) => {
      if (invert) return [];
      const [value] = textSamples(match).hits;
      return value === undefined ? [] : [[name, value] as const];
    }),
  );
}

function headerVariants({ name, match }: HeaderMatch, headers: Headers): readonly Headers[] {
  const { [name]: _, ...without } = headers;
  const { hits, misses } = textSamples(match);
  return [without, ...[...hits, ...misses].map((value) => ({ ...headers, [name]: value }))];
}

/** The first two words of a pattern as short as any. */
function wordsOf(pattern: string): readonly string[] {
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
