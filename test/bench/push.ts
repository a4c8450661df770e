// What it takes to bring a change to a fleet: from publishing to the last ACK, who is touched, how many bytes.
import {
  type Compiler,
  createCompiler,
  type EnvoyPlan,
  keyOf,
  type Mesh,
  planEnvoy,
  snapshotFor,
  type SourceTree,
  spiffeId,
  type WorkloadInstance,
} from '../../compiler/index.ts';
import { ControlPlane, createMeshAuthorities, systemClock } from '../../runtime/index.ts';
import { type Fleet, startFleet } from './ads-fleet.ts';
import { type Bench, type BenchRow, cpuSeconds, percentile, timed } from './bench.ts';
import { changeOneRoute, generateTree } from './generate.ts';

const changes = 20;
const patienceMs = 120_000;

export const push: Bench = {
  name: 'push',
  title: 'Push: delta ADS over TLS to one client per service; every service is used by five others',
  async *run({ quick }): AsyncIterable<BenchRow> {
    for (const count of quick ? [20] : [100, 1000]) yield* measureFleet(count);
  },
};

async function* measureFleet(count: number): AsyncIterable<BenchRow> {
  const tree = generateTree(count);
  const compiler = createCompiler();
  const mesh = meshOf(compiler, tree);
  const authorities = await createMeshAuthorities({ trustDomain: mesh.settings.trustDomain, clock: systemClock });
  const plane = new ControlPlane({ authorities });
  const { port } = await plane.listen({ host: '127.0.0.1', port: 0 });
  const fleet = startFleet();
  try {
    const publish = publisherOf(plane);
    publish('first', mesh);
    plane.setInstances(instancesOf(mesh));
    const size = `${count.toLocaleString('en')} clients`;
    yield* connect(plane, fleet, mesh, port, authorities.controlPlane.trustBundle(), size);
    yield* changeRoutes(plane, publish, fleet, compiler, tree, count, size);
    yield* changeEndpoint(plane, fleet, mesh, size);
    yield* changeAll(plane, publish, fleet, compiler, tree, size);
  } finally {
    await fleet.stop();
    await plane.close();
  }
}

async function* connect(
  plane: ControlPlane,
  fleet: Fleet,
  mesh: Mesh,
  port: number,
  rootCertificates: string,
  size: string,
): AsyncIterable<BenchRow> {
  const clients = mesh.workloads.map((workload) => {
    const identity = spiffeId(mesh.settings.trustDomain, workload.namespace, workload.serviceAccount);
    const token = plane.tokens.issue({ identity, workload: keyOf(workload), lifetimeMs: 3_600_000 }).reveal();
    return { node: `${workload.name}-0`, workload: keyOf(workload), token };
  });
  const { seconds, value } = await cpuSeconds(async () => {
    const { ms } = await timed(async () => {
      await fleet.connect({ port, rootCertificates, clients });
      await acked(
        plane,
        'first',
        clients.map(({ node }) => node),
      );
    });
    return { ms, report: await fleet.untilQuiet(300) };
  });
  yield {
    what: `${size} connect: control-plane CPU`,
    value: seconds,
    unit: 'CPU s',
    note: `all acknowledged after ${Math.round(value.ms)} ms`,
  };
  yield {
    what: `${size} connect: resident memory`,
    value: process.memoryUsage().rss / 2 ** 20,
    unit: 'MB',
    note: 'of the process, the compiled mesh included',
  };
  yield {
    what: `${size} connect: bytes in all`,
    value: value.report.bytes / 1024,
    unit: 'KB',
    note: `${(value.report.bytes / clients.length / 1024).toFixed(1)} KB a client`,
  };
}

