// Every folder of golden/: its intent compiles to its model.yaml and diagnostics.txt, whatever the order of the files.
import { join } from 'node:path';
import t from 'tap';
import { renderText } from '../diagnostics/index.ts';
import { dumpMesh, loadMesh } from '../model/index.ts';
import { compile, createCompiler } from '../pipeline.ts';
import { caseTree, compareGolden, goldenCases, refuseOrphans, shuffledFiles } from './support/golden.ts';

for (const golden of goldenCases()) {
  t.test(golden.name, (t) => {
    const tree = caseTree(golden);
    const lookup = (file: string) => tree.files.find((f) => f.path === file)?.text;
    const result = compile(tree);
    const text = renderText(result.diagnostics, { lookup });
    compareGolden(t, join(golden.folder, 'diagnostics.txt'), text);
    if (result.mesh) {
      const dump = dumpMesh(result.mesh);
      compareGolden(t, join(golden.folder, 'model.yaml'), dump);
      t.equal(dumpMesh(loadMesh(dump)), dump, 'the dump can be read back without loss');
    }
    // What a back end makes of a model is the business of the tests of that back end.
    const known = ['intent.yaml', 'diagnostics.txt', ...(result.mesh ? ['model.yaml', 'istio.yaml'] : [])];
    refuseOrphans(t, golden.folder, '*.{yaml,txt}', known);

    const again = createCompiler();
    again.compile({ ...tree, files: tree.files.slice(1) });
    const shuffled = again.compile(shuffledFiles(tree));
    t.equal(
      renderText(shuffled.diagnostics, { lookup }),
      text,
      'shuffled files and a warm cache give the same diagnostics',
    );
    t.equal(shuffled.mesh && dumpMesh(shuffled.mesh), result.mesh && dumpMesh(result.mesh), 'and the same model');
    t.end();
  });
}
