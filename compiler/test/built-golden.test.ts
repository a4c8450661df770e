// Both back ends on a mesh built by hand, for what the model can say and intent cannot: negated and patterned access, ports of
// matches, several operations of a rule. Places are left out: they are those of the builder's calls.
import { fileURLToPath } from 'node:url';
import t from 'tap';
import { stringify } from 'yaml';
import { planEnvoy, snapshotFor } from '../backends/envoy/index.ts';
import { emitIstio } from '../backends/istio/index.ts';
import { keyOf } from '../model/index.ts';
import { everythingMesh } from './support/everything-mesh.ts';
import { compareGolden } from './support/golden.ts';

const mesh = everythingMesh();

t.test('Istio', async (t) => {
  const { objects, diagnostics } = emitIstio(mesh);
  const specs = objects.map(({ kind, metadata: { name, namespace }, spec }) => ({ kind, name, namespace, spec }));
  const findings = diagnostics.map(({ code, message }) => `${code} ${message}`).toSorted();
  compareGolden(t, pathOf('istio.yaml'), dump({ objects: specs, findings }));
});

t.test('Envoy', async (t) => {
  const plan = planEnvoy(mesh);
  const snapshots = mesh.workloads.flatMap((workload) => {
    const snapshot = snapshotFor(plan, { workload: keyOf(workload), placement: { mode: 'redirect' } });
    if (!snapshot) return [];
    const { origins: _places, workload: name, ...parts } = snapshot;
    return [[name, parts] as const];
  });
  compareGolden(t, pathOf('envoy.yaml'), dump(Object.fromEntries(snapshots)));
});

function pathOf(file: string): string {
  return fileURLToPath(new URL(`golden-built/everything/${file}`, import.meta.url));
}

function dump(value: unknown): string {
  return stringify(value, { lineWidth: 0, aliasDuplicateObjects: false });
}
