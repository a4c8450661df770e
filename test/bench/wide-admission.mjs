// What the webhook says of a change of the whole mesh: node wide-admission.mjs BASE HEAD. The program itself is what is built, as for commands.
import { createCompiler, loadDirectory } from '../../dist/compiler/index.js';
import { describeOpenings } from '../../dist/webhook/validate/openings.js';

const [base, head] = process.argv.slice(2).map((folder) => {
  const { mesh, diagnostics } = createCompiler().compile(loadDirectory(folder));
  if (!mesh) throw new Error(`${diagnostics[0]?.code} ${diagnostics[0]?.message}`);
  return mesh;
});
for (const { diagnostic } of describeOpenings(base, head)) console.log(diagnostic.message);
