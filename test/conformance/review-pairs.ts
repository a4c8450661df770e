// Two proofs of the review over random pairs of meshes, of any length: no request fares differently without a row, and what a row says
// shows on two meshes of real Envoys.
import fc from 'fast-check';
import { type Mesh, reviewMeshes } from '../../compiler/index.ts';
import { randomCall } from '../../compiler/test/support/random-call.ts';
import { flipsOf, meshPair } from '../../compiler/test/support/review-flips.ts';
import { replay } from './replay.ts';
import type { Family } from './review-families.ts';
import { type ProxyKind, runMesh } from './running-mesh.ts';

export interface PairResult {
  readonly name: string;
  /** Rows replayed, or requests that fare differently. */
  readonly checked: number;
  readonly failures: readonly string[];
}

/** By the verdicts of single requests alone. */
export function* flips(pairs: number, callsEach: number, seed: number): Generator<PairResult> {
  for (let i = 0; i < pairs; i++) {
    const [[base, head]] = fc.sample(meshPair, { numRuns: 1, seed: seed + i }) as [[Mesh, Mesh]];
    const calls = fc.sample(randomCall, { numRuns: callsEach, seed: seed + i });
    const { changed, missed } = flipsOf(base, head, calls);
    const failures = missed.map(
      ({ from, request }) => `no row: ${from} ${request.method} ${request.host}:${request.port}${request.path}`,
    );
    yield { name: `pair ${seed + i}`, checked: changed, failures };
  }
}

/** One result for each change of the family's mesh. */
export async function* replays({ name, base, heads }: Family, kind: ProxyKind): AsyncGenerator<PairResult> {
  const before = await runMesh(base, kind);
  try {
    for (const [i, head] of heads.entries()) {
      const witnesses = reviewMeshes(base, head).rows.flatMap(({ title, witness }) =>
        witness ? [{ title, witness }] : [],
      );
      const failures: string[] = [];
      if (witnesses.length > 0) {
        const after = await runMesh(head, kind);
        try {
          for (const { title, witness } of witnesses) {
            const problems = await replay({ before, after }, witness);
            failures.push(...problems.map((problem) => `${title}: ${witness.text}: ${problem}`));
          }
        } finally {
          await after.close();
        }
      }
      yield { name: `${name}, change ${i}`, checked: witnesses.length, failures };
    }
  } finally {
    await before.close();
  }
}
