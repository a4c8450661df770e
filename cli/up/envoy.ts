// Whether there is an Envoy to run, asked before anything is started.
import { execFile } from 'node:child_process';
import { globSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';
import { UsageError } from '../io.ts';

const timeoutMs = 15_000;

/**
 * Throws UsageError if there is no Envoy, or if it does not run on this machine. One that `make tools` has fetched counts as well:
 * its folder is appended to PATH, for the programs that are started later.
 */
export async function requireEnvoy(env: NodeJS.ProcessEnv): Promise<void> {
  env.PATH = [env.PATH ?? '', ...fetchedEnvoys(env)].join(delimiter);
  const hint = 'install Envoy into PATH (in a clone of Fairlead: make tools), or use the embedded proxy';
  await new Promise<void>((resolve, reject) => {
    execFile('envoy', ['--version'], { timeout: timeoutMs, env }, (error) => {
      if (!error) return resolve();
      const isMissing = 'code' in error && error.code === 'ENOENT';
      const what = isMissing ? 'is not in PATH' : `does not run: ${error.message.split('\n')[0]}`;
      reject(new UsageError(`the program "envoy" ${what}`, hint));
    });
  });
}

function fetchedEnvoys(env: NodeJS.ProcessEnv): string[] {
  const cache = env.FAIRLEAD_TOOLS || join(env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'fairlead');
  return globSync('envoy-*/bin', { cwd: cache })
    .toSorted()
    .map((folder) => join(cache, folder));
}
