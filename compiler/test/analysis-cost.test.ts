// B8: what the cost of a question depends on: how many differences there are to tell, not in how many ways they combine.
import fc from 'fast-check';
import t from 'tap';
import { Diagrams, type Node, no, terminal } from '../analysis/automata/diagram.ts';
import {
  empty,
  inSegmentsOf,
  type Language,
  startingWith,
  TableLanguage,
  words,
} from '../analysis/automata/language.ts';
import { regexLanguage } from '../analysis/automata/regex-language.ts';
import { Tuples } from '../analysis/automata/tuples.ts';
import { tablesOfWords } from '../analysis/automata/word-tables.ts';
import { contentKey, decide, decisionFor, essence, RequestSpace } from '../analysis/index.ts';
import { announcedBy } from '../analysis/symbolic/announced.ts';
import { verdictOf } from '../analysis/symbolic/fate.ts';
import { type Clause, indexMesh, type Mesh } from '../model/index.ts';
import { isQuiet, reviewMeshes } from '../review/index.ts';
import { check } from './support/check.ts';
import * as b from './support/mesh-builder.ts';

/** Routes in order, each by a header of its own to a service of its own; and another host that changes as well. */
function firstWins(count: number, isReversed: boolean): Mesh {
  const numbers = Array.from({ length: count }, (_, i) => i);
  const routes = numbers.map((i) => b.route(b.forward([b.to(`s${i}.shop`)]), [b.clause([b.header(`x-${i}`, 'on')])]));
  const names = ['front.shop', 'other.shop', ...numbers.map((i) => `s${i}.shop`)];
  return b.mesh({
    services: names.map((name) => b.service(name, { ports: [b.port(80)] })),
    workloads: [...names, 'caller.shop'].map((name) => b.workload(name)),
    routeTables: [
      b.table('front.shop', isReversed ? routes.toReversed() : routes),
      b.table('other.shop', [b.route(b.forward([b.to(isReversed ? 's1.shop' : 's0.shop')]))]),
    ],
    egressScopes: [b.uses('caller.shop', names)],
  });
}

t.test('B8: routes the other way round are compared pair by pair', async (t) => {
  const count = 25;
  const [base, head] = [firstWins(count, false), firstWins(count, true)];
  const { rows, notAnalysed } = reviewMeshes(base, head);
  t.same(notAnalysed, []);
  const row = rows.find(({ destinations }) => destinations[0]?.startsWith('front'));
  const ofFront = row ? [row, ...(row.others ?? [])] : [];
  t.equal(ofFront.length, (count * (count - 1)) / 2, 'from each service to each later one');
  t.ok(ofFront.some(({ requests }) => requests.join() === 'every request with x-0: on, x-24: on'));
  for (const { witness } of ofFront) {
    if (!witness) throw new Error('a row without an example');
    const [was, is] = [base, head].map((mesh) => contentKey(essence(decide(indexMesh(mesh), witness.call))));
    if (was === is) throw new Error(`no difference: ${witness.text}`);
  }
});

t.test('B8: where there are too many differences to tell, that host alone is not analysed', async (t) => {
  for (const count of [50, 120]) {
    const review = reviewMeshes(firstWins(count, false), firstWins(count, true));
    t.match(review.notAnalysed, [{ destination: 'front.shop.svc.cluster.local:80', dimension: /^header x-\d+$/ }]);
    t.equal(review.notAnalysed.length, 1);
    t.notOk(isQuiet(review));
    t.same(
      review.rows.filter(({ kind }) => kind === 'traffic').map(({ destinations }) => destinations),
      [['other.shop.svc.cluster.local:80']],
    );
  }
});

/** Routes that each rewrite a path of their own, before rules that deny paths by their ends, of any request or of one kind. */
function rewritten(routes: number, denied: readonly Clause[], target: string): Mesh {
  const rewrites = Array.from({ length: routes }, (_, i) =>
    b.route(b.forward([b.to('b.shop')], { rewrite: { path: `/${target}${i}/` } }), [
      b.match({ path: b.path(`/p${i}/*`) }),
    ]),
  );
  return b.mesh({
    services: [b.service('b.shop', { ports: [b.port(80)] }), b.service('other.shop', { ports: [b.port(80)] })],
    workloads: ['b.shop', 'other.shop', 'caller.shop'].map((name) => b.workload(name)),
    routeTables: [b.table('b.shop', rewrites)],
    authorizationPolicies: [
      b.policy(
        'b.shop',
        'DENY',
        denied.map((clause) => b.rule([], [clause])),
      ),
    ],
    egressScopes: [b.uses('caller.shop', ['b.shop', 'other.shop'])],
  });
}

