// Child processes that end with this one, each with its output in a file.
import { type ChildProcess, spawn, type SpawnOptions } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync } from 'node:fs';

export interface Child {
  readonly process: ChildProcess;
  output(): string;
  stop(): Promise<void>;
}

const running = new Set<ChildProcess>();
process.on('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

export function startChild(
  [command, ...args]: readonly [string, ...string[]],
  log: string,
  options: SpawnOptions = {},
): Child {
  const out = openSync(log, 'w');
  const stdio = options.stdio ?? ['ignore', out, out];
  const child = spawn(command, args, { ...options, stdio });
  closeSync(out);
  running.add(child);
  child.once('exit', () => running.delete(child));
  return {
    process: child,
    output: () => readFileSync(log, 'utf8'),
    stop: async () => {
      if (child.exitCode !== null || child.signalCode !== null) return;
      child.kill('SIGKILL');
      await once(child, 'exit');
    },
  };
}

/** Asks again and again until something comes; an error of a child that has ended is not waited out. */
export async function until<T>(
  attempt: () => Promise<T | undefined> | T | undefined,
  what: string,
  { limitMs = 60_000, child }: { readonly limitMs?: number; readonly child?: Child } = {},
): Promise<T> {
  for (const start = Date.now(); Date.now() - start < limitMs; ) {
    const value = await Promise.resolve(attempt()).catch(() => undefined);
    if (value !== undefined) return value;
    if (child && child.process.exitCode !== null) break;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`waited in vain for ${what}\n${child?.output().slice(-2000) ?? ''}`);
}
