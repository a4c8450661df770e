// The Istio objects of every golden case, from its stored model.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { emitIstio, renderIstio } from '../backends/istio/index.ts';
import { loadMesh } from '../model/index.ts';
import { compareGolden, goldenCases, refuseOrphans } from './support/golden.ts';
import { invalidFields } from './support/istio.ts';

for (const { name, folder } of goldenCases()) {
  t.test(name, async (t) => {
    const model = join(folder, 'model.yaml');
    const hasModel = existsSync(model);
    refuseOrphans(t, folder, 'istio.yaml', hasModel ? ['istio.yaml'] : []);
    if (!hasModel) return;
    const { objects, diagnostics } = emitIstio(loadMesh(readFileSync(model, 'utf8')));
    t.strictSame(diagnostics, [], 'Istio can say all of it');
    t.strictSame(invalidFields(objects), []);
    compareGolden(t, join(folder, 'istio.yaml'), renderIstio(objects));
  });
}
