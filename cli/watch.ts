// Calls back with the tree of a folder whenever its texts are others, until a signal says stop.
import { type FSWatcher, watch } from 'node:fs';
import { resolve } from 'node:path';
import { loadTree, type SourceTree } from '../compiler/index.ts';
import type { Io } from './io.ts';
import { untilStopped } from './signals.ts';

/** Editors and Git write in several steps. */
const settleMs = 150;
/** Where changes cannot be told, as on some network folders, or while the folder is away. */
const pollMs = 2_000;

export async function watchTree(
  io: Io,
  dir: string,
  first: SourceTree,
  onChange: (tree: SourceTree) => Promise<void>,
): Promise<0> {
  const stopped = untilStopped();
  let known = textOf(first);
  let queue = Promise.resolve();
  let timer: NodeJS.Timeout | undefined;
  const look = async () => {
    const tree = loadTree(dir, io.cwd);
    const text = textOf(tree);
    if (text === known) return;
    known = text;
    await onChange(tree);
  };
  const soon = () => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      queue = queue.then(look);
    }, settleMs);
  };
  const watcher = startWatcher(resolve(io.cwd, dir), soon);
  const poll = setInterval(soon, pollMs);
  if (!io.isTerminal) io.stderr('watching; Ctrl-C stops\n');
  await stopped;
  clearTimeout(timer);
  clearInterval(poll);
  watcher?.close();
  await queue;
  return 0;
}

/** Undefined where the system gives none; then the poll is what notices. */
function startWatcher(folder: string, onEvent: () => void): FSWatcher | undefined {
  try {
    return watch(folder, { recursive: true }, onEvent).on('error', () => {});
  } catch {
    return undefined;
  }
}

function textOf({ files, diagnostics }: SourceTree): string {
  return JSON.stringify([files, diagnostics]);
}
