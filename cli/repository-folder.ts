// Where the files of a tree lie in their repository, for forges that mark lines of it.
import { existsSync } from 'node:fs';
import { dirname, join, relative, resolve, sep } from 'node:path';
import type { SourceTree } from '../compiler/index.ts';
import type { Io } from './io.ts';
import type { TreeSource } from './sides.ts';

/** With `/` separators, "" for the root; outside a repository as seen from where the user is. */
export function repositoryFolder({ cwd }: Io, source: TreeSource, { commit }: SourceTree): string {
  if (typeof source !== 'string') return withoutSlashes(source.path);
  if (commit !== undefined) return withoutSlashes(source.slice(source.indexOf(':') + 1));
  const folder = resolve(cwd, source === '-' ? '.' : source);
  const path = relative(rootOf(folder) ?? cwd, folder);
  return path.startsWith('..') ? '' : path.split(sep).join('/');
}

/** A worktree has a file of this name, a clone a folder. */
function rootOf(folder: string): string | undefined {
  if (existsSync(join(folder, '.git'))) return folder;
  const above = dirname(folder);
  return above === folder ? undefined : rootOf(above);
}

function withoutSlashes(path: string): string {
  return path.replace(/^(\.?\/)+|\/+$/g, '').replace(/^\.$/, '');
}
