// `make conformance-long`: many random meshes at the edges, each asked many random requests: the verdict, real Envoy and the embedded proxy.
// Closes with `N passed, N failed`, of requests. A disagreement names its mesh's seed: FAIRLEAD_CONFORMANCE_SEED=… shows it again
// with FAIRLEAD_CONFORMANCE_REQUESTS of at most one mesh.
import { edgeRound } from './conformance/edge-round.ts';

const firstSeed = Number(process.env.FAIRLEAD_CONFORMANCE_SEED ?? 1);
const requests = Number(process.env.FAIRLEAD_CONFORMANCE_REQUESTS ?? 50_000);
const requestsEach = 1_000;
const shownAtMost = 5;

let [passed, failed] = [0, 0];
const byDesign = new Map<string, number>();
// Proxies and clocks keep no process alive by themselves.
const alive = setInterval(() => {}, 1_000);
for (let seed = firstSeed; passed + failed < requests; seed++) {
  // Some of those drawn have no caller, so that a few more are drawn than are left.
  const count = Math.min(requestsEach, requests - passed - failed + 10);
  const { asked, failures, known } = await edgeRound(seed, count, ['embedded', 'envoy']);
  failed += failures.length;
  passed += Math.max(0, asked - failures.length);
  for (const [title, times] of known) byDesign.set(title, (byDesign.get(title) ?? 0) + times);
  const isQuiet = failures.length === 0;
  console.log(`${isQuiet ? 'ok  ' : 'FAIL'} seed ${seed}: ${asked} requests, ${failures.length} disagree`);
  for (const failure of failures.slice(0, shownAtMost)) console.log(failure.replaceAll(/^/gm, '     '));
}
clearInterval(alive);
for (const [title, times] of byDesign) console.log(`by design, docs/differences.md: ${title} (${times})`);
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
