// The same intent under real istiod and under us: every request as the verdict says, and alike. `make test-istio` runs it.
// node test/istio/main.ts [part of a name…] runs the meshes with such a name. FAIRLEAD_ISTIO_RANDOM=40 random meshes, from FAIRLEAD_SEED.
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createCertificateAuthority, createMeshAuthorities } from '../../runtime/index.ts';
import type { Observation } from '../conformance/ask.ts';
import { compare } from './compare.ts';
import { examine, startIstiod } from './istiod.ts';
import { isExpectedFinding } from './findings.ts';
import { Kube, type KubeObject } from './kube.ts';
import { kubernetesObjects, namespacesOf } from './kubernetes-objects.ts';
import { allCases, type Case } from './meshes.ts';
import { Network } from './network.ts';
import { findParts, type Parts } from './parts.ts';
import { planMesh, type Plan } from './plan.ts';
import { requestsHere } from './requests.ts';
import { wireFailures } from './wire.ts';
import { type Control, keyPair, RunningPlan, type Surroundings } from './running.ts';

const random = { count: Number(process.env.FAIRLEAD_ISTIO_RANDOM ?? 40), seed: Number(process.env.FAIRLEAD_SEED ?? 3) };
const wanted = process.argv.slice(2);
const cases = allCases(random).filter(({ name }) => wanted.length === 0 || wanted.some((part) => name.includes(part)));
const shownAtMost = 5;

const parts = findParts();
if (typeof parts === 'string') {
  console.log(`skipped: ${parts} (${cases.length})`);
} else if (process.env.FAIRLEAD_ISTIO_HUB === undefined) {
  process.exitCode = inNetwork();
} else {
  process.exitCode = (await runAll(parts, new Network(process.env.FAIRLEAD_ISTIO_HUB))) === 0 ? 0 : 1;
  process.exit();
}

/** The control planes stand in the hub, and so does this process. */
function inNetwork(): number {
  Network.removeLeftBehind();
  const tag = Network.tagOf(process.pid);
  const network = new Network(tag);
  try {
    network.create(Math.max(...cases.map(({ mesh }) => planMesh(mesh).pods.length)));
    const [command, ...args] = network.within(
      'hub',
      process.execPath,
      ...process.execArgv,
      import.meta.filename,
      ...wanted,
    );
    const done = spawnSync(command, args, { stdio: 'inherit', env: { ...process.env, FAIRLEAD_ISTIO_HUB: tag } });
    return done.status ?? 1;
  } finally {
    network.remove();
  }
}

async function runAll(built: Parts, network: Network): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), 'fairlead-istio-'));
  chmodSync(folder, 0o755);
  const counts = { passed: 0, failed: 0 };
  const known = new Map<string, number>();
  try {
    const kube = await Kube.start(built, folder);
    const outsideAuthority = await createCertificateAuthority({ trustDomain: 'outside.test', purpose: 'gateways' });
    for (const one of cases) {
      const result = await runOne(built, { network, kube, folder, outsideAuthority }, one).catch((error: Error) => ({
        asked: 0,
        failures: [error.message],
        known: new Map<string, number>(),
      }));
      counts.passed += result.asked - Math.min(result.asked, result.failures.length);
      counts.failed += result.failures.length;
      for (const [title, count] of result.known) known.set(title, (known.get(title) ?? 0) + count);
      console.log(`${result.failures.length === 0 ? 'ok  ' : 'FAIL'} ${one.name} (${result.asked} requests)`);
      for (const failure of result.failures.slice(0, shownAtMost)) console.log(failure.replaceAll(/^/gm, '     '));
    }
    await kube.stop();
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  for (const [title, count] of known) console.log(`by design, docs/differences.md: ${title} (${count})`);
  console.log(`${counts.passed} passed, ${counts.failed} failed`);
  return counts.failed;
}

async function runOne(built: Parts, shared: Omit<Surroundings, 'envoy' | 'authorities'>, { mesh, limit }: Case) {
  const plan = planMesh(mesh);
  const { kube, folder } = shared;
  // What the back end refuses is not published, so there is nothing to compare.
  if (plan.refused.length > 0) return { asked: 0, failures: [], known: new Map<string, number>() };
  const authorities = await createMeshAuthorities({ trustDomain: mesh.settings.trustDomain });
  const around: Surroundings = { ...shared, envoy: built.envoy, authorities };
  await kube.wipe();
  const failures = [...(await publish(kube, plan, around))];
  const requests = requestsHere(mesh, limit);
  const istiod = await startIstiod(built, kube, mesh, folder);
  const found = await examine(built, kube, plan, folder);
  failures.push(...found.filter((finding) => !isExpectedFinding(finding, plan)));
  const observed = {} as Record<Control, ReadonlyMap<number, Observation>>;
  try {
    for (const control of ['istiod', 'fairlead'] as const) {
      const running = await RunningPlan.start(around, plan, control);
      try {
        observed[control] = await running.ask(requests);
        failures.push(...(await wireFailures(plan, running, control)));
      } finally {
        await running.close();
      }
      failures.push(...running.refusals().map((line) => `${control}: refused by ${line}`));
    }
  } finally {
    await istiod.stop();
  }
  const compared = compare(plan, requests, observed);
  return { ...compared, failures: [...failures, ...compared.failures] };
}

/** What the API server refuses. */
async function publish(kube: Kube, plan: Plan, { outsideAuthority }: Surroundings): Promise<readonly string[]> {
  for (const name of namespacesOf(plan)) await kube.namespace(name);
  const certificate = await keyPair(outsideAuthority, { dnsNames: ['*.example.com', '*.com', '*.internal'] });
  for (const { object, status } of kubernetesObjects(plan, certificate)) {
    await kube.ensure(object);
    if (status) await kube.setStatus(object, status);
  }
  const refused: string[] = [];
  for (const object of plan.objects) {
    const { status, body } = await kube.create(object as unknown as KubeObject);
    if (status >= 300) refused.push(`${object.kind} ${object.metadata.name}: ${body.message}`);
  }
  return refused;
}
