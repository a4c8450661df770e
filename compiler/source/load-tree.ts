// The form in which every command takes intent: `DIR`, or `REV:path` for a Git revision.
import { defaultLimits, type SourceLimits } from './limits.ts';
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { loadDirectory } from './directory.ts';
import { loadRevision } from './revision.ts';
import type { SourceTree } from './source-tree.ts';

/**
 * Loads `DIR` (relative to `cwd`) or `REV:path` (of the repository around `cwd`; `REV:` is its root).
 * A folder that exists wins over a revision of the same name.
 */
export function loadTree(argument: string, cwd: string, limits: SourceLimits = defaultLimits): SourceTree {
  const dir = resolve(cwd, argument);
  const colon = argument.indexOf(':');
  if (colon > 0 && !existsSync(dir)) {
    return loadRevision(cwd, argument.slice(0, colon), argument.slice(colon + 1), limits);
  }
  return { ...loadDirectory(dir, limits), label: argument };
}
