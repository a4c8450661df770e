// `serve control-plane` over a restart: a bad tip must not leave proxies that start meanwhile without a configuration.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { fairlead, folderOf, git } from './support/cli.ts';

const main = join(import.meta.dirname, '../cli/main.ts');

const service = (name: string, uses: string) =>
  `apiVersion: fairlead.dev/v1alpha1\nkind: MeshService\nmetadata: { name: ${name}, namespace: shop, labels: { team: a } }\nspec: { ports: [{ port: 80 }], uses: [${uses}] }\n`;

interface Running {
  readonly child: ChildProcess;
  readonly admin: string;
  output(): string;
}

async function start(test: Test, folder: string): Promise<Running> {
  const ports = ['--host', '127.0.0.1', '--port', '0', '--admin-port', '0'];
  const child = spawn(process.execPath, [main, 'serve', 'control-plane', 'mesh', ...ports, '--state', 'state'], {
    cwd: folder,
    env: { ...process.env, NO_COLOR: '1' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  test.teardown(() => child.kill('SIGKILL'));
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream?.setEncoding('utf8').on('data', (text) => (output += text));
  const running = { child, output: () => output };
  await until(() => /metrics at http/.test(output), running.output);
  return { ...running, admin: /metrics at (http:\S+)/.exec(output)?.[1] ?? '' };
}

async function until(condition: () => boolean | Promise<boolean>, describe: () => string): Promise<void> {
  for (let i = 0; i < 300; i++) {
    if (await condition()) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`waited in vain: ${describe()}`);
}

t.test('after a restart the last good commit is live, though the tip is bad', async (t) => {
  const folder = folderOf(t, { 'mesh/shoes.yaml': service('shoes', '') });
  const mesh = join(folder, 'mesh');
  const commit = async (text: string) => {
    writeFileSync(join(mesh, 'shoes.yaml'), text);
    await git(mesh, 'add', '.');
    await git(mesh, 'commit', '-qm', 'change', '--allow-empty');
    return git(mesh, 'rev-parse', 'HEAD');
  };
  await git(mesh, 'init', '-q');
  const good = await commit(service('shoes', ''));
  const first = await start(t, folder);
  const isLive = async ({ admin }: Running, id: string) =>
    (await fetch(`${admin}/wait?commit=${id}&timeout=100`)).status === 200;
  await until(() => isLive(first, good), first.output);
  const bad = await commit(service('shoes', 'nowhere'));
  await until(() => first.output().includes('FL0302'), first.output);
  t.equal(await isLive(first, bad), false);
  const refused = await fairlead(['wait', 'mesh', '--commit', bad, '--address', first.admin], folder);
  t.match(refused, { code: 2, stderr: /is no `fairlead up`/ }, 'commands for `up` say that this is none');
  first.child.kill('SIGTERM');
  t.strictSame(await once(first.child, 'exit'), [0, null], 'stops by itself');

  const second = await start(t, folder);
  await until(() => second.output().includes('FL0302'), second.output);
  t.ok(await isLive(second, good), 'what was live is live again');
  t.equal((await fetch(`${second.admin}/readyz`)).status, 200);
  const better = await commit(service('shoes', '').replace('port: 80', 'port: 81'));
  await until(() => isLive(second, better), second.output);
  t.pass('and later commits follow');
});
