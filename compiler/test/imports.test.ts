// Proves that imports point one way (CONTRIBUTING, "Rooms"). Change a rule here only in a commit of its own, with a reason.
import { globSync, readFileSync } from 'node:fs';
import { dirname, join, normalize, relative } from 'node:path';
import t from 'tap';
import { findCircles, findWrongImports, type ImportRules, type Imports } from './support/import-rules.ts';

const root = join(import.meta.dirname, '../..');

/** Each room and the rooms it may import; `a/b` is more specific than `a`. A room may always import itself. */
const mayImport: Record<string, readonly string[]> = {
  'compiler/diagnostics': [],
  'compiler/source': ['compiler/diagnostics'],
  'compiler/model': ['compiler/diagnostics'],
  'compiler/syntax': ['compiler/diagnostics', 'compiler/source'],
  'compiler/front-end': ['compiler/diagnostics', 'compiler/source', 'compiler/syntax', 'compiler/model'],
  'compiler/intent': ['compiler/diagnostics', 'compiler/syntax', 'compiler/front-end', 'compiler/model'],
  'compiler/checks': ['compiler/diagnostics', 'compiler/model', 'compiler/analysis'],
  'compiler/backends/istio': ['compiler/diagnostics', 'compiler/model'],
  'compiler/backends/envoy': ['compiler/diagnostics', 'compiler/model'],
  'compiler/analysis': ['compiler/diagnostics', 'compiler/model'],
  'compiler/review': ['compiler/diagnostics', 'compiler/model', 'compiler/analysis'],
  'compiler/candidate': ['compiler/diagnostics', 'compiler/source', 'compiler/model'],
  compiler: [
    'compiler/diagnostics',
    'compiler/source',
    'compiler/syntax',
    'compiler/model',
    'compiler/front-end',
    'compiler/intent',
    'compiler/checks',
    'compiler/backends/istio',
    'compiler/backends/envoy',
    'compiler/analysis',
    'compiler/review',
    'compiler/candidate',
  ],
  policies: ['compiler'],
  // The words of a verdict stand in the middle; what is asked, and in which order, is put together by the webhook's own files.
  'webhook/admission': ['compiler', 'policies'],
  'webhook/validate': ['compiler', 'policies', 'webhook/admission'],
  'webhook/inject': ['compiler', 'webhook/admission'],
  'webhook/certificates': ['compiler'],
  'webhook/manifests': ['webhook/inject'],
  webhook: [
    'compiler',
    'policies',
    'webhook/admission',
    'webhook/validate',
    'webhook/inject',
    'webhook/certificates',
    'webhook/manifests',
  ],
  // The proxy knows no other part of the runtime: it talks to any control plane. Only what runs a whole mesh knows the parts.
  'runtime/timers.ts': [],
  'runtime/clock.ts': ['runtime/timers.ts'],
  'runtime/proxy': ['compiler', 'runtime/timers.ts'],
  'runtime/ca': ['compiler', 'runtime/clock.ts'],
  'runtime/discovery': ['compiler', 'runtime/clock.ts'],
  'runtime/control-plane': ['compiler', 'runtime/timers.ts', 'runtime/clock.ts', 'runtime/ca'],
  // A deployer knows targets, not what is behind them; one of them is a control plane.
  'runtime/deploy': ['compiler', 'runtime/timers.ts', 'runtime/clock.ts', 'runtime/deploy/xds-target.ts'],
  'runtime/deploy/xds-target.ts': ['compiler', 'runtime/control-plane', 'runtime/deploy'],
  'runtime/local': [
    'compiler',
    'runtime/timers.ts',
    'runtime/clock.ts',
    'runtime/proxy',
    'runtime/ca',
    'runtime/discovery',
    'runtime/control-plane',
    'runtime/deploy',
    'runtime/deploy/xds-target.ts',
  ],
  runtime: [
    'compiler',
    'runtime/timers.ts',
    'runtime/clock.ts',
    'runtime/proxy',
    'runtime/ca',
    'runtime/discovery',
    'runtime/control-plane',
    'runtime/deploy',
    'runtime/local',
  ],
  // What commands share lies directly in cli/ and knows no command; program.ts lists them, run.ts runs it.
  cli: ['compiler', 'policies'],
  'cli/init': ['cli'],
  'cli/follow': ['compiler', 'runtime', 'cli'],
  'cli/up': ['compiler', 'webhook', 'runtime', 'cli', 'cli/follow'],
  'cli/serve': ['compiler', 'runtime', 'cli', 'cli/follow'],
  'cli/commands': ['compiler', 'webhook', 'runtime', 'cli', 'cli/init', 'cli/follow', 'cli/serve', 'cli/up'],
  'cli/program.ts': ['cli', 'cli/commands'],
  'cli/run.ts': ['cli', 'cli/program.ts'],
  'cli/main.ts': ['cli/run.ts'],
};

const rules: ImportRules = {
  mayImport,
  publicSurfaces: ['compiler/index.ts', 'compiler/xds.ts', 'policies/index.ts', 'webhook/index.ts', 'runtime/index.ts'],
  unacquainted: ['cli/commands'],
  // Declarations generated from Envoy's API: no code, erased before anything runs, and the words in which both sides talk.
  common: 'compiler/backends/envoy/proto/types/',
};

const files = globSync('{compiler,policies,webhook,runtime,cli}/**/*.ts', { cwd: root }).filter(
  (file) => !/\/(test|proto\/types|bench)\//.test(file),
);
const imports: Imports = new Map(files.map((file) => [file, importsOf(file)]));

