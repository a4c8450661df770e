// Runs git as a program. Every call is bounded in time and output, asks nobody for passwords, and speaks only transports that fetch.
import { execFile } from 'node:child_process';

export type GitResult =
  | { readonly ok: true; readonly stdout: string }
  /** `message` is git's own first telling line; `missing` says that there is no git to run. */
  | { readonly ok: false; readonly exitCode: number; readonly message: string; readonly missing: boolean };

/** Takes git's arguments; `cwd` is where it runs. Never throws. */
export type Git = (args: readonly string[], cwd?: string) => Promise<GitResult>;

export interface GitOptions {
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
}

const environment = {
  GIT_TERMINAL_PROMPT: '0',
  GIT_OPTIONAL_LOCKS: '0',
  // `ext::` would run any command named in a URL.
  GIT_ALLOW_PROTOCOL: 'file:git:http:https:ssh',
  GIT_SSH_COMMAND: process.env.GIT_SSH_COMMAND ?? 'ssh -oBatchMode=yes',
  LC_ALL: 'C',
};

/** A git that gives up after `timeoutMs` (30 s unless told). */
export function gitProgram(options: GitOptions = {}): Git {
  return (args, cwd) =>
    new Promise((resolve) => {
      const settings = {
        cwd,
        env: { ...withoutRepository(process.env), ...environment },
        timeout: options.timeoutMs ?? 30_000,
        maxBuffer: 16 * 1024 * 1024,
        signal: options.signal,
      };
      execFile('git', [...args], settings, (error, stdout, stderr) => {
        if (!error) return resolve({ ok: true, stdout });
        const exitCode = typeof error.code === 'number' ? error.code : -1;
        const missing = 'code' in error && String(error.code) === 'ENOENT';
        resolve({
          ok: false,
          exitCode,
          missing,
          message: tellingLine(stderr) ?? error.message.split('\n')[0] ?? 'git failed',
        });
      });
    });
}

/** Inside a Git hook these point at another repository, and would win over `cwd`. */
function withoutRepository(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const {
    GIT_DIR: _d,
    GIT_WORK_TREE: _w,
    GIT_INDEX_FILE: _i,
    GIT_OBJECT_DIRECTORY: _o,
    GIT_QUARANTINE_PATH: _q,
    ...rest
  } = env;
  return rest;
}

function tellingLine(stderr: string): string | undefined {
  const lines = stderr.split('\n').map((line) => line.trim());
  const line = lines.find((l) => /^(fatal|error):/.test(l)) ?? lines.find((l) => l !== '');
  return line?.replace(/^(fatal|error): /, '');
}
