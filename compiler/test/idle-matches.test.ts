// What is said of a match on a header or a query parameter, that it never or always holds, against single requests.
import fc from 'fast-check';
import t from 'tap';
import {
  asSent,
  type HeaderSources,
  headerChance,
  queryChance,
  receivedSources,
  servedSources,
} from '../analysis/index.ts';
import { refusedRequest, refusedUpgrade } from '../analysis/concrete/refused-request.ts';
import { readHeaders } from '../analysis/fields/header-source.ts';
import { holdsInRequest } from '../analysis/fields/index.ts';
import type { HeaderCondition, QueryCondition, StringMatch, TestRequest } from '../model/index.ts';
import { check } from './support/check.ts';

const places: readonly HeaderSources[] = [
  receivedSources(asSent, { isEdge: false, scheme: 'http' }),
  receivedSources(asSent, { isEdge: true, scheme: 'http' }),
  receivedSources(asSent, { isEdge: true, scheme: 'https' }),
  servedSources(asSent, undefined),
  servedSources(asSent, 'cluster.local/ns/a/sa/b'),
];
const names = [
  ...['x-a', 'te', 'expect', 'transfer-encoding', 'keep-alive', 'x-envoy-retry-on', 'x-envoy-original-path'],
  ...[
    'connection',
    'content-length',
    'upgrade',
    'x-forwarded-proto',
    'x-request-id',
    'x-forwarded-for',
    'x-envoy-external-address',
    'x-forwarded-client-cert',
  ],
];
const texts = [
  '',
  'a',
  'a b',
  'a\tb',
  'é',
  'http',
  'https',
  'trailers',
  'gzip, trailers',
  '100-continue',
  '203.0.113.7',
  '5xx',
  'Upgrade',
  'a, upgrade',
  'websocket',
  '0',
  '007',
  '+1',
  '18446744073709551615',
  '18446744073709551616',
];
const patterns = [
  '.*',
  '.+',
  '[^ ]',
  ' ?a',
  '[a-z]+',
  '\\W',
  'https?',
  'é',
  '[é]+',
  '\\d.*',
  'a|\\x00',
  '(?s).',
  'é ',
  '[\\x80-\\x8f]+',
  '\\xc3.',
  'é\\x01',
];
const match: fc.Arbitrary<StringMatch> = fc.oneof(
  fc.record({
    type: fc.constantFrom('exact' as const, 'prefix' as const, 'suffix' as const),
    value: fc.constantFrom(...texts, ' a', 'a ', '\u0001', 'a\u007f'),
  }),
  fc.record({
    type: fc.constant('regex' as const),
    value: fc.constantFrom(...patterns, ' .*', '\\x01', '.* ', '\\x7f'),
  }),
  fc.constant<StringMatch>({ type: 'present' }),
);
const conditions = <K extends 'header' | 'query'>(kind: K, name: fc.Arbitrary<string>) =>
  fc.record({
    kind: fc.constant(kind),
    name,
    anyOf: fc.array(match, { minLength: 1, maxLength: 2 }) as unknown as fc.Arbitrary<readonly [StringMatch]>,
    not: fc.boolean(),
  });
const sent = fc.uniqueArray(fc.constantFrom(...texts), { maxLength: 2 });

/** Before any route is looked for, or with 403 on whatever route it matches. */
function isRefused(headers: TestRequest['headers']): boolean {
  const request = { host: 'a', port: 80, scheme: 'http', method: 'GET', path: '/', headers } as const;
  const [length] = [headers['content-length'] ?? []].flat();
  return (length !== undefined && refusedRequest(request) !== undefined) || refusedUpgrade({ headers }) !== undefined;
}

const upgrade = { connection: 'Upgrade', upgrade: 'websocket' };

