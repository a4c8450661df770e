// `fairlead init`: writes a small repository to begin with. Never overwrites anything.
import { lstatSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { UsageError } from '../io.ts';
import type { CommandFile } from '../command-file.ts';
import { writeAll } from '../init/write-all.ts';
import { quoted } from '../shell.ts';

export const initCommand: CommandFile = (program, io, finish) => {
  program
    .command('init')
    .description('write a small intent repository to begin with: two services, a gateway, tests')
    .argument('[dir]', 'folder to write to; made if absent', '.')
    .addHelpText('after', '\nExample:\n  fairlead init mesh && cd mesh && fairlead test')
    .action(async (dir: string) => {
      const { starterFiles } = await import('../init/starter.ts');
      const root = resolve(io.cwd, dir);
      const inTheWay = ['intent', ...starterFiles.map(({ path }) => path)].find((path) => exists(join(root, path)));
      if (inTheWay !== undefined)
        throw new UsageError(`${join(dir, inTheWay)} is there already`, 'name an empty folder: nothing is overwritten');
      await refuseIntent(root, dir);
      writeAll(root, starterFiles);
      io.stdout(starterFiles.map(({ path }) => `wrote ${join(dir, path)}\n`).join(''));
      const name = quoted(dir);
      io.stdout(
        `\nNext\n  fairlead check ${name}\n  fairlead test ${name}\n  git -C ${name} init && git -C ${name} add . && git -C ${name} commit -m 'the mesh'\n  fairlead up ${name}\n`,
      );
      finish(0);
    });
};

/** Beside the folder `intent/` that is about to be made, it would no longer be read. */
async function refuseIntent(root: string, dir: string): Promise<void> {
  if (!exists(root)) return;
  const { loadTree, saysIntent } = await import('../../compiler/index.ts');
  const found = loadTree('.', root).files.find(({ text }) => saysIntent(text));
  if (found) {
    throw new UsageError(
      `${join(dir, found.path)} is intent already, and would not be read beside ${join(dir, 'intent')}`,
      'name an empty folder',
    );
  }
}

/** A link that leads nowhere is in the way as well. */
function exists(path: string): boolean {
  try {
    return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
  } catch (error) {
    throw new UsageError(`cannot look at ${path}: ${error instanceof Error ? error.message : error}`);
  }
}
