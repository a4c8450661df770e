// Both demos, as `make demo` plays them. Each asserts every one of its steps itself; here only the verdict counts, and what is left behind.
import { execFile, spawnSync } from 'node:child_process';
import { globSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import t from 'tap';

const main = join(import.meta.dirname, '../examples/demo/main.ts');
const cache = process.env.FAIRLEAD_TOOLS ?? join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'fairlead');
const PATH = `${process.env.PATH}:${join(cache, 'envoy-1.40.0/bin')}`;
const hasEnvoy = spawnSync('envoy', ['--version'], { env: { ...process.env, PATH } }).status === 0;

for (const proxy of ['embedded', 'envoy']) {
  const skip = proxy === 'envoy' && !hasEnvoy ? 'real Envoy is not installed (make tools)' : false;
  t.test(`make demo with the ${proxy} proxy`, { skip, timeout: 180_000 }, async (t) => {
    const before = leftovers();
    const { code, output } = await play(proxy);
    t.equal(code, 0, 'exit code 0');
    if (code !== 0) t.comment(output.slice(-6000));
    t.match(output, /11 steps behaved as shown/);
    t.strictSame(
      leftovers().filter((name) => !before.includes(name)),
      [],
      'no folder is left behind',
    );
    t.notMatch(processes(), /fairlead-demo-/, 'no process is left behind');
  });
}

function play(proxy: string): Promise<{ code: number; output: string }> {
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      [main, '--proxy', proxy],
      { env: { ...process.env, PATH }, timeout: 170_000, maxBuffer: 1 << 26 },
      (error, stdout, stderr) => {
        resolve({ code: error ? Number(error.code ?? 1) : 0, output: stdout + stderr });
      },
    );
  });
}

function leftovers(): string[] {
  return globSync('fairlead-demo-*', { cwd: tmpdir() });
}

function processes(): string {
  return spawnSync('ps', ['-eo', 'args'], { encoding: 'utf8' }).stdout;
}
