// The symbolic engine against the concrete evaluator, and the laws of its algebra. The key property: both always say the same.
import fc from 'fast-check';
import { RE2JS } from 're2js';
import t from 'tap';
import { splitIntoAtoms } from '../analysis/automata/atoms.ts';
import { decide } from '../analysis/concrete/decide.ts';
import { decisionFor } from '../analysis/symbolic/decision.ts';
import { Diagrams, no, terminal, yes } from '../analysis/automata/diagram.ts';
import { matchLanguage } from '../analysis/fields/match-language.ts';
import { contentKey } from '../analysis/symbolic/content-key.ts';
import { essence, verdictOf } from '../analysis/symbolic/fate.ts';
import { empty, everything, startingWith, type TableLanguage, words } from '../analysis/automata/language.ts';
import { normalizePath } from '../model/request-path.ts';
import { pathDimension } from '../analysis/fields/path.ts';
import { agreement, preimageOf } from '../analysis/symbolic/path-preimage.ts';
import { isIn } from '../analysis/symbolic/predicate-terms.ts';
import { regexLanguage } from '../analysis/automata/regex-language.ts';
import { RequestSpace } from '../analysis/symbolic/request-space.ts';
import { applyPathChange, type PathChange } from '../analysis/concrete/rewrite.ts';
import { indexMesh, matchesString, type PathMatch } from '../model/index.ts';
import { check } from './support/check.ts';
import * as b from './support/mesh-builder.ts';
import { randomCall } from './support/random-call.ts';
import { randomMesh } from './support/random-mesh.ts';
import { smallMesh } from './support/small-mesh.ts';

const calls = fc.array(randomCall, { minLength: 8, maxLength: 8 });

t.test('a diagram says of every request what decide says', async (t) => {
  let reached = 0;
  check(
    fc.property(randomMesh, calls, (mesh, calls) => {
      const index = indexMesh(mesh);
      for (const { from, request } of calls) {
        const decision = decisionFor(index, { from, request });
        const space = new RequestSpace([decision]);
        const fate = space.evaluate(space.compile(decision), request);
        const { steps: _, ...verdict } = decide(index, { from, request });
        if (verdict.outcome === 'allowed') reached += 1;
        const [expected, actual] = [essence(verdict), essence(verdictOf(fate, request))].map(contentKey);
        if (expected !== actual)
          throw new Error(`${from} ${request.method} ${request.host}${request.path}\n${expected}\n${actual}`);
      }
    }),
    { numRuns: 400, seed: 11 },
  );
  t.ok(reached > 200, `${reached} requests got through`);
});

t.test('of several paths the first that holds says what a rewrite replaces', async (t) => {
  const paths = ['/a', '/public/*', '/p*', '~/(a|b)+', '*z'].map(b.path);
  const clause = b.clause([{ kind: 'path', anyOf: b.some(paths), not: false }]);
  const route = b.route(b.forward([b.to('shoes.shop')], { rewrite: { path: '/admin' } }), [clause]);
  const index = indexMesh(
    smallMesh({
      routeTables: [b.table('shoes.shop', [route])],
      authorizationPolicies: [b.policy('shoes.shop', 'DENY', [b.rule([], [b.operation([], ['/admin'])])])],
    }),
  );
  const received: Record<string, string> = {
    '/a': '/admin',
    '/public': '/admin',
    '/public/x': '/admin/x',
    '/pub': '/adminub',
    '/p': '/admin',
    '/bb': '/admin',
    '/xyz': '/admin',
  };
  for (const [path, expected] of Object.entries(received)) {
    const request = b.request(`GET http://shoes${path}`);
    const { steps: _, ...verdict } = decide(index, { from: 'shop/caller', request });
    t.equal(verdict.forwarded?.path, expected, path);
    t.equal(verdict.outcome, expected === '/admin' ? 'denied' : 'allowed', path);
    const decision = decisionFor(index, { from: 'shop/caller', request });
    const space = new RequestSpace([decision]);
    const fate = space.evaluate(space.compile(decision), request);
    t.equal(contentKey(essence(verdictOf(fate, request))), contentKey(essence(verdict)), path);
  }
});

