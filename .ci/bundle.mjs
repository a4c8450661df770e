// Puts the command line of the package together from its modules, a file for each part that is loaded by itself: it starts in two thirds of
// the time. Who imports a part of Fairlead gets the modules, as tsc has made them.
import { readFileSync, renameSync, rmSync } from 'node:fs';
import { relative, resolve } from 'node:path';
import { build } from 'esbuild';

const [made, wanted] = ['dist/cli-bundled', 'dist/cli'];

/** A module that looks for files beside it still finds them from where it is put. */
const ownPlace = {
  name: 'own-place',
  setup({ onLoad }) {
    onLoad({ filter: /\/dist\/.*\.js$/ }, ({ path }) => {
      const from = JSON.stringify(relative(resolve(made), path));
      return {
        contents: readFileSync(path, 'utf8').replaceAll('import.meta.url', `new URL(${from}, import.meta.url).href`),
      };
    });
  },
};

rmSync(made, { recursive: true, force: true });
await build({
  entryPoints: [`${wanted}/main.js`],
  outdir: made,
  bundle: true,
  splitting: true,
  packages: 'external',
  platform: 'node',
  format: 'esm',
  target: 'node24',
  logLevel: 'warning',
  plugins: [ownPlace],
});
rmSync(wanted, { recursive: true });
renameSync(made, wanted);