async function* changeRoutes(
  plane: ControlPlane,
  publish: Publish,
  fleet: Fleet,
  compiler: Compiler,
  tree: SourceTree,
  count: number,
  size: string,
): AsyncIterable<BenchRow> {
  const times: number[] = [];
  let touched = 0;
  let bytes = 0;
  for (let k = 0; k < changes; k++) {
    const mesh = meshOf(compiler, changeOneRoute(tree, Math.floor(count / 2), count, 10 + k));
    await fleet.report();
    const { ms } = await timed(async () => {
      publish(`route-${k}`, mesh);
      await acked(plane, `route-${k}`);
    });
    times.push(ms);
    const report = await fleet.untilQuiet(50);
    touched = Math.max(touched, report.touched);
    bytes = Math.max(bytes, report.bytes);
  }
  const note = `publish to last ACK, ${changes} changes`;
  yield { what: `${size}: one route's weights, median`, value: percentile(times, 0.5), unit: 'ms', note };
  yield { what: `${size}: one route's weights, p99`, value: percentile(times, 0.99), unit: 'ms', note };
  yield { what: `${size}: one route's weights, clients touched`, value: touched, unit: 'count' };
  yield {
    what: `${size}: one route's weights, bytes a client`,
    value: touched === 0 ? 0 : bytes / touched,
    unit: 'bytes',
  };
}

async function* changeEndpoint(plane: ControlPlane, fleet: Fleet, mesh: Mesh, size: string): AsyncIterable<BenchRow> {
  const instances = instancesOf(mesh);
  const moved = instances.map((instance, i) => (i === 0 ? { ...instance, address: '10.255.255.1' } : instance));
  await fleet.report();
  const start = performance.timeOrigin + performance.now();
  plane.setInstances(moved);
  const report = await fleet.untilQuiet(100);
  yield { what: `${size}: one endpoint, to the last client`, value: report.lastAtMs - start, unit: 'ms' };
  yield { what: `${size}: one endpoint, clients touched`, value: report.touched, unit: 'count' };
}

async function* changeAll(
  plane: ControlPlane,
  publish: Publish,
  fleet: Fleet,
  compiler: Compiler,
  tree: SourceTree,
  size: string,
): AsyncIterable<BenchRow> {
  const files = tree.files.map((file) => ({ ...file, text: file.text.replace('timeout: 3s', 'timeout: 4s') }));
  const mesh = meshOf(compiler, { ...tree, files });
  await fleet.report();
  const { ms } = await timed(async () => {
    publish('all', mesh);
    await acked(plane, 'all');
  });
  const report = await fleet.untilQuiet(200);
  yield { what: `${size}: every route changed, to last ACK`, value: ms, unit: 'ms' };
  yield { what: `${size}: every route changed, bytes in all`, value: report.bytes / 1024, unit: 'KB' };
}

async function acked(plane: ControlPlane, commit: string, nodes: readonly string[] = []): Promise<void> {
  const { outcome } = await plane.ledger.waitFor(commit, { timeoutMs: patienceMs, nodes });
  if (outcome !== 'acked') throw new Error(`publication ${commit} came out ${outcome}`);
}

function meshOf(compiler: Compiler, tree: SourceTree): Mesh {
  const { mesh, diagnostics } = compiler.compile(tree);
  if (!mesh) throw new Error(diagnostics[0]?.message ?? 'no mesh');
  return mesh;
}

type Publish = (commit: string, mesh: Mesh) => void;

/** Each plan is made from the one before, as a deployer does. */
function publisherOf(plane: ControlPlane): Publish {
  let plan: EnvoyPlan | undefined;
  return (commit, mesh) => {
    const next = planEnvoy(mesh, plan);
    plan = next;
    plane.publish({ commit, snapshotFor: (target) => snapshotFor(next, target) });
  };
}

/** Two instances a service, one of each version. */
function instancesOf(mesh: Mesh): WorkloadInstance[] {
  return mesh.workloads.flatMap((workload, i) =>
    ['v1', 'v2'].map((version, k) => ({
      name: `${workload.name}-${version}`,
      namespace: workload.namespace,
      labels: { ...workload.labels, version },
      serviceAccount: workload.serviceAccount,
      address: `10.${k}.${Math.floor(i / 250)}.${(i % 250) + 1}`,
      ports: {},
      healthy: true,
    })),
  );
}
