// Writing a compiled tree to a folder so that it can be committed: unchanged files are left alone, stale ones of ours removed.
import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join, relative, resolve } from 'node:path';
import { inventoryName, makeFolder } from '../compiler/index.ts';
import { UsageError } from './io.ts';

export interface OutputFile {
  /** Relative to the output folder. */
  readonly path: string;
  readonly text: string;
}

/** Writes what changed below `out`, and removes what an earlier run wrote and this one does not: nothing but what the inventory names. */
export async function writeFiles(
  cwd: string,
  out: string,
  files: readonly OutputFile[],
): Promise<{ written: number; unchanged: number; removed: number }> {
  const root = resolve(cwd, out);
  try {
    makeFolder(root);
    const before = await readInventory(root);
    const entries = await readdir(root);
    if (before.size === 0 && entries.length > 0) {
      throw new UsageError(
        `the output folder ${out} holds files that Fairlead did not write`,
        'name an empty folder, or one of an earlier run',
      );
    }
    const names = files.map((f) => f.path).toSorted();
    await writeFile(join(root, inventoryName), `${names.join('\n')}\n`);
    let written = 0;
    for (const file of files) written += (await writeIfChanged(join(root, file.path), file.text)) ? 1 : 0;
    const stale = [...before].filter((name) => !names.includes(name));
    for (const name of stale) await rm(join(root, name), { force: true });
    return { written, unchanged: files.length - written, removed: stale.length };
  } catch (error) {
    if (error instanceof UsageError) throw error;
    const { code, path = root } = error as NodeJS.ErrnoException;
    throw new UsageError(
      `cannot write ${relative(cwd, path) || path}: ${code === 'ENOSPC' ? 'no space left on the device' : (error as Error).message}`,
    );
  }
}

async function readInventory(root: string): Promise<ReadonlySet<string>> {
  const text = await readFile(join(root, inventoryName), 'utf8').catch(() => '');
  // A path that climbs out can only have been put there by somebody else.
  return new Set(
    text.split('\n').filter((name) => name !== '' && !name.startsWith('/') && !name.split('/').includes('..')),
  );
}

async function writeIfChanged(path: string, text: string): Promise<boolean> {
  if ((await readFile(path, 'utf8').catch(() => undefined)) === text) return false;
  makeFolder(dirname(path));
  await writeFile(path, text);
  return true;
}
