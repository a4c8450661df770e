// B8: questions that are wide. Each is still answered exactly, or it is said that it is not; and the parts of which that is made.
import fc from 'fast-check';
import t from 'tap';
import { LargeLanguage, type Language, TableLanguage, words } from '../analysis/automata/language.ts';
import { splitIntoAtoms } from '../analysis/automata/atoms.ts';
import { TooWide } from '../analysis/automata/budget.ts';
import { regexLanguage, sharingPatterns } from '../analysis/automata/regex-language.ts';
import { findWord, type Part, tablePart } from '../analysis/automata/search.ts';
import { decide } from '../analysis/concrete/decide.ts';
import { headerDimension } from '../analysis/fields/named.ts';
import { contentKey } from '../analysis/symbolic/content-key.ts';
import { decisionFor } from '../analysis/symbolic/decision.ts';
import { essence, verdictOf } from '../analysis/symbolic/fate.ts';
import { RequestSpace } from '../analysis/symbolic/request-space.ts';
import { indexMesh, type Mesh, type TestRequest } from '../model/index.ts';
import { isQuiet, reviewMeshes } from '../review/index.ts';
import { check } from './support/check.ts';
import { randomRequest, randomWideMesh, wideCaller } from './support/wide-mesh.ts';

const requests = fc.array(randomRequest, { minLength: 10, maxLength: 10 });

t.test('B8: a wide diagram says of every request what decide says', async (t) => {
  let several = 0;
  let forwards = 0;
  check(
    fc.property(randomWideMesh, requests, (mesh, requests) => {
      const index = indexMesh(mesh);
      const request = requests[0] as TestRequest;
      const decision = decisionFor(index, { from: wideCaller, request });
      const space = new RequestSpace([decision]);
      const node = space.compile(decision);
      if (space.fields.some((field) => field.axes.length > 1)) several += 1;
      if (space.diagrams.widest >= 0 && contentKey(decision).includes('"kind":"forward"')) forwards += 1;
      for (const one of requests) {
        const { steps: _, ...verdict } = decide(index, { from: wideCaller, request: one });
        const [expected, actual] = [verdict, verdictOf(space.evaluate(node, one), one)].map((v) =>
          contentKey(essence(v)),
        );
        if (expected !== actual)
          throw new Error(`${one.method} ${one.path} ${JSON.stringify(one.headers)}\n${expected}\n${actual}`);
      }
    }),
    { numRuns: 40, seed: 8, endOnFailure: true },
  );
  t.ok(several > 10, `${several} spaces with a dimension that is split several times`);
  t.ok(forwards > 5, `${forwards} decisions with a forward past many gates`);
});

/** One route or one policy of the other mesh in place of its own, or one route less. */
const change = fc
  .tuple(randomWideMesh, randomWideMesh, fc.constantFrom('route', 'policy', 'gone'), fc.nat(6))
  .map(([base, other, what, at]): readonly [Mesh, Mesh] => {
    const replaced = <T>(list: readonly T[], others: readonly T[]) =>
      list.map((one, i) => (i === at % list.length ? (others[i % others.length] ?? one) : one));
    if (what === 'policy') {
      return [
        base,
        { ...base, authorizationPolicies: replaced(base.authorizationPolicies, other.authorizationPolicies) },
      ];
    }
    const [http = [], others = []] = [base, other].map((mesh) => mesh.routeTables[0]?.http ?? []);
    const routes = what === 'gone' ? http.filter((_, i) => i !== at % http.length) : replaced(http, others);
    return [base, { ...base, routeTables: base.routeTables.map((table) => ({ ...table, http: routes })) }];
  });

t.test('B8: the review of wide changes misses nothing and invents nothing', async (t) => {
  let changed = 0;
  let left = 0;
  check(
    fc.property(change, requests, ([base, head], requests) => {
      const { rows, notAnalysed } = reviewMeshes(base, head);
      left += notAnalysed.length;
      for (const { witness } of rows) {
        if (witness && !differs(base, head, witness.call.request, witness.call.from))
          throw new Error(`no difference: ${witness.text}`);
      }
      for (const request of requests.filter((one) => differs(base, head, one))) {
        changed += 1;
        const isTold = [...rows, ...notAnalysed].some(({ callers }) => callers.includes(wideCaller));
        if (!isTold) throw new Error(`missed: ${request.method} ${request.path} ${JSON.stringify(request.headers)}`);
      }
    }),
    { numRuns: 30, seed: 3, endOnFailure: true },
  );
  t.ok(changed > 10, `${changed} changed requests`);
  t.ok(left < 10, `${left} not analysed`);
});

function differs(base: Mesh, head: Mesh, request: TestRequest, from = wideCaller): boolean {
  const [a, b] = [base, head].map((mesh) => {
    const { steps: _, ...verdict } = decide(indexMesh(mesh), { from, request });
    return contentKey(essence(verdict));
  });
  return a !== b;
}

t.test('B8: meshes that are equal but for order have no rows, however wide', async () => {
  check(
    fc.property(randomWideMesh, (mesh) => {
      const policies = mesh.authorizationPolicies.map((policy) => ({ ...policy, rules: policy.rules.toReversed() }));
      const review = reviewMeshes(mesh, { ...mesh, authorizationPolicies: policies });
      return isQuiet(review);
    }),
    { numRuns: 15, seed: 4, endOnFailure: true },
  );
});

