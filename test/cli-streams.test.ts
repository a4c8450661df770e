// What comes in late, and what cannot go out: pipes as people write them in a shell.
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import t from 'tap';
import { folderOf } from './support/cli.ts';

const main = join(import.meta.dirname, '../cli/main.ts');
const service = (name: string, more = '') =>
  `apiVersion: fairlead.dev/v1alpha1\nkind: MeshService\nmetadata: { name: ${name}, namespace: shop }\nspec:\n  ports: [{ port: 80 }]\n${more}`;

interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

function ended(child: ReturnType<typeof spawn>): Promise<Ended> {
  let [stdout, stderr] = ['', ''];
  child.stdout?.on('data', (data) => (stdout += data));
  child.stderr?.on('data', (data) => (stderr += data));
  return new Promise((resolve) => child.on('close', (code) => resolve({ code, stdout, stderr })));
}

async function late(args: readonly string[], cwd: string, parts: readonly string[]): Promise<Ended> {
  const child = spawn(process.execPath, [main, ...args], { cwd, env: { ...process.env, NO_COLOR: '1' } });
  const end = ended(child);
  for (const part of parts) {
    await sleep(600);
    child.stdin.write(part);
  }
  child.stdin.end();
  return end;
}

/** `fairlead` stands for the command. */
function shell(line: string, cwd: string): Promise<Ended> {
  const script = `set -o pipefail; fairlead() { "${process.execPath}" "${main}" "$@"; }; ${line}`;
  return ended(spawn('bash', ['-c', script], { cwd, env: { ...process.env, NO_COLOR: '1' } }));
}

t.test('standard input may come late and in parts', async (t) => {
  const folder = folderOf(t, { 'a.yaml': service('shoes') });
  const log = JSON.stringify({
    workload: 'shop/shoes',
    listener: 'inbound_80',
    method: 'GET',
    path: '/',
    response_code: 200,
  });
  const explained = await late(['explain', '--log-line', '-'], folder, [
    log.slice(0, 20),
    `${log.slice(20)}\n`,
    `${log}\n`,
  ]);
  t.equal(explained.code, 0, explained.stderr);
  t.equal(explained.stdout.split('was answered 200').length, 3, 'both lines');
  const blank = await late(['explain', '--log-line', '-'], folder, ['\n', '\n']);
  t.match(blank, { code: 2, stderr: /there is no log line/ });
  const pod =
    'apiVersion: v1\nkind: Pod\nmetadata: { name: p, namespace: shop }\nspec: { containers: [{ name: a, image: a }] }\n';
  const injected = await late(['inject', '-f', '-'], folder, [pod.slice(0, 30), pod.slice(30)]);
  t.match(injected, { code: 0, stdout: /fairlead-proxy|initContainers/ }, injected.stderr);
});

t.test('a reader that goes away changes nothing about the exit code', async (t) => {
  const many = Array.from({ length: 400 }, (_, i) => service(`s${i}`, 'bad: 1\n')).join('---\n');
  const folder = folderOf(t, { 'bad/a.yaml': many, 'good/a.yaml': many.replaceAll('bad: 1\n', '') });
  const piped = await shell('fairlead check bad 2>&1 | head -1', folder);
  t.match(piped, { code: 1, stdout: /^error/ }, piped.stderr);
  t.equal((await shell('fairlead check bad --format json | head -c 10', folder)).code, 1);
  const fine = await shell('fairlead compile good --target istio 2>/dev/null | head -1', folder);
  t.equal(fine.code, 0, fine.stderr);
});

t.test('output that cannot be written is one line and exit code 2', async (t) => {
  const folder = folderOf(t, { 'a.yaml': service('shoes', 'bad: 1\n') });
  const full = await shell('fairlead check --format json > /dev/full', folder);
  t.match(full, { code: 2, stderr: /^error: the output cannot be written: .*no space left.*\n$/ });
  t.equal((await shell('fairlead check 2> /dev/full', folder)).code, 2);
  t.match(await shell('fairlead check --format json > /dev/full 2> /dev/full', folder), { code: 2 });
});
