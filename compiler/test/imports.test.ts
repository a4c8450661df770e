// Proves that imports point one way (CONTRIBUTING, "Rooms"). Change a rule here only in a commit of its own, with a reason.
import { globSync, readFileSync } from 'node:fs';
import { dirname, join, normalize, relative } from 'node:path';
import t from 'tap';

const root = join(import.meta.dirname, '../..');

/** Each room and the rooms it may import; `a/b` is more specific than `a`. A room may always import itself. */
const mayImport: Record<string, readonly string[]> = {
  'compiler/diagnostics': [],
  'compiler/source': ['compiler/diagnostics'],
  'compiler/model': ['compiler/diagnostics'],
  'compiler/syntax': ['compiler/diagnostics', 'compiler/source'],
  'compiler/front-end': ['compiler/diagnostics', 'compiler/source', 'compiler/syntax', 'compiler/model'],
  'compiler/intent': ['compiler/diagnostics', 'compiler/syntax', 'compiler/front-end', 'compiler/model'],
  'compiler/checks': ['compiler/diagnostics', 'compiler/model'],
  'compiler/backends/istio': ['compiler/diagnostics', 'compiler/model', 'compiler/backends'],
  'compiler/backends/envoy': ['compiler/diagnostics', 'compiler/model', 'compiler/backends'],
  'compiler/backends': ['compiler/diagnostics', 'compiler/model'],
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
    'compiler/backends',
    'compiler/backends/istio',
    'compiler/backends/envoy',
    'compiler/analysis',
    'compiler/review',
    'compiler/candidate',
  ],
  policies: ['compiler'],
  webhook: ['compiler', 'policies'],
  runtime: ['compiler'],
  cli: ['compiler', 'policies', 'webhook', 'runtime'],
};

/** Declarations generated from Envoy's API: no code, erased before anything runs, and the words in which both sides talk. */
const wireTypes = 'compiler/backends/envoy/proto/types/';

/** Outsiders enter a top-level room only through these files. */
const publicSurfaces = [
  'compiler/index.ts',
  'compiler/xds.ts',
  'policies/index.ts',
  'webhook/index.ts',
  'runtime/index.ts',
];
const rooms = Object.keys(mayImport).toSorted((a, b) => b.length - a.length);
const roomOf = (file: string) => rooms.find((room) => file.startsWith(`${room}/`));

const files = globSync('{compiler,policies,webhook,runtime,cli}/**/*.ts', { cwd: root }).filter(
  (file) => !/\/(test|proto\/types|bench)\//.test(file),
);
const imports = new Map(files.map((file) => [file, importsOf(file)]));

t.test('every import points along an allowed arrow, through a public surface', async (t) => {
  const wrong: string[] = [];
  for (const [file, targets] of imports) {
    const from = roomOf(file) ?? '';
    for (const target of targets) {
      const to = roomOf(target);
      if (to === undefined || to === from || target.startsWith(wireTypes)) continue;
      const crosses = file.split('/')[0] !== target.split('/')[0];
      if (!mayImport[from]?.includes(to)) wrong.push(`${file} imports ${target}: ${from} may not import ${to}`);
      else if (crosses && !publicSurfaces.includes(target))
        wrong.push(`${file} imports ${target}, which is not a public surface`);
    }
  }
  t.strictSame(wrong, []);
});

t.test('the two back ends do not know each other, and nothing imports cli', async (t) => {
  const wrong = [...imports].flatMap(([file, targets]) =>
    targets
      .filter((target) => (roomOf(target) === 'cli' && roomOf(file) !== 'cli') || isOtherBackend(file, target))
      .map((target) => `${file} imports ${target}`),
  );
  t.strictSame(wrong, []);
});

t.test('there is no import cycle', async (t) => {
  t.strictSame(findCycle(), []);
});

function isOtherBackend(file: string, target: string): boolean {
  const pair = [roomOf(file), roomOf(target)].toSorted().join();
  return pair === 'compiler/backends/envoy,compiler/backends/istio';
}

/** Relative imports of a file, static and dynamic, as paths from the root. Type-only imports count as well. */
function importsOf(file: string): string[] {
  const text = readFileSync(join(root, file), 'utf8').replace(/^\s*(\/\/|\*).*$/gm, '');
  const found = text.matchAll(/(?:\bfrom\s+|\bimport\s+|\bimport\(\s*)['"](\.[^'"]+)['"]/g);
  return [...found].map((m) => relative('.', normalize(join(dirname(file), m[1] ?? ''))));
}

/** One cycle of value imports, or none; type-only imports are erased and cannot cycle at run time. */
function findCycle(): string[] {
  const valueImports = (file: string) =>
    [
      ...readFileSync(join(root, file), 'utf8').matchAll(/^(?:import|export)\s+(?!type\b)[^;]*?from\s+'(\.[^']+)'/gm),
    ].map((m) => relative('.', normalize(join(dirname(file), m[1] ?? ''))));
  const state = new Map<string, 'open' | 'done'>();
  const visit = (file: string, path: string[]): string[] => {
    if (state.get(file) === 'done' || !imports.has(file)) return [];
    if (state.get(file) === 'open') return [...path.slice(path.indexOf(file)), file];
    state.set(file, 'open');
    for (const target of valueImports(file)) {
      const cycle = visit(target, [...path, file]);
      if (cycle.length > 0) return cycle;
    }
    state.set(file, 'done');
    return [];
  };
  for (const file of files) {
    const cycle = visit(file, []);
    if (cycle.length > 0) return cycle;
  }
  return [];
}
