// A plan made from the one before gives what a fresh one gives, whatever changed in between, and shares what did not.
import fc from 'fast-check';
import t from 'tap';
import {
  type EnvoyPlan,
  type ExplicitPlacement,
  type Placement,
  planEnvoy,
  type ProxySnapshot,
  snapshotFor,
} from '../backends/envoy/index.ts';
import { keyOf, type Mesh } from '../model/index.ts';
import { check } from './support/check.ts';
import { everythingMesh } from './support/everything-mesh.ts';
import * as b from './support/mesh-builder.ts';
import { altered, edited, edits } from './support/mesh-edits.ts';
import { randomMesh } from './support/random-mesh.ts';
import { smallMesh } from './support/small-mesh.ts';

const redirect: Placement = { mode: 'redirect' };
const here = (port: number) => ({ address: '127.0.0.1', port });
const explicit = (app: number): ExplicitPlacement => ({
  mode: 'explicit',
  inbound: Object.fromEntries([8080, 8081, 8090, 13432].map((p) => [String(p), { bind: here(p), app: here(app + p) }])),
  outboundHttp: here(10),
  outboundTcp: Object.fromEntries(
    ['a.shop', 'b.shop', 'c.qa'].map((name, i) => [`${b.hostFor(name)}:90`, here(11 + i)] as const),
  ),
  gateway: { 80: here(30) },
  external: { 'api.example.com:443': here(app + 40) },
});
const placements = (): readonly Placement[] => [redirect, explicit(1), explicit(2)];

const text = (snapshot: ProxySnapshot | undefined) =>
  JSON.stringify(snapshot && { ...snapshot, origins: [...snapshot.origins] });

const targetsOf = (mesh: Mesh) =>
  mesh.workloads.flatMap((workload) => placements().map((placement) => ({ workload: keyOf(workload), placement })));

/** Plans one after the other, each made from the last, and each asked for only some of its targets at the time. */
function plansOf(meshes: readonly Mesh[], skipped: number): readonly EnvoyPlan[] {
  let plan: EnvoyPlan | undefined;
  return meshes.map((mesh, i) => {
    const next = planEnvoy(mesh, plan);
    for (const [k, target] of targetsOf(mesh).entries()) if ((k + i) % 5 !== skipped) snapshotFor(next, target);
    plan = next;
    return next;
  });
}

function comparePlans(plan: EnvoyPlan, fresh: EnvoyPlan, mesh: Mesh): void {
  for (const target of targetsOf(mesh)) {
    const [found, expected] = [plan, fresh].map((p) => text(snapshotFor(p, target)));
    if (found !== expected) throw new Error(`${target.workload} ${target.placement.mode}:\n${found}\n${expected}`);
  }
}

t.test('an incremental plan equals a fresh one', async () => {
  const start = fc.oneof(randomMesh, fc.constantFrom(everythingMesh(), smallMesh()));
  const steps = fc.array(edits, { minLength: 1, maxLength: 4 });
  check(
    fc.property(start, randomMesh, steps, fc.nat({ max: 4 }), (first, other, changes, skipped) => {
      const meshes = [first];
      for (const change of changes) meshes.push(edited(meshes.at(-1) ?? first, other, change));
      // As a revert does: what went away comes back.
      meshes.push(first);
      // Only now: plans must stay good when others have been made of them.
      for (const [i, plan] of plansOf(meshes, skipped).entries()) {
        const mesh = meshes[i] ?? first;
        comparePlans(plan, planEnvoy(mesh), mesh);
      }
    }),
    { numRuns: 150 },
  );
});

t.test('no proxy is told of tests and of what is passed through', async (t) => {
  const mesh = everythingMesh();
  const plan = planEnvoy(mesh);
  const before = targetsOf(mesh).map((target) => snapshotFor(plan, target));
  const other = altered(mesh, ['tests', 'passthrough']);
  t.not(other.tests[0], mesh.tests[0]);
  t.not(other.passthrough[0], mesh.passthrough[0]);
  const next = planEnvoy(other, plan);
  t.ok(targetsOf(other).every((target, i) => snapshotFor(next, target) === before[i]));
});

t.test('what a change does not touch stays the same object', async (t) => {
  const mesh = smallMesh();
  const route = (weight: number) =>
    b.route(b.forward([b.to('shoes.shop', 'v1', weight), b.to('shoes.shop', 'v2', 100 - weight)]), [], { name: 'r' });
  const withWeight = (weight: number) => ({ ...mesh, routeTables: [b.table('shoes.shop', [route(weight)])] });
  const plan = planEnvoy(withWeight(90));
  const of = (plan: EnvoyPlan, workload: string) => snapshotFor(plan, { workload, placement: redirect });
  const [caller, db] = [of(plan, 'shop/caller'), of(plan, 'shop/db')];
  const later = withWeight(80);
  const next = planEnvoy(later, plan);
  const laterCaller = of(next, 'shop/caller');
  t.not(caller, laterCaller, 'it routes to what changed');
  t.not(caller?.routes[0], laterCaller?.routes[0]);
  t.ok(caller?.listeners.every((listener, i) => listener === laterCaller?.listeners[i]));
  t.ok(caller?.clusters.every((cluster, i) => cluster === laterCaller?.clusters[i]));
  t.ok(db);
  t.equal(of(next, 'shop/db'), db, 'it has nothing to do with the change');
  const again = planEnvoy(structuredClone(later), next);
  t.equal(of(again, 'shop/caller'), laterCaller, 'of an equal mesh');
});