t.test('a rule may have many pairs of alternatives', async (t) => {
  const pairs = (count: number) => {
    const numbers = [...Array(count).keys()];
    const from = numbers.map((i) => b.clause([b.header('x', `${i}`)]));
    const to = numbers.map((i) => b.operation([], [`/${i}`]));
    return indexMesh(smallMesh({ authorizationPolicies: [b.policy('shoes.shop', 'ALLOW', [b.rule(from, to)])] }));
  };
  const question = { from: 'shop/caller', request: b.request('GET http://shoes/3') };
  t.equal(decisionFor(pairs(400), question).kind, 'choice');
  const decision = decisionFor(pairs(5), question);
  const space = new RequestSpace([decision]);
  const outcome = (text: string, x: string) => space.evaluate(space.compile(decision), b.request(text, { x })).outcome;
  t.equal(outcome('GET http://shoes/3', '4'), 'allowed');
  t.equal(outcome('GET http://shoes/5', '4'), 'denied');
  t.equal(outcome('GET http://shoes/4', '5'), 'denied');
});

const patterns = fc.constantFrom(
  'a|ab',
  '(?i)get',
  '/api/v[0-9]+(/.*)?',
  '.*\\bfoo\\b.*',
  '\\Bx',
  '^a$',
  '(a*)*b',
  'a{2,3}',
  '[^/]+',
  '\\d\\D',
  '(?s).*',
  '(?-s).+',
  '\\Qa.b\\E',
  '[[:alpha:]]+',
  '\\pL+',
  '(?P<n>x)y?',
  '',
  'é',
  '$a',
  'a$|b',
  '\\x41',
  '(?:a|b)+?c',
);
const texts = fc.oneof(
  fc.constantFrom(
    '',
    'a',
    'ab',
    'aab',
    'GET',
    'get',
    '/api/v1',
    '/api/v22/x',
    'a foo b',
    'xfoo',
    'foo',
    'x',
    'yx',
    'a.b',
    'axb',
    'AaB',
    'xy',
    'A',
    'abc',
    '1a',
  ),
  fc.string({ maxLength: 6 }).filter((s) => /^[\x20-\x7e]*$/.test(s)),
);

t.test('languages', async (t) => {
  check(
    fc.property(patterns, texts, (p, text) => regexLanguage(p).has(text) === RE2JS.matches(p, text)),
    { numRuns: 2000 },
  );
  for (const refused of ['(?=a)', '(?<!a)b', '\\1', '[', 'a**']) t.ok(regexLanguage(refused).isEmpty, refused);
  const language = fc.oneof(
    patterns.map(regexLanguage),
    texts.map((x) => words(x)),
    texts.map(startingWith),
  );
  check(
    fc.property(language, language, language, (x, y, z) => {
      const same = (p: typeof x, q: typeof x) => p.key === q.key;
      return (
        same(x.not().not(), x) &&
        same(x.and(y), y.and(x)) &&
        same(x.or(y).not(), x.not().and(y.not())) &&
        same(x.and(y.or(z)), x.and(y).or(x.and(z))) &&
        same(x.and(x.not()), empty) &&
        same(x.or(x.not()), everything)
      );
    }),
    { numRuns: 150 },
  );
});

t.test('atoms are a partition that no condition splits', async () => {
  const matches = fc.array(fc.constantFrom('/a', '/a/*', '/a*', '*.png', '~/[ab]/.*', '/b/c', '/*').map(b.path), {
    maxLength: 5,
  });
  const path = fc.constantFrom('/', '/a', '/a/x', '/ab', '/b/c', '/a/x.png', '/b/.png', '/zz');
  check(
    fc.property(matches, path, path, (matches, p, q) => {
      const [atoms, ...more] = splitIntoAtoms(pathDimension.universe as TableLanguage, matches.map(matchLanguage));
      const isAlike = matches.every((m) => matchesString(m, p) === matchesString(m, q));
      const insideOf = (m: PathMatch) => atoms?.inside.get(matchLanguage(m).unsigned.language.key);
      const isInside = matches.every((m) => (insideOf(m)?.[atoms?.atomOf(p) ?? -1] === 1) === matchesString(m, p));
      return more.length === 0 && isInside && (atoms?.atomOf(p) === atoms?.atomOf(q)) === isAlike;
    }),
    { numRuns: 500 },
  );
});

