// Every folder of golden/: its intent compiles to its model.yaml and diagnostics.txt, whatever the order
// of its files and documents. The outputs of the back ends follow from the model alone.
import { join } from 'node:path';
import t from 'tap';
import { type Diagnostic, renderText } from '../diagnostics/index.ts';
import { dumpMesh, loadMesh } from '../model/index.ts';
import { compile, createCompiler } from '../pipeline.ts';
import { caseTree, compareGolden, goldenCases, refuseOrphans, shuffledFiles } from './support/golden.ts';
import { scatteredDocuments } from './support/scattered-documents.ts';

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
      t.strictSame(loadMesh(dump), result.mesh, 'the dump can be read back without loss');
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

    for (const { tree: scattered, gather } of scatteredDocuments(tree)) {
      const { mesh, diagnostics } = compile(scattered);
      t.equal(mesh && dumpMesh(gather(mesh)), result.mesh && dumpMesh(result.mesh), 'the order of documents is free');
      t.strictSame(inAnyOrder(gather(diagnostics)), inAnyOrder(result.diagnostics), 'and so it is for diagnostics');
    }
    t.end();
  });
}

/** Where two documents want one name, the first keeps it: which one is told is then a matter of order. */
function inAnyOrder(diagnostics: readonly Diagnostic[]): readonly string[] {
  const byOrder = ['FL0301', 'FL0311'];
  return diagnostics.map((found) => (byOrder.includes(found.code) ? found.code : JSON.stringify(found))).toSorted();
}