t.test('every import points along an allowed arrow, through a public surface', async (t) => {
  t.strictSame(findWrongImports(imports, rules), []);
});

t.test('there is no circle of imports, of types neither', async (t) => {
  t.strictSame(findCircles(imports), []);
});

t.test('an import against the rules is refused', async (t) => {
  const planted: readonly [file: string, target: string, why: string][] = [
    ['runtime/proxy/http/x.ts', 'runtime/local/fleet.ts', 'runtime/proxy may not import runtime/local'],
    ['runtime/proxy/x.ts', 'runtime/control-plane/ledger.ts', 'runtime/proxy may not import runtime/control-plane'],
    ['runtime/proxy/x.ts', 'runtime/index.ts', 'runtime/proxy may not import runtime'],
    ['runtime/control-plane/x.ts', 'runtime/deploy/index.ts', 'runtime/control-plane may not import runtime/deploy'],
    ['runtime/ca/x.ts', 'runtime/control-plane/sds.ts', 'runtime/ca may not import runtime/control-plane'],
    ['runtime/deploy/x.ts', 'runtime/local/index.ts', 'runtime/deploy may not import runtime/local'],
    [
      'runtime/deploy/deployer.ts',
      'runtime/control-plane/ledger.ts',
      'runtime/deploy may not import runtime/control-plane',
    ],
    ['cli/serve/x.ts', 'cli/up/parts.ts', 'cli/serve may not import cli/up'],
    ['runtime/local/x.ts', 'cli/commands/up.ts', 'runtime/local may not import cli/commands'],
    ['runtime/local/x.ts', 'webhook/index.ts', 'runtime/local may not import webhook'],
    ['webhook/inject/x.ts', 'webhook/validate/provenance.ts', 'webhook/inject may not import webhook/validate'],
    ['webhook/validate/x.ts', 'webhook/inject/check.ts', 'webhook/validate may not import webhook/inject'],
    ['webhook/admission/x.ts', 'webhook/checks.ts', 'webhook/admission may not import webhook'],
    ['cli/commands/x.ts', 'cli/program.ts', 'cli/commands may not import cli/program.ts'],
    ['cli/commands/x.ts', 'cli/commands/serve.ts', 'files of cli/commands do not import each other'],
    ['cli/up/x.ts', 'cli/commands/serve.ts', 'cli/up may not import cli/commands'],
    ['cli/up/x.ts', 'runtime/deploy/deployer.ts', 'cli/up may not import runtime/deploy'],
    ['cli/up/x.ts', 'compiler/pipeline.ts', 'it is not a public surface'],
    [
      'compiler/backends/istio/x.ts',
      'compiler/backends/envoy/plan.ts',
      'compiler/backends/istio may not import compiler/backends/envoy',
    ],
    ['runtime/index.ts', 'runtime/newcomer/x.ts', 'it stands in no room'],
  ];
  for (const [file, target, why] of planted) {
    t.strictSame(findWrongImports(new Map([[file, [target]]]), rules), [`${file} imports ${target}: ${why}`]);
  }
  t.strictSame(findWrongImports(new Map([['runtime/newcomer/x.ts', []]]), rules), [
    'runtime/newcomer/x.ts stands in no room',
  ]);
});

t.test('what may be imported, is', async (t) => {
  const fine: Imports = new Map([
    ['runtime/proxy/x.ts', ['compiler/xds.ts', 'compiler/backends/envoy/proto/types/x_pb.js', 'runtime/proxy/y.ts']],
    ['cli/commands/x.ts', ['cli/io.ts', 'runtime/index.ts']],
  ]);
  t.strictSame(findWrongImports(fine, rules), []);
});

t.test('circles are found, also those of types alone', async (t) => {
  const chain: Imports = new Map([
    ['a.ts', ['b.ts', 'c.ts']],
    ['b.ts', ['c.ts']],
    ['c.ts', []],
  ]);
  t.strictSame(findCircles(chain), []);
  t.strictSame(findCircles(new Map([...chain, ['c.ts', ['a.ts']]])), [['a.ts', 'b.ts', 'c.ts', 'a.ts']]);
  const a = `// A comment that says import('./c.ts').\nimport { type B } from './b.ts';\n`;
  const b = `import type {\n  A,\n} from './a.ts';\nexport type B = import('./d.ts').D;\n`;
  const typesOnly: Imports = new Map([
    ['x/a.ts', importsIn(a, 'x/a.ts')],
    ['x/b.ts', importsIn(b, 'x/b.ts')],
  ]);
  t.strictSame([...typesOnly.values()], [['x/b.ts'], ['x/a.ts', 'x/d.ts']]);
  t.strictSame(findCircles(typesOnly), [['x/a.ts', 'x/b.ts', 'x/a.ts']]);
});

function importsOf(file: string): string[] {
  return importsIn(readFileSync(join(root, file), 'utf8'), file);
}

/** Relative imports in the text of a file, static and dynamic, as paths from the root. Type-only imports count as well. */
function importsIn(source: string, file: string): string[] {
  const text = source.replace(/^\s*(\/\/|\*).*$/gm, '');
  const found = text.matchAll(/(?:\bfrom\s+|\bimport\s+|\bimport\(\s*)['"](\.[^'"]+)['"]/g);
  return [...found].map((m) => relative('.', normalize(join(dirname(file), m[1] ?? ''))));
}
