// Parsing, schemas, and the compile as a whole: hostile texts, places, determinism, the cache.
import { Ajv } from 'ajv';
import fc from 'fast-check';
import t from 'tap';
import { compareDiagnostics, renderText } from '../diagnostics/index.ts';
import { readFile } from '../front-end/index.ts';
import { type IntentKind, intent, intentKinds, intentSchemas } from '../intent/index.ts';
import { dumpMesh } from '../model/index.ts';
import { compile, createCompiler } from '../pipeline.ts';
import type { SourceTree } from '../source/index.ts';
import { caseTree, goldenCases } from './support/golden.ts';

const header = (kind: IntentKind, name: string) =>
  `apiVersion: fairlead.dev/v1alpha1\nkind: ${kind}\nmetadata: { name: ${name} }\n`;
const service = (name: string, more = '') => `${header('MeshService', name)}spec:\n  ports: [{ port: 80 }]\n${more}`;
const tree = (files: Readonly<Record<string, string>>): SourceTree => ({
  label: 'test',
  files: Object.entries(files).map(([path, text]) => ({ path, text })),
  diagnostics: [],
});
const read = (text: string) => readFile({ path: 'a.yaml', text }, [intent]);
const codesOf = (text: string) => read(text).diagnostics.map((d) => d.code);

t.test('a document of YAML 1.1 is refused for that alone, whatever its words are there', (t) => {
  for (const text of [
    service('on'),
    `${service('x')}  mtls: !!bool off\n`,
    service('x').replace('MeshService', 'no'),
  ]) {
    const said = read(`%YAML 1.1\n---\n${text}`).diagnostics.map(({ message }) => message);
    t.same(said, ['YAML 1.1 is not read'], text);
  }
  t.end();
});

t.test('hostile texts end at once, with a finding', (t) => {
  const bomb = Array.from(
    { length: 9 },
    (_, i) =>
      `k${i}: &a${i} [${Array(9)
        .fill(i === 0 ? 'x' : `*a${i - 1}`)
        .join(', ')}]`,
  ).join('\n');
  const texts: readonly (readonly [string, string, string])[] = [
    ['alias bomb', bomb, 'FL0103'],
    ['many aliases', `a: &a 1\nb: [${Array(200).fill('*a').join(', ')}]`, 'FL0103'],
    ['alias in itself', 'a: &a [1, *a]', 'FL0103'],
    ['alias in itself, deep', 'a: &a { b: { c: [*a] } }', 'FL0103'],
    ['a megabyte of brackets', '['.repeat(1_000_000), 'FL0104'],
    ['a megabyte of braces', '{a: '.repeat(250_000), 'FL0104'],
    ['lists in lists', '- '.repeat(500_000), 'FL0104'],
    ['keys in keys', '? '.repeat(300_000), 'FL0104'],
    ['anchors on anchors', `a: ${'&a '.repeat(300_000)}`, 'FL0104'],
    ['tags on tags', `a: ${'!a '.repeat(300_000)}`, 'FL0104'],
    ['deep blocks', Array.from({ length: 1200 }, (_, i) => `${' '.repeat(i)}a:`).join('\n'), 'FL0104'],
    ['deep but balanced', `a: ${'['.repeat(80)}${']'.repeat(80)}`, 'FL0104'],
    ['complex key', '? [a, b]\n: c', 'FL0101'],
    ['unknown tag', 'a: !evil b', 'FL0101'],
    ['tabs', 'a:\n\t- b', 'FL0118'],
    ['unresolved alias', 'a: *nowhere', 'FL0101'],
  ];
  for (const [name, text, code] of texts) t.equal(codesOf(text)[0], code, name);
  t.ok(codesOf('a: b: c\n'.repeat(5000)).length <= 21, 'a broken file does not flood');
  t.same(
    codesOf(`m: {${Array.from({ length: 50_000 }, (_, i) => `k${i}: 1`).join(', ')}}`),
    ['FL0201'],
    'many keys take linear time',
  );
  t.end();
});

t.test('values that could poison objects stay data', (t) => {
  t.same(codesOf(service('a', '  __proto__: { x: 1 }\n')), ['FL0204']);
  t.same(codesOf(service('a', '  constructor: 1\n')), ['FL0204']);
  t.equal(({} as Record<string, unknown>).x, undefined);
  t.end();
});

