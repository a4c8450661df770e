// Finds and reads local.yaml: which programs stand for the services on this machine.
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { emptyLocalFile, type LocalFileResult, parseLocalFile } from '../../runtime/index.ts';
import { UsageError } from '../io.ts';

const fileName = 'local.yaml';

/** Without a folder, or without the file in it, every service version is played by a built-in echo server. */
export function readLocal(cwd: string, folder: string | undefined): LocalFileResult {
  const where = folder === undefined ? cwd : resolve(cwd, folder);
  if (folder === undefined) return { local: emptyLocalFile(where), diagnostics: [] };
  try {
    return parseLocalFile(readFileSync(join(where, fileName), 'utf8'), fileName, where);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return { local: emptyLocalFile(where), diagnostics: [] };
    throw new UsageError(`cannot read ${join(folder, fileName)}: ${error instanceof Error ? error.message : error}`);
  }
}
