// Every folder of examples/ with intent: it compiles without findings, its MeshTests pass, and both back ends give what expected/ holds.
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import {
  checkSnapshot,
  compile,
  emitIstio,
  keyOf,
  loadDirectory,
  planEnvoy,
  renderIstio,
  renderSnapshot,
  renderText,
  runTests,
  snapshotFor,
} from '../compiler/index.ts';
import { compareGolden, refuseOrphans, shuffledFiles } from '../compiler/test/support/golden.ts';
import { checkPolicies } from '../policies/index.ts';

const examples = join(import.meta.dirname, '../examples');
const folders = readdirSync(examples).filter((name) => existsSync(join(examples, name, 'intent')));
t.ok(folders.length > 0, 'there are examples');

for (const name of folders) {
  t.test(name, async (t) => {
    const folder = join(examples, name);
    const tree = loadDirectory(folder);
    const { mesh, diagnostics, documents } = compile(tree);
    t.equal(renderText(diagnostics), '', 'no findings');
    t.equal(renderText(await checkPolicies(documents)), '', 'no org rule is broken');
    if (!mesh) return;
    t.strictSame(
      runTests(mesh).results.filter((result) => result.failures.length > 0),
      [],
      'all MeshTests pass',
    );

    const outputs = outputsOf(mesh);
    for (const [path, text] of outputs) compareGolden(t, join(folder, 'expected', path), text);
    refuseOrphans(t, join(folder, 'expected'), '**/*.yaml', [...outputs.keys()]);

    const shuffled = compile(shuffledFiles(tree)).mesh;
    t.strictSame(shuffled && [...outputsOf(shuffled)], [...outputs], 'shuffled files give the same bytes');
  });
}

/** By path below expected/. */
function outputsOf(mesh: NonNullable<ReturnType<typeof compile>['mesh']>): ReadonlyMap<string, string> {
  const istio = emitIstio(mesh);
  const plan = planEnvoy(mesh);
  const outputs = new Map([['istio.yaml', renderIstio(istio.objects)]]);
  t.strictSame(istio.diagnostics, [], 'Istio can express everything');
  for (const workload of mesh.workloads.filter((w) => w.proxy !== 'none').map(keyOf)) {
    const snapshot = snapshotFor(plan, { workload, placement: { mode: 'redirect' } });
    if (!snapshot) continue;
    t.strictSame(checkSnapshot(snapshot), [], `the references of ${workload} are closed`);
    for (const file of renderSnapshot(snapshot)) outputs.set(`envoy/${workload}/${file.name}`, file.text);
  }
  return outputs;
}
