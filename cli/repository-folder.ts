// Where the files of a tree lie: as the user names them, and in their repository.
import { existsSync, realpathSync } from 'node:fs';
import { dirname, join, normalize, relative, resolve, sep } from 'node:path';
import type { SourceTree } from '../compiler/index.ts';
import type { Folders, Io } from './io.ts';
import type { TreeSource } from './sides.ts';

/** With `/` separators. */
export function foldersOf(io: Io, source: TreeSource, { commit, isFile = false }: SourceTree): Folders {
  const { cwd } = io;
  if (source === '-') return { named: '', inRepository: '' };
  if (typeof source !== 'string') return { named: seenFrom(cwd, source.repository), inRepository: plain(source.path) };
  const rootOfTree = isFile ? dirname : (path: string) => path;
  if (commit !== undefined) return ofRevision(cwd, source.slice(source.indexOf(':') + 1), rootOfTree);
  const path = resolve(cwd, source);
  return { named: plain(normalize(rootOfTree(source))), inRepository: inRepository(cwd, rootOfTree(path)) };
}

/** Of `REV:path`: Git takes the path from the root, and what begins with a dot from where one is. */
function ofRevision(cwd: string, path: string, rootOfTree: (path: string) => string): Folders {
  const root = rootOf(cwd);
  if (root === undefined) return { named: plain(rootOfTree(path)), inRepository: plain(rootOfTree(path)) };
  const folder = rootOfTree(resolve(/^\.{1,2}(\/|$)/.test(path) ? cwd : root, path));
  return { named: relative(cwd, folder).split(sep).join('/'), inRepository: seenFrom(root, folder) };
}

/** Outside a repository as seen from where the user is. Git knows a folder where it is, whatever links lead to it. */
function inRepository(cwd: string, folder: string): string {
  const real = existsSync(folder) ? realpathSync(folder) : folder;
  return seenFrom(rootOf(real) ?? cwd, real, '');
}

/** `outside`: what is said of a folder that is not within. */
function seenFrom(from: string, folder: string, outside = folder): string {
  const path = relative(from, folder);
  return (path.startsWith('..') ? outside : path).split(sep).join('/');
}

/** A worktree has a file of this name, a clone a folder. */
function rootOf(folder: string): string | undefined {
  if (existsSync(join(folder, '.git'))) return folder;
  const above = dirname(folder);
  return above === folder ? undefined : rootOf(above);
}

/** Without what says nothing: a dot for here, slashes at the end. */
function plain(path: string): string {
  return path
    .replace(/^\.\/+/, '')
    .replace(/(?<=.)\/+$/, '')
    .replace(/^\.$/, '');
}
