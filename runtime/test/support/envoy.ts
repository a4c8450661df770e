// Starts a real Envoy with a bootstrap, for tests; stops it and removes its files when the test ends.
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Test } from 'tap';
export { freePort } from '../../../test/support/free-ports.ts';

/** Why tests with Envoy cannot run here, or false. Give it to tap as `skip`. */
export function whyNoEnvoy(): string | false {
  try {
    const version = execFileSync('envoy', ['--version'], { encoding: 'utf8' });
    return /\/1\.40\./.test(version) ? false : `the envoy found is not 1.40: ${version.trim()}`;
  } catch {
    return 'there is no envoy in PATH';
  }
}

export interface RunningEnvoy {
  log(): string;
}

export async function startEnvoy(test: Test, bootstrap: object): Promise<RunningEnvoy> {
  const folder = mkdtempSync(join(tmpdir(), 'fairlead-envoy-'));
  const configFile = join(folder, 'bootstrap.json');
  const logFile = join(folder, 'envoy.log');
  writeFileSync(configFile, JSON.stringify(bootstrap), { mode: 0o600 });
  const out = openSync(logFile, 'w');
  const args = ['-c', configFile, '--use-dynamic-base-id', '--concurrency', '1', '-l', 'warning'];
  const envoy = spawn('envoy', args, { stdio: ['ignore', out, out] });
  closeSync(out);
  test.teardown(async () => {
    await stop(envoy);
    rmSync(folder, { recursive: true });
  });
  return { log: () => readFileSync(logFile, 'utf8') };
}

function stop(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null) resolve();
    else child.once('exit', () => resolve());
    child.kill('SIGKILL');
  });
}
