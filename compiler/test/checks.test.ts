// The rules about the whole mesh as a set: what they say they read is what they read, and a rule is run again when that changes.
import t from 'tap';
import { createCheckerOf } from '../checks/checker.ts';
import { type Check, checks } from '../checks/index.ts';
import { indexMesh, type Mesh } from '../model/index.ts';
import { compile, createCompiler } from '../pipeline.ts';
import type { SourceTree } from '../source/index.ts';
import { caseTree, goldenCases } from './support/golden.ts';

const tree = (files: Readonly<Record<string, string>>): SourceTree => ({
  label: 'test',
  files: Object.entries(files).map(([path, text]) => ({ path, text })),
  diagnostics: [],
});
const service = (name: string, weight: number, more = '') => `apiVersion: fairlead.dev/v1alpha1
kind: MeshService
metadata: { name: ${name}, namespace: shop }
spec:
  ports: [{ port: 80 }]
  versions: { v1: { version: v1 }, v2: { version: v2 } }
  routes: [{ to: [{ version: v1, weight: ${weight} }, { version: v2, weight: ${100 - weight} }] }]
${more}`;

/** The mesh, and the names of its parts that were looked at. */
function watched(mesh: Mesh): { readonly mesh: Mesh; readonly seen: Set<string> } {
  const seen = new Set<string>();
  const copy = { ...mesh };
  const proxy = new Proxy(copy, {
    get(target, part: keyof Mesh) {
      seen.add(part);
      return target[part];
    },
  });
  return { mesh: proxy, seen };
}

t.test('rules read what they say, and use the index only if they read everything', (t) => {
  const meshes = goldenCases().flatMap((golden) => compile(caseTree(golden)).mesh ?? []);
  t.ok(meshes.length > 10);
  for (const rule of checks.filter(({ reads }) => reads !== 'all')) {
    const seen = new Set<string>();
    for (const mesh of meshes) {
      const watch = watched(mesh);
      const input = {
        mesh: watch.mesh,
        get index() {
          seen.add('index');
          return indexMesh(mesh);
        },
      };
      rule.check(
        input,
        () => {},
        (origin) => origin,
      );
      for (const part of watch.seen) seen.add(part);
    }
    t.same(
      [...seen].filter((part) => !rule.reads.includes(part as keyof Mesh)),
      [],
      rule.name,
    );
  }
  t.end();
});

t.test('a rule is run again only when a part that it reads has changed', (t) => {
  let runs = 0;
  const rule: Check = {
    name: 'counting',
    codes: [],
    reads: ['services', 'settings'],
    check: () => {
      runs += 1;
    },
  };
  const checker = createCheckerOf([rule]);
  const mesh = compile(tree({ 'a.yaml': service('a', 90) })).mesh;
  if (!mesh) return t.fail('the intent compiles');
  const at = (changed: Partial<Mesh>) => checker.check({ ...mesh, ...changed }, (origin) => origin);
  at({});
  at({ services: [...mesh.services], settings: { ...mesh.settings }, routeTables: [] });
  t.equal(runs, 1, 'other lists of the same nodes are the same');
  at({ services: [] });
  at({ services: [], settings: { ...mesh.settings, mtls: 'DISABLE' } });
  t.equal(runs, 3);
  t.end();
});

t.test('what a change does not touch stays the same objects', (t) => {
  const compiler = createCompiler();
  const first = compiler.compile(
    tree({ 'a.yaml': service('a', 90, '  uses: [b]\n'), 'b.yaml': service('b', 50) }),
  ).mesh;
  const next = compiler.compile(tree({ 'a.yaml': service('a', 80, '  uses: [b]\n'), 'b.yaml': service('b', 50) })).mesh;
  t.equal(next?.services[0], first?.services[0], 'the service with the changed route');
  t.equal(next?.egressScopes[0], first?.egressScopes[0]);
  t.not(next?.routeTables[0], first?.routeTables[0]);
  t.equal(next?.routeTables[1], first?.routeTables[1], 'another file');
  t.end();
});

t.test('findings of warm rules are those of cold ones', (t) => {
  const warm = createCompiler();
  const steps: readonly Readonly<Record<string, string>>[] = [
    { 'a.yaml': service('a', 90), 'b.yaml': service('b', 50, '  workload: { selector: { app: a } }\n') },
    { 'a.yaml': service('a', 80), 'b.yaml': service('b', 50, '  workload: { selector: { app: a } }\n') },
    // The name moves; the mesh that is made stays the same.
    {
      'a.yaml': service('a', 80).replace('{ name', '{  name'),
      'b.yaml': service('b', 50, '  workload: { selector: { app: a } }\n'),
    },
    {
      'a.yaml': service('a', 80),
      'b.yaml': service('b', 50, '  mtls: off\n  access: { allow: [{ from: [{ service: a }] }] }\n'),
    },
    { 'a.yaml': service('a', 80, '  uses: [b]\n'), 'b.yaml': service('b', 50, '  access: { allow: [] }\n') },
    { 'a.yaml': service('a', 70, '  uses: [b]\n'), 'b.yaml': service('b', 50, '  access: { allow: [] }\n') },
  ];
  for (const [i, files] of steps.entries()) {
    const cold = compile(tree(files)).diagnostics;
    t.same(warm.compile(tree(files)).diagnostics, cold, `step ${i}`);
    t.ok(i === 3 || cold.length > 0);
  }
  t.end();
});
