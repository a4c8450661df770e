// What the webhook says of a change of the whole mesh: node wide-admission.ts BASE HEAD. The program itself is what is built, as for commands.
import { join } from 'node:path';
import type * as Compiler from '../../compiler/index.ts';
import type * as Openings from '../../webhook/validate/openings.ts';

const dist = join(import.meta.dirname, '../../dist');
const { createCompiler, loadDirectory } = (await import(join(dist, 'compiler/index.js'))) as typeof Compiler;
const { describeOpenings } = (await import(join(dist, 'webhook/validate/openings.js'))) as typeof Openings;

const [base, head] = process.argv.slice(2).map((folder) => {
  const { mesh, diagnostics } = createCompiler().compile(loadDirectory(folder));
  if (!mesh) throw new Error(`${diagnostics[0]?.code} ${diagnostics[0]?.message}`);
  return mesh;
});
if (!base || !head) throw new Error('two folders are needed');
for (const { diagnostic } of describeOpenings(base, head)) console.log(diagnostic.message);
