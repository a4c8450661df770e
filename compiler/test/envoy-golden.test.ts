// The Envoy half of the golden cases: from the stored model.yaml to one file a kind of resource, in the redirect placement.
// Behind the workloads of the case comes one that uses everything, so that no route or version stays unseen for want of a caller.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { stringify } from 'yaml';
import { checkSnapshot, planEnvoy, type ProxySnapshot, snapshotFor } from '../backends/envoy/index.ts';
import { keyOf, loadMesh, type Mesh } from '../model/index.ts';
import { withCaller } from './support/caller.ts';
import { compareGolden, goldenCases, refuseOrphans } from './support/golden.ts';

const kinds = ['listeners', 'routes', 'clusters', 'endpoints', 'secrets'] as const;

t.test('golden cases', async (t) => {
  for (const { name, folder } of goldenCases()) {
    const model = join(folder, 'model.yaml');
    const snapshots = existsSync(model) ? snapshotsOf(loadMesh(readFileSync(model, 'utf8'))) : [];
    const files = snapshots.length > 0 ? kinds.map((kind) => `envoy/${kind}.yaml`) : [];
    for (const snapshot of snapshots) t.same(checkSnapshot(snapshot), [], `${name}: ${snapshot.workload} is closed`);
    for (const kind of snapshots.length > 0 ? kinds : []) {
      compareGolden(t, join(folder, `envoy/${kind}.yaml`), dump(snapshots, kind));
    }
    refuseOrphans(t, folder, 'envoy/**/*.yaml', files);
  }
});

function snapshotsOf(given: Mesh): readonly ProxySnapshot[] {
  const mesh = withCaller(given);
  const plan = planEnvoy(mesh);
  return mesh.workloads.flatMap(
    (w) => snapshotFor(plan, { workload: keyOf(w), placement: { mode: 'redirect' } }) ?? [],
  );
}

/** By workload. Aliases for shared parts would only make the difference between two versions hard to read. */
function dump(snapshots: readonly ProxySnapshot[], kind: (typeof kinds)[number]): string {
  const byWorkload = Object.fromEntries(snapshots.map((snapshot) => [snapshot.workload, snapshot[kind]]));
  return stringify(byWorkload, { lineWidth: 0, aliasDuplicateObjects: false });
}
