// The review against brute force on random meshes: nothing missed, nothing invented, every witness real.
import fc from 'fast-check';
import t from 'tap';
import { contentKey } from '../analysis/index.ts';
import type { Mesh } from '../model/index.ts';
import { reviewMeshes } from '../review/index.ts';
import { check } from './support/check.ts';
import { randomCall } from './support/random-call.ts';
import { randomMesh } from './support/random-mesh.ts';
import { differs, flipsOf, meshPair } from './support/review-flips.ts';

t.test('no changed request is missed', async (t) => {
  let changed = 0;
  check(
    fc.property(meshPair, fc.array(randomCall, { minLength: 12, maxLength: 12 }), ([base, head], calls) => {
      const found = flipsOf(base, head, calls);
      changed += found.changed;
      const [missed] = found.missed;
      if (missed)
        throw new Error(JSON.stringify([missed, found.rows.map((r) => [r.title, r.callers, r.destinations])]));
    }),
    { numRuns: 150, seed: 5 },
  );
  t.ok(changed > 200, `${changed} changed requests`);
});

t.test('equal meshes, written otherwise, have no rows', async () => {
  check(
    fc.property(randomMesh, (mesh) => {
      const moved = JSON.parse(JSON.stringify(mesh, (key, value) => (key === 'line' ? value + 100 : value))) as Mesh;
      const renamed: Mesh = {
        ...moved,
        routeTables: moved.routeTables.map((table) => ({
          ...table,
          http: table.http.map((r, i) => ({ ...r, name: `renamed/${i}` })),
        })),
        authorizationPolicies: moved.authorizationPolicies
          .map((p) => ({ ...p, rules: p.rules.toReversed() }))
          .toReversed(),
      };
      const { rows } = reviewMeshes(mesh, renamed);
      return rows.length === 0;
    }),
    { numRuns: 60 },
  );
});

t.test('rows are sound and stable', async () => {
  check(
    fc.property(meshPair, ([base, head]) => {
      const { rows } = reviewMeshes(base, head);
      for (const { witness } of rows) {
        if (witness && !differs(base, head, witness.call)) throw new Error(`no difference: ${witness.text}`);
      }
      return contentKey(reviewMeshes(base, head).rows) === contentKey(rows) && rows.length < 200;
    }),
    { numRuns: 40, seed: 3 },
  );
});
