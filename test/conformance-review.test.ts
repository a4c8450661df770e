// What a review says of a change is what proxies then do: every row's witness is sent to a mesh that runs the base and to one that
// runs the head. Each must answer as the row's verdict of that side says, and the two must not answer alike.
import t, { type Test } from 'tap';
import { callIn, decide, indexMesh, reviewMeshes, type Verdict, type Witness } from '../compiler/index.ts';
import { skipWithoutEnvoy } from '../compiler/test/support/envoy.ts';
import { delayHeader } from './conformance/applications.ts';
import { ask, type Observation, type PlannedRequest } from './conformance/ask.ts';
import { againstVerdict } from './conformance/compare.ts';
import { type ProxyKind, runMesh, type RunningMesh } from './conformance/running-mesh.ts';
import { changedShop, shopChanges, shopMesh } from './conformance/shop-changes.ts';

t.setTimeout(300_000);

const base = shopMesh();

t.test('with embedded proxies', (t) => replayAll(t, 'embedded'));
t.test('with real Envoy', { skip: skipWithoutEnvoy }, (t) => replayAll(t, 'envoy'));

async function replayAll(t: Test, kind: ProxyKind): Promise<void> {
  const before = await runMesh(base, kind);
  t.teardown(() => before.close());
  for (const change of shopChanges) {
    await t.test(change.what, async (t) => {
      const head = changedShop(change);
      const { rows } = reviewMeshes(base, head);
      const found = rows.map((row) => `${row.kind} ${row.effect}`);
      for (const row of change.rows) t.ok(found.includes(row), `a row "${row}" among: ${found.join(', ')}`);
      if (change.rows.length === 0) t.same(found, [], 'no row');
      const witnesses = rows.flatMap(({ title, witness }) => (witness ? [{ title, witness }] : []));
      if (witnesses.length === 0) return;
      const after = await runMesh(head, kind);
      t.teardown(() => after.close());
      for (const { title, witness } of witnesses)
        await replay(t, `${title}: ${witness.text}`, { before, after, witness });
    });
  }
}

interface Sides {
  readonly before: RunningMesh;
  readonly after: RunningMesh;
  readonly witness: Witness;
}

async function replay(t: Test, name: string, { before, after, witness }: Sides): Promise<void> {
  const [was, is] = [plannedFor('base', witness), plannedFor('head', witness)];
  // A review is about pods; here each proxy is an HTTP proxy that does not see the address that was dialled.
  const verdictIn = ({ mesh }: RunningMesh, { call }: PlannedRequest) =>
    decide(indexMesh(mesh), call, { placement: 'explicit' });
  const left = await answersOf(t, before, was, verdictIn(before, was));
  const right = await answersOf(t, after, is, verdictIn(after, is));
  if (isTooSlow(witness)) t.pass(`${name}: takes too long to tell apart`);
  else t.notSame(left, right, `${name}: not alike under base and head`);
}

/** What differs in its timeouts only, is told apart by an application that takes longer than the shorter one. */
function plannedFor(side: 'base' | 'head', witness: Witness): PlannedRequest {
  const call = callIn(side, witness);
  const { timeoutMs: a } = witness.base;
  const { timeoutMs: b } = witness.head;
  const shorter = shorterOf(a, b);
  if (shorter === 0 || shorter > slowestMs) return { call, why: 'witness' };
  const headers = { ...call.request.headers, [delayHeader]: String(shorter + 500) };
  return { call: { ...call, request: { ...call.request, headers } }, why: 'witness' };
}

const slowestMs = 1_000;

/** 0 where both are the same. */
function shorterOf(a = 0, b = 0): number {
  if (a === b) return 0;
  return Math.min(a === 0 ? b : a, b === 0 ? a : b);
}

function isTooSlow({ base: left, head: right }: Witness): boolean {
  return shorterOf(left.timeoutMs, right.timeoutMs) > slowestMs && left.shares[0]?.host === right.shares[0]?.host;
}

/** So many that a share of a tenth is met all but surely. */
const drawsFromSplit = 60;

/** Everything a caller or application could notice; for a split, all that was noticed in many tries. */
async function answersOf(
  t: Test,
  running: RunningMesh,
  planned: PlannedRequest,
  verdict: Verdict,
): Promise<readonly string[]> {
  const answers = new Set<string>();
  for (let i = 0; i < (verdict.shares.length > 1 ? drawsFromSplit : 1); i++) {
    const answer = await ask(running, planned);
    if (!answer) {
      t.fail(`nobody can send the witness of ${planned.call.from}`);
      break;
    }
    t.same(againstVerdict(running.mesh, planned, verdict, answer), [], 'as the verdict of its side');
    answers.add(JSON.stringify(noticed(answer)));
  }
  return [...answers].sort();
}

function noticed({ status, body, headers, seen }: Observation): object {
  const { location, 'x-served-by': servedBy } = headers;
  const received = seen?.headers.filter(([name]) => !/^(x-request-id|x-forwarded-|date$)/.test(name)).toSorted();
  return { status, location, servedBy, ...(seen ? { instance: seen.instance, path: seen.path, received } : { body }) };
}