const suffixes = Array.from(
  { length: 100 },
  (_, i) => `*.${[...String(i * 97)].map((c) => 'abcdefghij'[+c]).join('')}`,
);

t.test('B8: what rules on the path ask under a rewrite is one question, however many rules', async (t) => {
  const asked = [1, 10, 100].map((count) => {
    const rules = suffixes.slice(0, count).map((text) => b.match({ path: b.path(text) }));
    const request = { scheme: 'http', host: 'b.shop.svc.cluster.local', port: 80 } as const;
    const decision = decisionFor(indexMesh(rewritten(10, rules, 'r')), { from: 'shop/caller', request });
    const [path] = announcedBy([decision]).dimensions.filter(({ dimension }) => dimension.key === 'path');
    return path?.languages.size;
  });
  t.ok((asked[0] ?? 0) >= 20, String(asked[0]));
  t.same(asked, [asked[0], asked[0], asked[0]]);
});

t.test('B8: rewrites before rules that ask for more than the path are charged for each pair', async (t) => {
  const rules = suffixes.map((text) => b.match({ path: b.path(text), methods: ['GET'] }));
  const review = (routes: number) => reviewMeshes(rewritten(routes, rules, 'r'), rewritten(routes, rules, 's'));
  t.same(review(2).notAnalysed, []);
  const wide = review(120);
  t.match(wide.notAnalysed, [{ destination: 'b.shop.svc.cluster.local:80', dimension: 'path' }]);
  t.notOk(isQuiet(wide));
});

/** What a random diagram of three axes is made of: literals, and where they hold the one or the other. */
const made = fc.array(
  fc.record({ axis: fc.nat(2), inside: fc.array(fc.nat(1), { minLength: 3, maxLength: 3 }), end: fc.nat(4) }),
  { minLength: 1, maxLength: 12 },
);

t.test('a diagram split by its terminals says of each where it is', async () => {
  check(
    fc.property(made, (parts) => {
      const d = new Diagrams();
      const node = parts.reduce<Node>(
        (rest, { axis, inside, end }) => d.choose(d.literal(axis, Uint8Array.from(inside)), terminal(end), rest),
        terminal(0),
      );
      const here = d.split(node);
      return [0, 1, 2, 3, 4].every((end) => here(end) === d.where(node, (n) => n === end)) && here(5) === no;
    }),
    { numRuns: 300, seed: 1 },
  );
});

t.test('a language that is written out at once is the same as one that is worked out', async () => {
  const text = fc
    .array(fc.constantFrom('a', 'b', '/', '-', '\u007f', 'é'), { maxLength: 6 })
    .map((list) => list.join(''));
  check(
    fc.property(text, (text) => {
      const regex = (end: string) => regexLanguage(`(?s)${text}${end}`);
      return (
        words(text).equals(regex('')) &&
        startingWith(text).equals(regex('.*')) &&
        inSegmentsOf(text).equals(regex('(/.*)?')) &&
        inSegmentsOf(text).not().equals(regex('(/.*)?').not()) &&
        words(text)
          .or(startingWith(`${text}/`))
          .equals(inSegmentsOf(text))
      );
    }),
    { numRuns: 300, seed: 1 },
  );
});

t.test('a language put together from tables is the same as that of the pattern', async () => {
  const text = fc.array(fc.constantFrom('a', 'b', '/'), { maxLength: 4 }).map((list) => list.join(''));
  const pattern = fc
    .array(fc.constantFrom('a', 'b', '/', '.*', 'a*', '(ab)*', '[ab]', '(a|b/)?', '[^a]*'), { maxLength: 5 })
    .map((list) => list.join(''));
  check(
    fc.property(text, pattern, pattern, (text, p, q) => {
      const [one, other] = [regexLanguage(`(?s)${p}`), regexLanguage(`(?s)${q}`)];
      const ahead = words(text).followedBy(one);
      return (
        ahead.equals(regexLanguage(`(?s)${text}${p}`)) &&
        ahead.after(text).equals(one) &&
        one.or(other).equals(regexLanguage(`(?s)(${p})|(${q})`)) &&
        one.or(other).equals(one.not().and(other.not()).not())
      );
    }),
    { numRuns: 500, seed: 1 },
  );
});

t.test('tuples are numbered as they come', async (t) => {
  const tuples = new Tuples(3);
  const known = new Map<string, number>();
  for (let i = 0; i < 5000; i++) {
    const tuple = [i % 7, (i * i) % 11, i % 13];
    const number = known.get(tuple.join()) ?? known.size;
    known.set(tuple.join(), number);
    if (tuples.add(tuple) !== number || tuples.at(number, 1) !== tuple[1]) t.fail(tuple.join());
  }
  t.equal(tuples.size, known.size);
});