const pattern = fc.constantFrom(
  '.*a.*',
  '.*ab.*',
  'a*',
  '.*a.{3}',
  '(a|b)*',
  '.*b',
  '',
  '.',
  '.*',
  '[ab]{2,4}',
  'a.*b',
  'c+',
  '.*(ab|ba).{2}',
);
const text = fc.array(fc.constantFrom('a', 'b', 'c'), { maxLength: 7 }).map((list) => list.join(''));

/** The same language without its table. */
function large(language: Language): LargeLanguage {
  return new LargeLanguage((language as TableLanguage).nfa);
}

t.test('languages without a table have the same words as those with one', async () => {
  check(
    fc.property(pattern, pattern, text, text, (p, q, prefix, word) => {
      const [x, y] = [regexLanguage(p), regexLanguage(q)];
      const z = large(x);
      const same = (a: Language, b: Language) => a.has(word) === b.has(word) && a.isEmpty === b.isEmpty;
      return (
        same(z, x) &&
        same(z.not(), x.not()) &&
        same(z.and(y), x.and(y)) &&
        same(y.and(z), x.and(y)) &&
        same(z.or(large(y)), x.or(y)) &&
        same(z.not().and(y), x.not().and(y)) &&
        same(z.not().or(large(y).not()), x.not().or(y.not())) &&
        same(z.after(prefix), x.after(prefix)) &&
        same(z.not().after(prefix), x.not().after(prefix)) &&
        same(words(prefix).followedBy(z), words(prefix).followedBy(x)) &&
        same(z.followedBy(y), x.followedBy(y))
      );
    }),
    { numRuns: 500, seed: 2 },
  );
});

t.test('a word of several languages at once is found exactly if there is one', async (t) => {
  const member = fc.record({ pattern, kind: fc.constantFrom('table', 'some', 'none') });
  let found = 0;
  check(
    fc.property(
      fc.array(member, { minLength: 1, maxLength: 4 }),
      fc.constantFrom('shortest', 'any'),
      (members, choice) => {
        const parts = members.map(({ pattern, kind }): Part => {
          const language = regexLanguage(pattern) as TableLanguage;
          if (kind !== 'table') return { kind: kind as 'some' | 'none', nfa: language.nfa };
          const [atoms] = splitIntoAtoms(regexLanguage('(?s).*') as TableLanguage, [language]);
          const inside = atoms?.inside.get(language.key) ?? new Uint8Array();
          const wanted = new Set([...inside.keys()].filter((atom) => inside[atom] === 1));
          return (
            atoms?.partsFor(wanted)[0] ??
            tablePart({ classOf: language.classOf, classes: 0, next: new Int32Array() }, new Uint8Array())
          );
        });
        const word = findWord(parts, choice);
        const exact = members
          .map(({ pattern, kind }) => (kind === 'none' ? regexLanguage(pattern).not() : regexLanguage(pattern)))
          .reduce((a, b) => a.and(b)) as TableLanguage;
        if (word !== undefined) found += 1;
        if (word === undefined) return exact.isEmpty;
        return exact.has(word) && (choice === 'any' || word.length === exact.someWord()?.length);
      },
    ),
    { numRuns: 800, seed: 6 },
  );
  t.ok(found > 300, `${found} words`);
});

t.test('a regex whose table explodes is compared all the same', async (t) => {
  const exploding = regexLanguage('/.*a.{12}');
  t.notOk(exploding instanceof TableLanguage);
  t.ok(exploding.has('/xa123456789012') && !exploding.has('/xb123456789012'));
  t.notOk(exploding.isEmpty);
  t.notOk(exploding.not().isEmpty);
  t.equal(exploding.and(words('/a')).isEmpty, true);
  t.equal(
    findWord([
      { kind: 'some', nfa: (exploding as LargeLanguage).nfa },
      { kind: 'none', nfa: (exploding as LargeLanguage).nfa },
    ]),
    undefined,
  );
});

t.test('many languages split a dimension several times, each time into few atoms', async (t) => {
  const languages = Array.from({ length: 40 }, (_, i) => regexLanguage(`.*bot${i}x.*`));
  const partitions = splitIntoAtoms(headerDimension('x').universe as TableLanguage, languages);
  t.ok(partitions.length > 5);
  t.ok(partitions.every(({ count }) => count <= 128));
  for (const value of ['bot3x', 'xbot3xbot17x', '', 'bot39x bot0x']) {
    for (const language of languages) {
      const atoms = partitions.find(({ inside }) => inside.has(language.key));
      t.equal(atoms?.inside.get(language.key)?.[atoms.atomOf(value)] === 1, language.has(value));
    }
  }
  const disjoint = Array.from({ length: 300 }, (_, i) => regexLanguage(`/api/p${i}/[^/]+`));
  t.equal(
    splitIntoAtoms(regexLanguage('/.*') as TableLanguage, disjoint).length,
    1,
    'what does not overlap is split once',
  );
});

t.test(
  'B8: a pattern whose table would be too much work is none, or too wide; a question is charged with all of its patterns',
  async (t) => {
    t.type(regexLanguage('(a|b){1000}'), LargeLanguage);
    t.throws(() => regexLanguage('(.?){1000}'), TooWide);
    t.throws(() => regexLanguage('(.?){1000}'), TooWide, 'asked again');
    const ask = () => sharingPatterns(() => Array.from({ length: 40 }, (_, i) => regexLanguage(`(a?){300}b${i}`)));
    t.throws(ask, TooWide);
    t.throws(ask, TooWide, 'also where all of them are known');
    t.ok(regexLanguage('(a?){300}b1').has('aab1'), 'one by itself is not too much');
  },
);