t.test('paths before and after a rewrite', async () => {
  const prefix = fc.constantFrom(
    ...['/', '/a', '/a/', '/a/b', '/.', '/a/..', '/a/../', '/%2', '/x%', '/x%6', '/..', '/a/..;', '/a/..;x', '/a/.;x/'],
    ...['/a/%2e', '/a/.%2e', '/%%32', '/a|', '/a\\.', '/a;'],
  );
  const dropped = fc.constantFrom('/', '/a', '/a/b', '/a%');
  const change: fc.Arbitrary<PathChange> = fc.oneof(
    fc.constant<PathChange>({ kind: 'keep' }),
    prefix.map((path): PathChange => ({ kind: 'replace', path: normalizePath(path) })),
    fc.tuple(dropped, prefix).map(([dropped, path]): PathChange => ({ kind: 'prefix', dropped, path })),
  );
  const rest = fc
    .array(fc.constantFrom('/', 'a', 'b', '.', '..', ';', ';x', '1', '61', '2e', '%25'), { maxLength: 5 })
    .map((x) => x.join(''));
  const path = fc
    .tuple(dropped, rest)
    .map(([d, r]) => d + r)
    .filter((p) => pathDimension.universe.has(p));
  const canMeet = (c: PathChange, p: string) => c.kind !== 'prefix' || p.startsWith(c.dropped);
  const received = (c: PathChange, p: string) => normalizePath(applyPathChange(c, p));
  check(
    fc.property(change, path, fc.constantFrom('/a', '/a/*', '/*', '/b', '*b', '/x*', '~/.*1'), (change, path, text) => {
      fc.pre(canMeet(change, path));
      const match = b.path(text);
      const predicate = preimageOf(change)([matchLanguage(match)]);
      const space = new RequestSpace([{ kind: 'choice', when: predicate, so: fateOf(200), otherwise: fateOf(403) }]);
      const node = space.compile({ kind: 'choice', when: predicate, so: fateOf(200), otherwise: fateOf(403) });
      const said = space.evaluate(node, b.request(`GET http://x${path}`)).status === 200;
      return said === matchesString(match, received(change, path));
    }),
    { numRuns: 1500 },
  );
  check(
    fc.property(change, change, path, (x, y, path) => {
      fc.pre(canMeet(x, path) && canMeet(y, path));
      return agreement(x, y).has(path) === (received(x, path) === received(y, path));
    }),
    { numRuns: 1500 },
  );
});

function fateOf(status: number) {
  return { kind: 'fate', fate: { outcome: 'allowed', status, shares: [] } } as const;
}

t.test('diagrams', async (t) => {
  const d = new Diagrams();
  const a = d.literal(0, Uint8Array.of(1, 0, 0));
  const c = d.literal(1, Uint8Array.of(0, 1));
  t.equal(d.and(a, d.not(a)), no);
  t.equal(d.or(a, d.not(a)), yes);
  t.equal(d.and(a, c), d.and(c, a));
  t.equal(d.not(d.or(a, c)), d.and(d.not(a), d.not(c)), 'equal functions are one node');
  t.equal(d.choose(a, terminal(5), terminal(5)), terminal(5));
  const f = d.choose(a, terminal(0), d.choose(c, terminal(1), terminal(2)));
  t.equal(
    d.evaluate(f, (dimension) => [1, 1][dimension] ?? 0),
    1,
  );
  const cubes = [...d.cubes(f, (n) => n === 1)].map((cube) => [...cube.atoms]);
  t.same(cubes, [
    [
      [0, [1, 2]],
      [1, [1]],
    ],
  ]);
  const pair = d.product(f, d.choose(c, terminal(1), terminal(2)), 99, (x, y) => x * 10 + y);
  t.equal(
    d.evaluate(pair, () => 0),
    2,
  );
  t.throws(() => new RequestSpace([]).predicate(isIn(pathDimension, everything)), /not announced/);
});
