// `make review-long`: the review against itself and against real Envoys, over many random pairs of meshes. Closes with
// `N passed, N failed`; a pair is one or the other. FAIRLEAD_REVIEW_SEED starts elsewhere, FAIRLEAD_REVIEW_PAIRS asks for fewer.
import { families } from './conformance/review-families.ts';
import { flips, type PairResult, replays } from './conformance/review-pairs.ts';

const seed = Number(process.env.FAIRLEAD_REVIEW_SEED ?? 1);
const pairs = Number(process.env.FAIRLEAD_REVIEW_PAIRS ?? 500);
/** A mesh that runs is compared with several changes of it. */
const headsEach = 5;
const callsEach = 300;

let [passed, failed, checked] = [0, 0, 0];

function count({ name, checked: some, failures }: PairResult): void {
  checked += some;
  if (failures.length === 0) passed += 1;
  else failed += 1;
  for (const failure of failures) console.log(`FAIL ${name}: ${failure}`);
}

for (const result of flips(2 * pairs, callsEach, seed)) count(result);
console.log(
  `${2 * pairs} pairs, ${2 * pairs * callsEach} requests: ${checked} fare differently, ${failed} pairs miss some`,
);

checked = 0;
for (const [i, family] of families(Math.ceil(pairs / headsEach), headsEach, seed).entries()) {
  try {
    for await (const result of replays(family, 'envoy')) count(result);
  } catch (error) {
    count({ name: family.name, checked: 0, failures: [String(error)] });
  }
  if (i % 10 === 9) console.log(`${(i + 1) * headsEach} pairs replayed on Envoy, ${checked} rows, ${failed} failed`);
}
console.log(`${checked} rows replayed`);
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
