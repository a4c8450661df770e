// Memory of one real Envoy as the mesh around it grows: scoped by `uses`, and by contrast for a service that uses everything.
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { compile, keyOf, type Mesh, planEnvoy, snapshotFor, type SourceTree, spiffeId } from '../../compiler/index.ts';
import { ControlPlane, createMeshAuthorities, envoyBootstrap, systemClock } from '../../runtime/index.ts';
import type { Bench, BenchRow } from './bench.ts';
import { generateTree, nameOf } from './generate.ts';
import { freePort } from '../support/free-ports.ts';

export const sidecarMemory: Bench = {
  name: 'sidecar-memory',
  title: 'Sidecar memory: one real Envoy, idle, configured over delta ADS',
  async *run({ quick }): AsyncIterable<BenchRow> {
    const envoy = findEnvoy();
    if (envoy === undefined) {
      yield { what: 'left out: Envoy is not installed (make tools)', value: 0, unit: 'count' };
      return;
    }
    for (const count of quick ? [50] : [50, 200, 500, 1000]) {
      for (const isScoped of [true, false]) {
        const { allocatedMb, rssMb, configKb } = await measure(envoy, count, isScoped);
        const what = `${count.toLocaleString('en')} services, ${isScoped ? 'scoped by uses' : 'unscoped (uses everything)'}`;
        yield {
          what: `${what}: allocated`,
          value: allocatedMb,
          unit: 'MB',
          note: `${configKb.toFixed(0)} KB of configuration sent`,
        };
        yield { what: `${what}: anonymous RSS`, value: rssMb, unit: 'MB' };
      }
    }
  },
};

async function measure(
  envoy: string,
  count: number,
  isScoped: boolean,
): Promise<{ allocatedMb: number; rssMb: number; configKb: number }> {
  const { mesh, diagnostics } = compile(isScoped ? generateTree(count) : unscoped(generateTree(count), count));
  if (!mesh) throw new Error(diagnostics[0]?.message ?? 'no mesh');
  const { namespace, name } = nameOf(0);
  const workload = `${namespace}/${name}`;
  const plan = planEnvoy(mesh);
  const authorities = await createMeshAuthorities({ trustDomain: mesh.settings.trustDomain, clock: systemClock });
  const plane = new ControlPlane({ authorities });
  let bytes = 0;
  plane.events.on('sent', (_session, _response, size) => (bytes += size));
  const { port } = await plane.listen({ host: '127.0.0.1', port: 0 });
  plane.publish({ commit: 'bench', snapshotFor: (target) => snapshotFor(plan, target) });
  plane.setInstances(mesh.workloads.map((w, i) => instanceOf(w, i)));
  const admin = await freePort();
  const folder = mkdtempSync(join(tmpdir(), 'fairlead-bench-'));
  let child: ChildProcess | undefined;
  try {
    const bootstrap = envoyBootstrap({
      nodeId: `${name}-0`,
      workload,
      controlPlane: { address: '127.0.0.1', port },
      rootCertificatesPem: authorities.controlPlane.trustBundle(),
      token: plane.tokens.issue({ identity: identityOf(mesh, workload), workload, lifetimeMs: 3_600_000 }),
      admin: { address: '127.0.0.1', port: admin },
    });
    writeFileSync(join(folder, 'bootstrap.json'), JSON.stringify(bootstrap), { mode: 0o600 });
    child = spawn(
      envoy,
      ['-c', join(folder, 'bootstrap.json'), '--concurrency', '2', '--use-dynamic-base-id', '-l', 'error'],
      { stdio: 'ignore' },
    );
    await until(
      async () => (await plane.ledger.waitFor('bench', { timeoutMs: 500, nodes: [`${name}-0`] })).outcome === 'acked',
    );
    await new Promise((resolve) => setTimeout(resolve, 2000));
    const memory = JSON.parse(await get(admin, '/memory')) as { allocated: string };
    return {
      allocatedMb: Number(memory.allocated) / 2 ** 20,
      rssMb: anonymousRssMb(child.pid ?? 0),
      configKb: bytes / 1024,
    };
  } finally {
    child?.kill('SIGKILL');
    await plane.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The first service uses every other one: what a mesh without scoping sends to every sidecar. */
function unscoped(tree: SourceTree, count: number): SourceTree {
  const { namespace, name } = nameOf(0);
  const all = Array.from({ length: count - 1 }, (_, i) => nameOf(i + 1)).map((s) => `${s.namespace}/${s.name}`);
  return {
    ...tree,
    files: tree.files.map((file) =>
      file.path === `${namespace}/${name}.yaml`
        ? { ...file, text: file.text.replace(/uses: \[.*\]/, `uses: [${all.join(', ')}]`) }
        : file,
    ),
  };
}

function instanceOf(workload: Mesh['workloads'][number], index: number) {
  const { name, namespace, labels, serviceAccount } = workload;
  return {
    name,
    namespace,
    labels: { ...labels, version: 'v1' },
    serviceAccount,
    address: `10.0.${Math.floor(index / 250)}.${(index % 250) + 1}`,
    ports: {},
    healthy: true,
  };
}

function identityOf(mesh: Mesh, workload: string): string {
  const found = mesh.workloads.find((w) => keyOf(w) === workload);
  return spiffeId(mesh.settings.trustDomain, found?.namespace ?? '', found?.serviceAccount ?? '');
}

/** What the process holds for itself, without the binary's own pages. Linux only. */
function anonymousRssMb(pid: number): number {
  const [, kb] = /^RssAnon:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
  return Number(kb ?? 0) / 1024;
}

function findEnvoy(): string | undefined {
  const cache = process.env.FAIRLEAD_TOOLS ?? join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'fairlead');
  return ['envoy', join(cache, 'envoy-1.40.0/bin/envoy')].find(
    (command) => spawnSync(command, ['--version']).status === 0,
  );
}

async function until(condition: () => Promise<boolean>): Promise<void> {
  const deadline = performance.now() + 60_000;
  while (!(await condition())) {
    if (performance.now() > deadline) throw new Error('Envoy was not configured within a minute');
  }
}

function get(port: number, path: string): Promise<string> {
  return new Promise((resolve, reject) => {
    http
      .get({ host: '127.0.0.1', port, path }, (response) => {
        let text = '';
        response.on('data', (chunk: Buffer) => (text += chunk));
        response.on('end', () => resolve(text));
      })
      .on('error', reject);
  });
}