t.test('places: values, keys, aliases, second documents, CRLF', (t) => {
  const text =
    `${service('one')}---\n# a comment\n${service('two', '  routes: &r\n    - timeout: 3s\n  uses: []\n')}`.replaceAll(
      '\n',
      '\r\n',
    );
  const [, two] = read(text).found;
  const at = (path: (string | number)[], key = false) => {
    const { start, end } = two?.document?.locate(path, { key }) ?? {};
    return `${start?.line}:${start?.column}-${end?.line}:${end?.column}`;
  };
  t.equal(at(['spec', 'routes', 0, 'timeout']), '14:16-14:18');
  t.equal(at(['spec', 'routes', 0, 'timeout'], true), '14:7-14:14');
  t.equal(at(['spec', 'routes', 0]), '14:7-14:18');
  t.equal(at(['spec', 'routes', 7, 'x']), at(['spec', 'routes']), 'the nearest thing that exists');
  t.equal(at([]), '8:1-15:11', 'trailing space is not part of a document');
  t.end();
});

t.test('aliases and quoted keys have places as well', (t) => {
  const text = `${header('MeshService', 'a')}spec:\n  ports: [{ port: 80 }]\n  versions: { v1: &l { "app.kubernetes.io/version": bad value }, v2: *l }\n`;
  const spans = read(text).diagnostics.map((d) => `${d.code} ${d.span?.start.line}:${d.span?.start.column}`);
  t.same(spans, ['FL0208 6:53']);
  t.end();
});

t.test('the published schemas are valid, self-contained and describe their fields', (t) => {
  const ajv = new Ajv({ strict: false });
  for (const kind of intentKinds) {
    t.ok(ajv.validateSchema(intentSchemas[kind]), `${kind} is a JSON Schema`);
    t.equal(JSON.stringify(intentSchemas[kind]).includes('"$ref":"http'), false);
    t.match(intentSchemas[kind], { $id: /MeshService|Mesh|ExternalService/, description: /.+/, title: kind });
  }
  t.end();
});

t.test('the same intent in other files, other order and a warm compiler gives the same mesh', (t) => {
  const documents = [
    service('a', '  uses: [b, c]\n'),
    service('b', '  access: { allow: [{ from: [{ service: a }] }] }\n'),
    service('c', '  routes: [{ to: [{ service: b }] }]\n'),
  ];
  const [a = '', b = '', c = ''] = documents;
  const one = compile(tree({ 'a.yaml': a, 'b.yaml': b, 'c.yaml': c }));
  const two = compile(tree({ 'c.yaml': c, 'b.yaml': b, 'a.yaml': a }));
  t.equal(one.mesh && dumpMesh(one.mesh), two.mesh && dumpMesh(two.mesh));
  t.ok(Object.isFrozen(one.mesh?.services[0]?.ports[0]?.origin), 'and it is frozen');
  t.end();
});

t.test('a warm compile equals a cold one after every kind of change', (t) => {
  const base = {
    'mesh.yaml': `${header('Mesh', 'm')}spec: {}\n`,
    'a.yaml': service('a', '  uses: [b]\n  routes: [{ to: [{ service: b }] }]\n'),
    'b.yaml': service('b', '  versions: { v1: { version: v1 } }\n'),
    'g.yaml': `${header('MeshGateway', 'g')}spec: { listeners: [{ name: w, port: 80, protocol: HTTP, hosts: [x.example.com] }] }\n`,
    'e.yaml': service('e', '  expose: [{ gateway: g, host: x.example.com }]\n'),
  };
  const steps: readonly Readonly<Record<string, string>>[] = [
    base,
    { ...base, 'b.yaml': service('b').replace('port: 80', 'port: 81') },
    { ...base, 'b.yaml': service('b', '  workload: { selector: { c: x, d: y } }\n') },
    { ...base, 'b.yaml': service('b', '  workload: { selector: { d: y, c: x } }\n') },
    { ...base, 'b.yaml': service('bb') },
    { ...base, 'b.yaml': 'kind: [' },
    { ...base, 'mesh.yaml': `${header('Mesh', 'm')}spec: { access: { default: deny }, defaults: { timeout: 1s } }\n` },
    { ...base, 'g.yaml': base['g.yaml'].replace('x.example.com', 'y.example.com') },
    { ...base, 'g.yaml': base['g.yaml'].replace('spec:', '# moved\nspec:') },
    base,
  ];
  const warm = createCompiler();
  for (const [i, files] of steps.entries()) {
    const cold = compile(tree(files));
    const found = warm.compile(tree(files));
    t.equal(found.mesh && dumpMesh(found.mesh), cold.mesh && dumpMesh(cold.mesh), `step ${i}: mesh`);
    t.same(found.diagnostics, cold.diagnostics, `step ${i}: diagnostics`);
    t.same(found.diagnostics, found.diagnostics.toSorted(compareDiagnostics));
  }
  t.end();
});

t.test('an empty tree, and a tree that could not be read, compile to nothing and say so', (t) => {
  t.same(
    compile(tree({})).diagnostics.map((d) => d.code),
    ['FL0114'],
  );
  const foreign = compile(tree({ 'a.yaml': 'apiVersion: v1\nkind: Pod\nmetadata: { name: a }\n' }));
  t.ok(foreign.diagnostics.some((d) => d.code === 'FL0114'));
  t.equal(foreign.mesh, undefined);
  t.end();
});