function pathsOf(paths: readonly string[], methods: readonly string[] = []): Clause {
  const [first = '/', ...more] = paths;
  const anyOf = [b.path(first), ...more.map(b.path)] as const;
  const path = { kind: 'path', anyOf, not: false } as const;
  return b.clause([path, ...b.match({ methods }).all]);
}

/** Rules of many paths each, one of them with a path of its own. */
function allowing(rules: number, paths: number, own: string): Mesh {
  const clause = (i: number) =>
    pathsOf(Array.from({ length: paths }, (_, k) => (i + k === 0 ? own : `/r${i}/s${k * 7}`)));
  return b.mesh({
    services: [b.service('b.shop', { ports: [b.port(80)] })],
    workloads: ['b.shop', 'caller.shop'].map((name) => b.workload(name)),
    authorizationPolicies: [
      b.policy(
        'b.shop',
        'ALLOW',
        Array.from({ length: rules }, (_, i) => b.rule([], [clause(i)])),
      ),
    ],
    egressScopes: [b.uses('caller.shop', ['b.shop'])],
  });
}

t.test('B8: paths that no rule takes one by one, in either mesh, are one question', async (t) => {
  const request = { scheme: 'http', host: 'b.shop.svc.cluster.local', port: 80 } as const;
  const question = { from: 'shop/caller', request };
  const [base, head] = ['/old', '/new'].map((own) => allowing(60, 60, own)) as [Mesh, Mesh];
  const decisions = [base, head].map((mesh) => decisionFor(indexMesh(mesh), question));
  const [path] = announcedBy(decisions).dimensions.filter(({ dimension }) => dimension.key === 'path');
  t.ok((path?.languages.size ?? 0) < 10, `${path?.languages.size} languages for ${60 * 60} paths`);
  const space = new RequestSpace(decisions);
  for (const [i, decision] of decisions.entries()) {
    const node = space.compile(decision);
    for (const path of ['/old', '/new', '/r0/s7', '/r59/s413', '/r59/s414', '/r1/s', '/']) {
      const sent = { ...request, method: 'GET', path, headers: {} };
      const { steps: _, ...verdict } = decide(indexMesh(i === 0 ? base : head), { from: 'shop/caller', request: sent });
      t.equal(contentKey(essence(verdictOf(space.evaluate(node, sent), sent))), contentKey(essence(verdict)), path);
    }
  }
  const { rows, notAnalysed } = reviewMeshes(base, head);
  t.same(notAnalysed, []);
  t.same(
    rows.map(({ effect, requests }) => `${effect} ${requests.join()}`).filter((text) => text.includes('/')),
    ['gained any method /new', 'lost any method /old'],
  );
});

t.test('B8: a set that is only asked for together is named by its first members', async (t) => {
  const many = Array.from({ length: 60 }, (_, k) => `/s${k + 10}`);
  const mesh = (methods: readonly string[]) => {
    const made = allowing(1, 1, '/x');
    return { ...made, authorizationPolicies: [b.policy('b.shop', 'ALLOW', [b.rule([], [pathsOf(many, methods)])])] };
  };
  const { rows } = reviewMeshes(mesh(['GET']), mesh(['GET', 'POST']));
  t.match(
    rows.map(({ requests }) => requests),
    [['POST /s10, /s11, /s12, /s13 and 56 more']],
  );
});

t.test('words written out at once are those that are joined one by one', async (t) => {
  const word = fc.array(fc.constantFrom('a', 'b', 'c'), { maxLength: 6 }).map((list) => list.join(''));
  let several = 0;
  check(
    fc.property(fc.uniqueArray(word, { maxLength: 40 }), fc.integer({ min: 3, max: 60 }), (list, limit) => {
      const tables = tablesOfWords(list, limit).map((table) => new TableLanguage(table));
      if (tables.length > 1) several += 1;
      const one = list.reduce<Language>((joined, text) => joined.or(words(text)), empty);
      return tables.reduce<Language>((a, b) => a.or(b), empty).equals(one) && words(...list).equals(one);
    }),
    { numRuns: 300, seed: 1 },
  );
  t.ok(several > 20, `${several} lists of several tables`);
});

t.test('B8: what is too wide only for callers to come is told as well', async (t) => {
  const mesh = (regex: string) => {
    const header = b.header('x-a', `~${regex}`);
    const made = allowing(1, 1, '/x');
    return {
      ...made,
      egressScopes: [],
      authorizationPolicies: [b.policy('b.shop', 'ALLOW', [b.rule([], [b.clause([header])])])],
    };
  };
  const review = reviewMeshes(mesh('(.?){1000}'), mesh('(.?){1000}x'));
  t.match(review.notAnalysed, [{ destination: 'b.shop.svc.cluster.local:80', dimension: 'header x-a' }]);
  t.notOk(isQuiet(review));
});
