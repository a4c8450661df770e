// Values of headers beyond ASCII: bytes to proxies, so to the analysis. What is told of them is text.
import fc from 'fast-check';
import t from 'tap';
import { decide, reach } from '../analysis/index.ts';
import { TableLanguage } from '../analysis/automata/language.ts';
import { regexLanguage } from '../analysis/automata/regex-language.ts';
import { matchLanguage } from '../analysis/fields/match-language.ts';
import { bytesOf, compileRegex, indexMesh, isUtf8, matchesString, type StringMatch, textOf } from '../model/index.ts';
import { reviewMeshes } from '../review/index.ts';
import { compiledIntent } from './support/review-intent.ts';
import { check } from './support/check.ts';

const text = fc
  .array(fc.constantFrom('a', 'é', 'è', '€', '😀', '\u00ff', '\u0100', '\udce9', '\udcc3', '\udca9'), { maxLength: 5 })
  .map((list) => textOf(bytesOf(list.join(''))));
const pattern = fc
  .array(fc.constantFrom('a', 'é', '.', '.*', '\\xC3', '[\\x80-\\xff]', '€?', '(è|a)'), { maxLength: 4 })
  .map((list) => list.join(''));

t.test('A6: a language takes the texts that a match takes', async () => {
  const match = fc.oneof(
    fc
      .tuple(fc.constantFrom('exact', 'prefix', 'suffix'), text)
      .map(([type, value]) => ({ type, value }) as StringMatch),
    pattern.map((value): StringMatch => ({ type: 'regex', value })),
  );
  check(
    fc.property(match, text, (match, text) => {
      const bytes = (one: string) => bytesOf(one);
      const taken =
        match.type === 'regex' || match.type === 'present'
          ? matchesString(match, text)
          : matchesString({ ...match, value: bytes(match.value) }, bytes(text));
      return matchLanguage(match).has(text) === taken;
    }),
    { numRuns: 500, seed: 1 },
  );
});

t.test('A6: bytes and texts stand for each other, and a word of a pattern is one that it matches', async () => {
  check(
    fc.property(fc.uint8Array({ maxLength: 8 }), (list) => {
      const bytes = Buffer.from(list).toString('latin1');
      const isText = Buffer.from(Buffer.from(list).toString('utf8')).equals(Buffer.from(list));
      return bytesOf(textOf(bytes)) === bytes && isUtf8(bytes) === isText;
    }),
    { numRuns: 1000, seed: 1 },
  );
  check(
    fc.property(pattern, (pattern) => {
      const language = regexLanguage(pattern);
      const word = language instanceof TableLanguage ? language.someWord() : undefined;
      return word === undefined || compileRegex(pattern)?.matches(word) === true;
    }),
    { numRuns: 300, seed: 1 },
  );
});

const services = (match: string, version: string) =>
  `kind: MeshService
metadata: { name: a, namespace: n }
spec: { ports: [{ port: 80 }], uses: [b, secret] }
---
kind: MeshService
metadata: { name: secret, namespace: n }
spec: { ports: [{ port: 80 }] }
---
kind: MeshService
metadata: { name: b, namespace: n }
spec:
  ports: [{ port: 80 }]
  versions: { v1: { version: v1 }, v2: { version: v2 } }
  routes:
    - match: { headers: { x-user: ${match} } }
      to: [${version}]
    - to: [{ version: v1 }]
`.replaceAll('kind: MeshService', 'apiVersion: fairlead.dev/v1alpha1\nkind: MeshService');

const matches = [
  '"josé"',
  '{ prefix: "josé" }',
  '{ suffix: é }',
  '{ regex: "\\\\xC3.*" }',
  '{ regex: "[^\\\\x00-\\\\x7f]" }',
];
for (const match of matches) {
  t.test(`A6: a route by ${match} that leads elsewhere has a row, with a request that shows it`, async (t) => {
    const [base, head] = [
      compiledIntent(services(match, '{ version: v1 }')),
      compiledIntent(services(match, '{ version: v2 }')),
    ] as const;
    const { rows, notAnalysed } = reviewMeshes(base, head);
    t.same(notAnalysed, []);
    t.match(rows, [{ kind: 'traffic', from: 'v1 of b.n', to: 'v2 of b.n' }]);
    const call = rows[0]?.witness?.call;
    if (!call) return t.fail('no witness');
    const reached = [base, head].map((mesh) => decide(indexMesh(mesh), call).shares.map(({ subset }) => subset));
    t.same(reached, [['v1'], ['v2']]);
  });
}

t.test('A10: a service that is reached by such a header only is reached', async (t) => {
  const mesh = compiledIntent(services('"josé"', '{ service: secret }'));
  t.match(JSON.stringify(reach(mesh, { to: 'n/secret' })), /josé/);
});

t.test('B1: another value beyond ASCII is another request', async (t) => {
  const meshOf = (match: string) => compiledIntent(services(match, '{ version: v2 }'));
  const [base, head] = [meshOf('"josé"'), meshOf('"josè"')];
  t.same(reviewMeshes(base, head).rows.filter(({ kind }) => kind === 'traffic').length, 2);
});