t.test('no damage to a text makes the compiler throw or lose the finding', (t) => {
  const texts = goldenCases().flatMap((golden) => caseTree(golden).files.map((file) => file.text));
  const shreds = [
    '',
    ' ',
    '\n',
    ': ',
    '- ',
    '[',
    '}',
    '"',
    "'",
    '*a',
    '&a ',
    '!x ',
    '0',
    '~',
    'spec',
    '/*',
    '%',
    '\u0000',
    '\ud800',
    '---\n',
    '<<: ',
  ];
  fc.assert(
    fc.property(
      fc.constantFrom(...texts),
      fc.array(fc.tuple(fc.double({ min: 0, max: 1, noNaN: true }), fc.nat(12), fc.constantFrom(...shreds)), {
        minLength: 1,
        maxLength: 4,
      }),
      (text, edits) => {
        const damaged = edits.reduce((current, [where, length, shred]) => {
          const at = Math.floor(where * current.length);
          return current.slice(0, at) + shred + current.slice(at + length);
        }, text);
        const result = compile(tree({ 'a.yaml': damaged }));
        if (!result.mesh && result.diagnostics.length === 0) throw new Error('no mesh and no finding');
        renderText(result.diagnostics, { lookup: () => damaged });
      },
    ),
    { numRuns: 500, seed: 20260302 },
  );
  t.end();
});

t.test('what a hint about a path offers is accepted in the same place', (t) => {
  const gateway = `${header('MeshGateway', 'edge')}spec: { listeners: [{ name: web, port: 80, protocol: HTTP, hosts: [x.example] }] }\n---\n`;
  const places: Readonly<Record<string, (path: string) => string>> = {
    match: (path) => service('a', `  routes: [{ match: { path: ${path} } }]\n`),
    access: (path) => service('a', `  access: { allow: [{ paths: [${path}] }] }\n`),
    expose: (path) => `${gateway}${service('a', `  expose: [{ gateway: edge, host: x.example, path: ${path} }]\n`)}`,
  };
  const findings = (text: string) =>
    compile(tree({ 'a.yaml': text })).diagnostics.filter(({ severity }) => severity === 'error');
  for (const [place, written] of Object.entries(places)) {
    const paths = ['/a*', '/a/*/b', '/users/{id}', '/users/u{id}/x', '/a/../b', '/%41', '/é*', '/%61*', '/é/{id}'];
    for (const path of [
      ...paths,
      '/v1.0/{id}',
      '/../{id}',
      '/a//*/b',
      '/a|b',
      '/a/..;x',
      '/a\\b',
      '/*x',
      '/a%00',
      '/a/..;/*',
    ]) {
      const [refusal] = findings(written(JSON.stringify(path)));
      t.equal(refusal?.code, 'FL0402', `${path} in ${place}`);
      const offers = refusal?.hint?.match(/\{ \w+: [^}…]+ \}|\/[^\s,]*/g) ?? [];
      for (const offer of offers) t.same(findings(written(offer)), [], `${offer} for ${path} in ${place}`);
    }
  }
  t.end();
});

t.test('A4: of a prefix or a suffix, what it begins or ends with may arrive', (t) => {
  const findings = (path: string) =>
    compile(tree({ 'a.yaml': service('a', `  routes: [{ match: { path: ${path} } }]\n`) })).diagnostics.filter(
      ({ code }) => code.startsWith('FL04'),
    );
  for (const path of [
    '{ prefix: "/a%" }',
    '{ prefix: "/a%2" }',
    '{ suffix: "%2F" }',
    '{ prefix: /a/.. }',
    '{ suffix: 2e }',
  ])
    t.strictSame(findings(path), [], path);
  for (const path of ['{ suffix: "%" }', '"/a%zz"', '{ prefix: "/a%z/" }'])
    t.strictSame(
      findings(path).map(({ code }) => code),
      ['FL0420'],
      path,
    );
  const hints: Readonly<Record<string, string | undefined>> = {
    '{ prefix: "/a/..;" }': undefined,
    '{ prefix: /a/../b }': 'write /b',
    '{ suffix: /.. }': undefined,
    '{ suffix: /../b }': undefined,
    '{ prefix: "/%4" }': undefined,
    '{ suffix: "é" }': 'write %C3%A9',
    '"/a%00"': undefined,
    '"/a/..;/b/*"': 'write /b/*',
  };
  for (const [path, hint] of Object.entries(hints)) {
    const [found] = findings(path);
    t.equal(found?.hint, hint, path);
    t.equal(found?.code, path.includes('%4') ? undefined : 'FL0402', path);
  }
  t.match(findings('"/a%00"')[0]?.message, 'path "/a%00" has %00, with which proxies refuse requests');
  t.end();
});
