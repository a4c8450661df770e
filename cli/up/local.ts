// Finds and reads local.yaml: which programs stand for the services on this machine.
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { localFileName } from '../../compiler/index.ts';
import { emptyLocalFile, type LocalFileResult, parseLocalFile } from '../../runtime/index.ts';
import { UsageError } from '../io.ts';

/**
 * `named` is the folder that the user gave for it, where the file must be; `folder` the one of the intent, where it may be.
 * Without the file every service version is played by a built-in echo server.
 */
export function readLocal(cwd: string, named: string | undefined, folder: string | undefined): LocalFileResult {
  const where = resolve(cwd, named ?? folder ?? '.');
  if (named === undefined && folder === undefined) return { local: emptyLocalFile(where), diagnostics: [] };
  try {
    return parseLocalFile(readFileSync(join(where, localFileName), 'utf8'), localFileName, where);
  } catch (error) {
    const isMissing = (error as NodeJS.ErrnoException).code === 'ENOENT';
    if (isMissing && named === undefined) return { local: emptyLocalFile(where), diagnostics: [] };
    const reason = isMissing ? 'there is no such file' : error instanceof Error ? error.message : error;
    throw new UsageError(
      `cannot read ${join(named ?? where, localFileName)}: ${reason}`,
      '--local names the folder that holds local.yaml',
    );
  }
}
