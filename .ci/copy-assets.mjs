// Puts beside the compiled JavaScript what tsc does not copy: descriptors, schemas, policy bundles, declarations.
import { cpSync, existsSync, globSync } from 'node:fs';

const patterns = [
  'compiler/**/*.{json,binpb}',
  'policies/**/*.{wasm,json,rego}',
  'webhook/**/*.json',
  'runtime/**/*.{html,css,js,json}',
  'compiler/backends/envoy/proto/types/**/*.d.ts',
];
for (const file of globSync(patterns).filter((f) => !f.split('/').includes('test'))) cpSync(file, `dist/${file}`);
if (!existsSync('dist/cli/main.js')) throw new Error('the build has no dist/cli/main.js');
