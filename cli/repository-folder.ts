// Where the files of a tree lie: as the user names them, and in their repository.
import { existsSync, statSync } from 'node:fs';
import { dirname, join, normalize, relative, resolve, sep } from 'node:path';
import type { SourceTree } from '../compiler/index.ts';
import type { Folders, Io } from './io.ts';
import type { TreeSource } from './sides.ts';

/** With `/` separators. A revision's files are named as in its repository. */
export function foldersOf(io: Io, source: TreeSource, { commit }: SourceTree): Folders {
  const { cwd } = io;
  if (source === '-') return { named: '', inRepository: '' };
  if (typeof source !== 'string') {
    return { named: seenFrom(cwd, source.repository), inRepository: withoutSlashes(source.path) };
  }
  if (commit !== undefined) {
    const path = withoutSlashes(source.slice(source.indexOf(':') + 1));
    return { named: path, inRepository: path };
  }
  const path = resolve(cwd, source);
  const isFile = statSync(path, { throwIfNoEntry: false })?.isFile() === true;
  const folder = isFile ? dirname(path) : path;
  const named = isFile ? dirname(source) : source;
  return { named: withoutDot(normalize(named)), inRepository: inRepository(cwd, folder) };
}

/** Outside a repository as seen from where the user is. */
function inRepository(cwd: string, folder: string): string {
  return seenFrom(rootOf(folder) ?? cwd, folder, '');
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

function withoutSlashes(path: string): string {
  return withoutDot(path.replace(/^(\.?\/)+|\/+$/g, ''));
}

function withoutDot(path: string): string {
  return path.replace(/^\.\/?$/, '');
}
