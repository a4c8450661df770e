// Runs the git CLI, read-only and deaf to its surroundings. Knows nothing of intent.
import { spawnSync } from 'node:child_process';

export interface GitResult {
  readonly ok: boolean;
  readonly stdout: Buffer;
  /** First line of stderr without `fatal: `; says why when not `ok`. */
  readonly reason: string;
  /** The git program itself could not be started. */
  readonly isMissing: boolean;
}

const maxOutputBytes = 512 * 1024 * 1024;
const timeoutMs = 60_000;

/**
 * Variables such as GIT_DIR (set inside hooks) would send git to another repository. Lazy fetches and prompts are off:
 * reading a commit must not go to the network or wait for a person.
 */
function cleanEnvironment(): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(([name]) => !name.startsWith('GIT_'));
  return {
    ...Object.fromEntries(kept),
    LC_ALL: 'C',
    GIT_TERMINAL_PROMPT: '0',
    GIT_OPTIONAL_LOCKS: '0',
    GIT_NO_LAZY_FETCH: '1',
    GIT_NO_REPLACE_OBJECTS: '1',
  };
}

/** Runs git inside `repo` (a work tree or a bare repository) and waits. Never throws. */
export function git(repo: string, args: readonly string[], input = ''): GitResult {
  const run = spawnSync('git', ['-C', repo, '-c', 'core.hooksPath=/dev/null', '-c', 'core.fsmonitor=false', ...args], {
    env: cleanEnvironment(),
    input,
    maxBuffer: maxOutputBytes,
    timeout: timeoutMs,
    windowsHide: true,
  });
  const isMissing = run.error !== undefined && 'code' in run.error && run.error.code === 'ENOENT';
  const firstLine = String(run.stderr ?? '').split('\n')[0] ?? '';
  return {
    ok: run.status === 0,
    stdout: run.stdout ?? Buffer.alloc(0),
    reason: firstLine.replace(/^(fatal|error): /, '') || (run.error?.message ?? `git ended with ${run.status}`),
    isMissing,
  };
}
