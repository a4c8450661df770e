// Embedded proxy, real Envoy and the static verdict agree on every request that a mesh gives reason to ask:
// status, who answers, what the application receives, and what comes back.
// FAIRLEAD_CONFORMANCE=all asks all requests of the goldens too; FAIRLEAD_CONFORMANCE_ONLY=shop only those of meshes with that name;
// FAIRLEAD_CONFORMANCE_RANDOM=50 tries that many random meshes, from FAIRLEAD_SEED.
import t, { type Test } from 'tap';
import type { Mesh } from '../compiler/index.ts';
import { skipWithoutEnvoy } from '../compiler/test/support/envoy.ts';
import { type Comparison, compareMesh, renderComparison } from './conformance/compare-mesh.ts';
import { differenceByDesign } from './conformance/differences.ts';
import {
  corners,
  cornersInModel,
  goldenMeshes,
  languagePage,
  type MeshUnderTest,
  randomMeshes,
  shop,
} from './conformance/meshes.ts';
import { requestsFor } from './conformance/requests.ts';
import { type ProxyKind, runMesh, type RunningMesh } from './conformance/running-mesh.ts';
import { isRefuted, wrongMeshes } from './conformance/wrong-meshes.ts';

const isComplete = process.env.FAIRLEAD_CONFORMANCE === 'all';
const randomCount = Number(process.env.FAIRLEAD_CONFORMANCE_RANDOM ?? 2);
const randomSeed = Number(process.env.FAIRLEAD_SEED ?? 3);
const only = process.env.FAIRLEAD_CONFORMANCE_ONLY ?? '';
const kinds: readonly ProxyKind[] = skipWithoutEnvoy === false ? ['embedded', 'envoy'] : ['embedded'];
const shownAtMost = 10;

/** Of a golden; the larger meshes are asked everything. */
const goldenLimit = 70;

interface Case extends MeshUnderTest {
  readonly limit: number;
}

const cases: readonly Case[] = [
  ...[shop(), corners(), corners('corners-shared'), languagePage()].map((large) => ({
    ...large,
    limit: Number.POSITIVE_INFINITY,
  })),
  { ...cornersInModel(), limit: 300 },
  ...randomMeshes(randomCount, randomSeed).map((random) => ({ ...random, limit: 300 })),
  ...goldenMeshes().map((golden) => ({ ...golden, limit: isComplete ? Number.POSITIVE_INFINITY : goldenLimit })),
];

t.setTimeout(300_000);

t.test('with real Envoy', { skip: skipWithoutEnvoy }, async () => {});

t.test('three agree', { timeout: 290_000 }, async (t) => {
  // Proxies and clocks keep no process alive by themselves.
  const alive = setInterval(() => {}, 1_000);
  t.teardown(() => clearInterval(alive));
  let asked = 0;
  for (const one of cases.filter(({ name }) => name.includes(only))) {
    await t.test(one.name, async (t) => {
      asked += (await agree(t, one)).length;
    });
  }
  t.comment(`${asked} requests asked of ${kinds.join(' and ')} and of the verdict`);
  if (only === '') t.ok(asked >= 300, 'at least 300 requests');
});

async function agree(t: Test, { name, mesh, limit }: Case): Promise<readonly Comparison[]> {
  const started = await Promise.allSettled(kinds.map((kind) => runMesh(mesh, kind)));
  const running = started.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
  t.teardown(() => Promise.all(running.map((one) => one.close())));
  for (const result of started) if (result.status === 'rejected') throw result.reason;
  const able = running.filter((one) => isConfigured(t, one));
  const compared = await compareMesh(able, mesh, requestsFor(mesh, limit));
  report(t, compared);
  if (name === 'corners') await noticesWrongVerdicts(t, mesh, compared);
  return compared;
}

/** HTTP/2 is what the embedded proxy may refuse; then Envoy alone is asked. */
function isConfigured(t: Test, { kind, refusals }: RunningMesh): boolean {
  const beyond = refusals.filter(({ message }) => kind === 'embedded' && message.includes('http2ProtocolOptions'));
  t.same(
    refusals.filter((refusal) => !beyond.includes(refusal)).map(({ message }) => message),
    [],
    `${kind} takes its configuration`,
  );
  if (beyond.length > 0) t.comment('the embedded proxy refuses HTTP/2, as it says: not asked');
  return beyond.length === 0;
}

function report(t: Test, compared: readonly Comparison[]): void {
  const wrong = compared.filter((row) => row.differences.length > 0 && differenceByDesign(row) === undefined);
  for (const row of wrong.slice(0, shownAtMost)) {
    const [request = '', ...lines] = renderComparison(row).split('\n');
    t.fail(request, { lines, at: null, stack: '' });
  }
  t.equal(wrong.length, 0, `${compared.length} requests`);
}

/** The comparison itself is tested: verdicts about a mesh that differs in one respect must not pass. */
async function noticesWrongVerdicts(t: Test, mesh: Mesh, compared: readonly Comparison[]): Promise<void> {
  for (const { what, wrong } of wrongMeshes(mesh)) {
    t.ok(
      compared.some((comparison) => isRefuted(wrong, comparison)),
      `a verdict is refuted if ${what}`,
    );
  }
}
