// Values at the edges of what conditions may ask for, and requests that meet them where no sampler finds any.
import {
  type Condition,
  type ConditionKind,
  type ConditionOf,
  edgeHeaders,
  hopByHopHeaders,
  httpMethods,
  internalHeaders,
  joinedHeaders,
  type OneOrMore,
  type PathMatch,
  regexProblem,
  type StringMatch,
} from '../../compiler/index.ts';
import type { Draw } from './draw.ts';

/** A value of each type of match: one that has no row here does not compile. */
type EdgesOf<M extends { readonly type: string }> = {
  readonly [T in M['type']]: OneOrMore<Extract<M, { readonly type: T }>>;
};

type Valued<T extends string> = (value: string) => { readonly type: T; readonly value: string };
const exact: Valued<'exact'> = (value) => ({ type: 'exact', value });
const prefix: Valued<'prefix'> = (value) => ({ type: 'prefix', value });
const suffix: Valued<'suffix'> = (value) => ({ type: 'suffix', value });
const regex: Valued<'regex'> = (value) => ({ type: 'regex', value });
const segments: Valued<'segments'> = (value) => ({ type: 'segments', value });
const present = () => ({ type: 'present' }) as const;

function all<V, M>(make: (value: V) => M, ...[first, ...others]: readonly [V, ...V[]]): OneOrMore<M> {
  return [make(first), ...others.map(make)];
}

/** Of one instruction more proxies would refuse the second: `a{1000}` and its like, as many as fit. */
function nearLimit(): string {
  const branches = Array.from({ length: 31 }, (_, i) => `/${String.fromCharCode(97 + (i % 26))}{1000}`).join('|');
  let [fits, tooLarge] = [1, 4000];
  const withTail = (length: number) => `${branches}|/_{${Math.min(1000, length)}}z{${Math.max(1, length - 1000)}}`;
  while (tooLarge - fits > 1) {
    const middle = (fits + tooLarge) >> 1;
    if (middle < 2000 && regexProblem(withTail(middle)) === undefined) fits = middle;
    else tooLarge = middle;
  }
  return withTail(fits);
}

const paths: EdgesOf<PathMatch> = {
  exact: all(
    exact,
    '/',
    '/a%20b',
    '/a%2Fb',
    '/a;x=1',
    "/a'(b)",
    '/a//b',
    '/..a',
    '/a%25',
    '/a..',
    '/[x]',
    '/%C3%A9',
    '/a/',
  ),
  prefix: all(prefix, '/', '/a%2', '/a.', '/a%', '//', '/a;', '/a/', '/%'),
  suffix: all(suffix, '%2F', '.', '/', ';x', '~', '%25', 'a'),
  segments: all(segments, '/a%2Fb', '/a//b', '/a;x', '/%7C', '/a', '/a/b'),
  regex: all(
    regex,
    ...([
      '/a.{990}',
      '/(?:a|b){900}',
      nearLimit(),
      '/[[:alpha:]]+',
      '/\\pL+',
      '/\\x41+',
      '^/a$',
      '(?i)/\u00e9+',
      '/a|/b',
    ] as const),
    ...[
      '/.*%2[fF].*',
      '\\Q/a.b\\E',
      '/(?P<x>a)',
      '/.{2}\\z',
      '(?s)/.*',
      '/(?:a?){500}',
      '/a{0,1000}',
      '/[^/]*',
      '/a(?:/|$)',
    ],
  ),
};

const texts: EdgesOf<StringMatch> = {
  exact: all(
    exact,
    'application/grpc',
    '',
    'a',
    'a,b',
    'a, b',
    '\u00e9',
    'a b',
    'A',
    'https',
    'trailers',
    '100-continue',
  ),
  prefix: all(prefix, 'a', 'a,', '\u00c3', 'http', 'spiffe', '\u00e9'),
  suffix: all(suffix, 'b', ',b', ' b', '\u00e9', 's'),
  regex: all(
    regex,
    'a.b',
    '.',
    '.{2}',
    '(?i)\u00e9',
    '[^,]*',
    'a|a,b',
    'a?',
    '.*',
    '.+',
    'a.{990}',
    '\\S+',
    '(?-s).*',
    '[\\x80-\\xff]+',
  ),
  present: [present()],
};

const principals: EdgesOf<StringMatch> = {
  exact: all(exact, 'cluster.local/ns/shop/sa/a', 'cluster.local/ns/qa/sa/c'),
  prefix: all(prefix, 'cluster.local/ns/shop/', 'cluster.local/ns/'),
  suffix: all(suffix, '/sa/a', 'a', '/sa/gate'),
  regex: all(regex, '.*/sa/[ab]', 'cluster.local/ns/qa/.*', '[^/]+/ns/shop/sa/.+'),
  present: [present()],
};

const namespaces: EdgesOf<StringMatch> = {
  exact: all(exact, 'shop', 'qa', 'internal'),
  prefix: all(prefix, 's', 'q'),
  suffix: all(suffix, 'p', 'a'),
  regex: all(regex, 'shop|qa', '.{4}', '[a-r]+'),
  present: [present()],
};