t.test('A6: no request holds against what is said of a header', async (t) => {
  const told = { never: 0, always: 0, open: 0 };
  check(
    fc.property(
      conditions('header', fc.constantFrom(...names)),
      sent,
      fc.nat(places.length - 1),
      fc.boolean(),
      (condition, values, at, isUpgrade) => {
        const place = places[at] as HeaderSources;
        const { kind } = headerChance(condition satisfies HeaderCondition, [place]);
        told[kind] += 1;
        const sent = values.length > 0 ? { ...(isUpgrade && upgrade), [condition.name]: values } : {};
        if (isRefused(sent)) return;
        const headers = readHeaders(sent, place, [condition.name]);
        const holds = holdsInRequest(condition, { method: 'GET', path: '/', headers });
        if ((kind === 'never' && holds) || (kind === 'always' && !holds))
          throw new Error(`${kind}: ${JSON.stringify([condition, values, at])}`);
      },
    ),
    { numRuns: 8000, seed: 21 },
  );
  t.ok(told.never > 500 && told.always > 500 && told.open > 500, JSON.stringify(told));
});

t.test('C: bytes above 0x7f, also where a pattern tells them apart', async (t) => {
  const chance = (value: string) =>
    headerChance({ kind: 'header', name: 'x-a', anyOf: [{ type: 'regex', value }], not: false }, places).kind;
  const never = ['é ', ' é', '[\\x80-\\x8f]\\x01', '\\x{100}', 'ü\\b', '\\xff\\x00.*', '[à-ö]* '];
  const open = ['é', '[\\x80-\\x8f]+', '\\xff', 'a\\bé', '[^é]', '(é|ü) ?x', 'ü\\B'];
  t.strictSame(
    never.map(chance),
    never.map(() => 'never'),
  );
  t.strictSame(
    open.map(chance),
    open.map(() => 'open'),
  );
});

t.test('A6: a length is a number of 64 bits', async (t) => {
  const chance = (match: StringMatch) =>
    headerChance({ kind: 'header', name: 'content-length', anyOf: [match], not: false }, places).kind;
  const exact = (value: string): StringMatch => ({ type: 'exact', value });
  const never = ['', 'v', '+1', '-1', '1, 1', '0x10', '٣', '18446744073709551616', '99999999999999999999', '1 '];
  const open = [
    '0',
    '007',
    '18446744073709551615',
    '00018446744073709551615',
    '9999999999999999999',
    '18446744073709551599',
  ];
  t.strictSame(
    never.filter((value) => chance(exact(value)) !== 'never'),
    [],
  );
  t.strictSame(
    open.filter((value) => chance(exact(value)) !== 'open'),
    [],
  );
  t.equal(chance({ type: 'present' }), 'open');
  t.equal(chance({ type: 'regex', value: 'a*' }), 'never');
  t.equal(chance({ type: 'prefix', value: '1' }), 'open');
});

t.test('A6: what holds at one place only is open', async (t) => {
  const https: HeaderCondition = {
    kind: 'header',
    name: 'x-forwarded-proto',
    anyOf: [{ type: 'exact', value: 'https' }],
    not: false,
  };
  const [inside, http, tls] = places.slice(0, 3).map((place) => headerChance(https, [place]).kind);
  t.strictSame([inside, http, tls, headerChance(https, places.slice(1, 3)).kind], ['open', 'never', 'always', 'open']);
});

t.test('A6: no request holds against what is said of a query parameter', async (t) => {
  const values = ['', 'a', 'a%20b', '+', '%C3%A9', '?', '=', '"'];
  check(
    fc.property(conditions('query', fc.constant('q')), fc.constantFrom(...values, undefined), (condition, value) => {
      const { kind } = queryChance(condition satisfies QueryCondition);
      const holds = holdsInRequest(condition, {
        method: 'GET',
        path: value === undefined ? '/' : `/?q=${value}`,
        headers: {},
      });
      if ((kind === 'never' && holds) || (kind === 'always' && !holds))
        throw new Error(`${kind}: ${JSON.stringify([condition, value])}`);
    }),
    { numRuns: 2000, seed: 22 },
  );
  const never = (value: string) =>
    queryChance({ kind: 'query', name: 'q', anyOf: [{ type: 'exact', value }], not: false }).kind;
  t.strictSame(['a b', 'a#b', 'a&b', 'é', 'a%20b', ''].map(never), [
    'never',
    'never',
    'never',
    'never',
    'open',
    'open',
  ]);
});
