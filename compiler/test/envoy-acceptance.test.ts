// Real Envoy must take every resource we make, in both placements, without a refusal and without a deprecation warning.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { checkSnapshot, type Placement, planEnvoy, type ProxySnapshot, snapshotFor } from '../backends/envoy/index.ts';
import { keyOf, loadMesh, type Mesh } from '../model/index.ts';
import { compile } from '../pipeline.ts';
import { loadDirectory } from '../source/index.ts';
import { encodeResource, typeUrls } from '../xds.ts';
import { serveAds } from './support/ads.ts';
import { eventually, freePorts, skipWithoutEnvoy, startEnvoy } from './support/envoy.ts';
import { goldenCases } from './support/golden.ts';
import { placementFor } from './support/placements.ts';
import { everythingMesh } from './support/everything-mesh.ts';
import { shopMesh } from './support/shop-mesh.ts';
import { resourcesOf, testAuthority } from './support/snapshot-resources.ts';

const authority = await testAuthority();
const golden = goldenMeshes();
const meshes: Readonly<Record<string, Mesh>> = {
  shop: shopMesh(),
  everything: everythingMesh(),
  ...example(),
  ...golden,
};

for (const [name, mesh] of Object.entries(meshes)) {
  const plan = planEnvoy(mesh);
  const targets = mesh.workloads.filter((w) => w.proxy !== 'none').map(keyOf);
  for (const mode of ['explicit', 'redirect'] as const) {
    t.test(`${name}, ${mode}: encodes strictly and is closed`, async (t) => {
      for (const workload of targets) {
        const placement = mode === 'explicit' ? await placementFor(mesh, workload) : { mode };
        const snapshot = snapshotFor(plan, { workload, placement });
        if (!snapshot) return t.fail(`no snapshot for ${workload}`);
        t.same(checkSnapshot(snapshot), [], workload);
        encodeAll(snapshot);
      }
    });
    // The golden cases are many and small: the placement of their files is enough.
    if (mode === 'explicit' && name in golden) continue;
    t.test(`${name}, ${mode}: Envoy accepts`, { skip: skipWithoutEnvoy }, async (t) => {
      for (const workload of targets) await accepts(t, mesh, workload, mode);
    });
  }
}

function example(): Record<string, Mesh> {
  const { mesh } = compile(loadDirectory(join(import.meta.dirname, '../../examples/shop/intent')));
  return mesh ? { example: mesh } : {};
}

function goldenMeshes(): Record<string, Mesh> {
  const models = goldenCases().map(({ name, folder }) => ({ name, path: join(folder, 'model.yaml') }));
  return Object.fromEntries(
    models.filter(({ path }) => existsSync(path)).map(({ name, path }) => [name, loadMesh(readFileSync(path, 'utf8'))]),
  );
}

// Many golden cases have a service or two that say nothing of their own: once is enough.
const seen = new Set<string>();

function isRepetition({ workload, listeners, routes, clusters }: ProxySnapshot): boolean {
  const text = JSON.stringify([listeners, routes, clusters]).replaceAll(workload, 'WORKLOAD');
  const isKnown = seen.has(text);
  seen.add(text);
  return isKnown;
}

async function accepts(t: Test, mesh: Mesh, workload: string, mode: Placement['mode']): Promise<void> {
  const placement = mode === 'explicit' ? await placementFor(mesh, workload) : { mode };
  const snapshot = snapshotFor(planEnvoy(mesh), { workload, placement });
  if (!snapshot) throw new Error(`no snapshot for ${workload}`);
  if (isRepetition(snapshot)) return;
  const resources = await resourcesOf(snapshot, [], authority);
  const movable = mode === 'redirect' ? await onFreePorts(resources) : resources;
  const ads = await serveAds(() => movable);
  const envoy = await startEnvoy(workload, ads.port);
  try {
    await eventually(async () => {
      const stats = await envoy.admin('/stats?filter=^listener_manager.workers_started$|update_rejected');
      return ads.refusals.length > 0 || /workers_started: 1/.test(stats);
    }, `the listeners of ${workload}`);
    const stats = await envoy.admin('/stats?filter=update_rejected|lds.update_success|total_listeners_active');
    t.same(ads.refusals, [], `${workload}: no refusal`);
    t.match(stats, new RegExp(`total_listeners_active: ${snapshot.listeners.length}\\b`), `${workload}: listeners`);
    t.notMatch(envoy.output(), /deprecat/i, `${workload}: no deprecation warning`);
  } finally {
    await envoy.stop();
    ads.stop();
  }
}

/** The two bound listeners and those of gateways must not fight over ports with whatever else runs on the machine. */
async function onFreePorts(resources: Awaited<ReturnType<typeof resourcesOf>>) {
  const ports = await freePorts(20);
  const listeners = Object.entries(resources[typeUrls.listener] ?? {}).map(([name, listener]) => {
    if ('bindToPort' in listener) return [name, listener] as const;
    return [
      name,
      { ...listener, address: { socketAddress: { address: '127.0.0.1', portValue: ports.pop() ?? 0 } } },
    ] as const;
  });
  return { ...resources, [typeUrls.listener]: Object.fromEntries(listeners) };
}

function encodeAll(snapshot: ProxySnapshot): void {
  for (const listener of snapshot.listeners) encodeResource(typeUrls.listener, listener);
  for (const route of snapshot.routes) encodeResource(typeUrls.route, route);
  for (const cluster of snapshot.clusters) encodeResource(typeUrls.cluster, cluster);
}