const methods: EdgesOf<StringMatch> = {
  exact: all(exact, ...httpMethods),
  prefix: all(prefix, 'P', 'M', 'GE'),
  suffix: all(suffix, 'T', 'E', 'S'),
  regex: all(regex, 'P(?:OST|UT)', 'GET|HEAD', '.{3}', '[A-Z]+'),
  present: [present()],
};

/** Framing is what a message is sent in, not what it says. */
export const framing = new Set(['transfer-encoding', 'content-length', 'keep-alive']);
/** Headers that proxies treat in some way of their own, and some that they do not. */
export const edgeNames = [
  ...['x-user', 'x-beta', 'x-empty', 'cookie', 'x-b3-traceid', 'traceparent', 'te', 'x-forwarded-client-cert'],
  ...joinedHeaders,
  ...hopByHopHeaders,
  ...internalHeaders,
  ...edgeHeaders,
].filter((name) => !framing.has(name)) as unknown as OneOrMore<string>;

/** Each type with the same chance, then each value. */
function drawn<M extends { readonly type: string }>(draw: Draw, edges: EdgesOf<M>): M {
  const type = draw.pick(Object.keys(edges) as unknown as OneOrMore<M['type']>);
  return draw.pick(edges[type] as OneOrMore<Extract<M, { readonly type: M['type'] }>>);
}

const drawPath = (draw: Draw): PathMatch => drawn(draw, paths);
const drawText = (draw: Draw): StringMatch => drawn(draw, texts);

function drawHeader(draw: Draw): Pick<ConditionOf<'header'>, 'name' | 'anyOf'> {
  const name = draw.pick(edgeNames);
  return { name, anyOf: [unforeseen.has(name) ? present() : drawText(draw)] };
}

/** Of what a proxy makes up, the verdict knows no more than that it is there. */
const unforeseen = new Set(['x-request-id', 'x-forwarded-for', 'x-envoy-external-address']);

const again = <V>(anyOf: OneOrMore<V>, make: () => V): OneOrMore<V> => [make(), ...anyOf.slice(1).map(make)];

const edged: { readonly [K in ConditionKind]: (condition: ConditionOf<K>, draw: Draw) => ConditionOf<K> } = {
  path: (one, draw) => ({ ...one, anyOf: again(one.anyOf, () => drawPath(draw)) }),
  method: (one, draw) => ({ ...one, anyOf: again(one.anyOf, () => drawn<StringMatch>(draw, methods)) }),
  header: (one, draw) => ({ ...one, ...drawHeader(draw) }),
  query: (one, draw) => ({
    ...one,
    name: draw.pick(['x', 'X', 'x%20', 'a[]', '%78', 'y']),
    anyOf: again(one.anyOf, () => drawText(draw)),
  }),
  // Few ports there are: one that no workload has would make the rule idle.
  port: (one) => one,
  principal: (one, draw) => ({ ...one, anyOf: again(one.anyOf, () => drawn<StringMatch>(draw, principals)) }),
  namespace: (one, draw) => ({ ...one, anyOf: again(one.anyOf, () => drawn<StringMatch>(draw, namespaces)) }),
};

/** One with other values in three of four cases: the others keep rules near each other. */
export function atEdge(condition: Condition, draw: Draw): Condition {
  if (draw.oneIn(4)) return condition;
  const row = edged[condition.kind] as (condition: Condition, draw: Draw) => Condition;
  return row(condition, draw);
}

export function headerAtEdge(draw: Draw): Condition {
  return { kind: 'header', ...drawHeader(draw), not: draw.oneIn(3) };
}

/** What meets some of the values above, or narrowly does not. */
export const pathsNearEdges: OneOrMore<string> = [
  '/a%20b',
  ...[
    '/a%2fb',
    '/a%2Fb',
    '/a;x=1',
    '/a//b',
    '/..a',
    '/%2e.a',
    '/a%25',
    '/a%2525',
    '/%5Bx%5D',
    '/[x]',
    '/%c3%a9',
    '/%C3%A9',
    '/A',
  ],
  ...[
    '/a.b',
    '/%',
    '/a%2',
    '/a%',
    '//',
    '/%7C',
    '/|',
    '/a/..;/b',
    '/a;x/..',
    `/${'a'.repeat(991)}`,
    `/${'ab'.repeat(450)}`,
  ],
  ...[
    `/${'b'.repeat(1000)}`,
    `/${'b'.repeat(999)}`,
    `/${'a'.repeat(500)}`,
    `/${'a'.repeat(1001)}`,
    '/xyz',
    '/B',
    '/a/',
    '/ab/',
  ],
];

export const valuesNearEdges: OneOrMore<string> = [
  '',
  ...[
    'a',
    'b',
    'A',
    'a,b',
    'a, b',
    'a ,b',
    ' ',
    '\u00e9',
    '\u00c9',
    'a\u00e9b',
    'a b',
    'axb',
    '\u00e9\u00e9',
    'http',
    'https',
    'ftp',
  ],
  ...[
    'trailers',
    'trailers, deflate',
    'gzip',
    '100-continue',
    'true',
    'a\tb',
    'spiffe://cluster.local/ns/shop/sa/a',
    '*',
    '"a"',
    'application/grpc',
    'application/grpc+proto',
    'application/grpc-web',
  ],
  ...[`a${'x'.repeat(990)}`, `a${'x'.repeat(989)}`, '10', '1.2.3.4', 'close', ',', 'a,'],
];
