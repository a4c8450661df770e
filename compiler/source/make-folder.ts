// Makes folders one by one. Node's own recursive mkdir never ends where a folder refuses with ENOENT, as those of /proc do.
import { mkdirSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';

/** The first folder that was made; undefined if all are there. Throws what the system says. `mode` is that of each that is made. */
export function makeFolder(path: string, mode?: number): string | undefined {
  const missing: string[] = [];
  for (let at = resolve(path); !isFolder(at); at = dirname(at)) missing.push(at);
  const [whole, first] = [missing[0], missing.at(-1)];
  // What stands in the way is told of the folder that was asked for.
  if (whole !== undefined && first !== undefined && statSync(first, { throwIfNoEntry: false })) mkdirSync(whole);
  for (const folder of missing.toReversed()) makeOne(folder, mode);
  return missing.at(-1);
}

/** The root is one: the search for what is there ends. */
function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true || dirname(path) === path;
}

function makeOne(folder: string, mode: number | undefined): void {
  try {
    mkdirSync(folder, { ...(mode !== undefined && { mode }) });
  } catch (error) {
    // Somebody else was faster.
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST' || !isFolder(folder)) throw error;
  }
}
