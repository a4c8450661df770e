// Runs the command line as a user does: a process of its own, its output, its exit code.
import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Test } from 'tap';
import type { Io } from '../../cli/io.ts';

const main = join(import.meta.dirname, '../../cli/main.ts');

export interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Ends the command after `timeoutMs`: nothing that is tested here may hang. */
export function fairlead(
  args: readonly string[],
  cwd: string,
  options: { readonly timeoutMs?: number; readonly env?: NodeJS.ProcessEnv } = {},
): Promise<Outcome> {
  return new Promise((resolve) => {
    const env = { ...process.env, NO_COLOR: '1', ...options.env };
    execFile(
      process.execPath,
      [main, ...args],
      { cwd, env, timeout: options.timeoutMs ?? 30_000, maxBuffer: 1 << 26 },
      (error, stdout, stderr) => {
        resolve({ code: error === null ? 0 : typeof error.code === 'number' ? error.code : -1, stdout, stderr });
      },
    );
  });
}

/** For what is run in this process: says nothing, and has nothing on standard input. */
export function quietIo(cwd: string): Io {
  return {
    stdout: () => {},
    stderr: () => {},
    stdin: async () => new Uint8Array(),
    cwd,
    env: {},
    color: false,
    colorErrors: false,
  };
}

/** A folder with these files, gone after the test. */
export function folderOf(
  t: Pick<Test, 'teardown'> & { teardown(fn: () => void): void },
  files: Readonly<Record<string, string | Buffer>>,
): string {
  const folder = mkdtempSync(join(tmpdir(), 'fairlead-test-'));
  t.teardown(() => import('node:fs').then(({ rmSync }) => rmSync(folder, { recursive: true, force: true })));
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  return folder;
}

export function git(cwd: string, ...args: readonly string[]): Promise<string> {
  const identity = [
    '-c',
    'user.name=test',
    '-c',
    'user.email=test@localhost',
    '-c',
    'commit.gpgsign=false',
    '-c',
    'init.defaultBranch=main',
  ];
  return new Promise((resolve, reject) => {
    execFile('git', [...identity, ...args], { cwd }, (error, stdout) =>
      error ? reject(error) : resolve(stdout.trim()),
    );
  });
}
