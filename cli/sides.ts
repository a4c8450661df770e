// Turns `--base X` and `--head X` into something loadTree understands: a folder stays, a revision gets the path of the intent.
import { execFile } from 'node:child_process';
import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { promisify } from 'node:util';
import { type Io, UsageError } from './io.ts';

const run = promisify(execFile);

/** A tree to read: what the user named, or a path at a revision of a repository. */
export type TreeSource = string | { readonly repository: string; readonly revision: string; readonly path: string };

/**
 * `side` is a folder, `REV:path`, or a revision of the repository that holds `dir`, meaning `dir` at that revision.
 * Throws UsageError when it is none of them.
 */
export async function resolveSide(io: Io, dir: string, side: string): Promise<TreeSource> {
  const repository = resolve(io.cwd, dir);
  if (await isRevision(repository, side)) {
    const prefix = await git(repository, ['rev-parse', '--show-prefix']).catch(() => '');
    return { repository, revision: side, path: prefix };
  }
  const isFolder = (await stat(resolve(io.cwd, side)).catch(() => undefined))?.isDirectory() === true;
  if (isFolder || side.includes(':')) return side;
  throw new UsageError(
    `"${side}" is neither a folder nor a revision of the Git repository of ${dir}`,
    '`git log --oneline` lists the commits; a shallow clone may lack them',
  );
}

async function isRevision(repository: string, side: string): Promise<boolean> {
  if (side.startsWith('-') || side.includes(':')) return false;
  return git(repository, ['rev-parse', '--verify', '--quiet', `${side}^{commit}`]).then(
    () => true,
    () => false,
  );
}

async function git(cwd: string, args: readonly string[]): Promise<string> {
  return (await run('git', [...args], { cwd })).stdout.trim();
}
