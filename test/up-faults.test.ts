// `fairlead up` when things go wrong: stopped at any moment, killed, started where it cannot run. Nothing may stay behind.
import { spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import t, { type Test } from 'tap';
import { folderOf } from './support/cli.ts';
import { command, intent, leftovers, type Place, processesOf, send, startUp, statusOf, until } from './support/up.ts';

t.jobs = 3;

function placeOf(t: Test, more: Readonly<Record<string, string>> = {}): Place {
  const folder = folderOf(t, { 'mesh/intent/a.yaml': intent(), ...more });
  const tmp = join(folder, 'tmp');
  mkdirSync(tmp);
  return { folder, tmp };
}

t.test('stopped while starting, while deploying, and when ready', async (t) => {
  const place = placeOf(t);
  for (const [name, signal, untilWhen] of [
    [
      'as soon as it has its folder',
      'SIGINT',
      async () => until(() => processesOf(place).length > 0 && hasFolder(place), 'its folder'),
    ],
    ['when its keeper runs', 'SIGTERM', async () => until(() => processesOf(place).length > 1, 'a second process')],
    ['when its proxies run', 'SIGINT', async () => until(() => processesOf(place).length > 3, 'more processes')],
  ] as const) {
    const up = startUp(t, place, ['mesh']);
    await untilWhen();
    t.equal(await up.stop(signal), 0, `${name}: exit code 0`);
    t.notMatch(up.output(), /error|warning|at .*\.ts:\d/, 'and no complaint');
    t.strictSame(await leftovers(place), [], 'nothing is left');
  }
  const up = startUp(t, place, ['mesh']);
  await up.says('ready:');
  const { addresses, webhook } = await statusOf(place, 'mesh');
  t.equal(await up.stop('SIGTERM'), 0);
  t.strictSame(await leftovers(place), []);
  const ports = [...addresses.instances.map(({ outboundHttp }) => outboundHttp ?? ''), new URL(webhook.url).host];
  for (const port of ports) (await listenOn(port)).close();
  t.pass('the ports are free');
});

t.test('a second Ctrl-C ends it at once, and two at once are one', async (t) => {
  // A program that ignores SIGTERM keeps the first Ctrl-C waiting.
  const stubborn =
    'process.on("SIGTERM", () => {}); require("node:http").createServer((q, r) => r.end("x")).listen(...process.env.LISTEN.split(":").reverse())';
  const place = placeOf(t, { 'mesh/local.yaml': `default: { command: [node, -e, '${stubborn}'] }\n` });
  const up = startUp(t, place, ['mesh']);
  await up.says('ready:');
  up.process.kill('SIGINT');
  up.process.kill('SIGINT');
  await up.says('stopping');
  await sleep(600);
  t.equal(up.process.exitCode, null, 'it still waits for the stubborn one');
  t.equal(await up.stop('SIGINT'), 130);
  t.strictSame(await leftovers(place), [], 'and yet nothing is left');
});

t.test('killed: its processes go with it, and the next one comes up', async (t) => {
  const place = placeOf(t);
  const up = startUp(t, place, ['mesh']);
  await up.says('ready:');
  t.equal(await up.stop('SIGKILL'), 'SIGKILL');
  await until(() => processesOf(place).length === 0, 'no process left');
  t.match(await command(place, 'status', 'mesh'), { code: 2, stderr: /nothing is up for "mesh"/ });
  const next = startUp(t, place, ['mesh']);
  await next.says('ready:');
  t.equal(await next.stop(), 0);
  t.strictSame(await leftovers(place), []);
});

t.test('two at once: one of them comes up', async (t) => {
  const place = placeOf(t);
  const both = [startUp(t, place, ['mesh']), startUp(t, place, ['mesh/'])];
  const loser = await Promise.race(both.map(async (up) => ({ up, code: await up.ended })));
  t.equal(loser.code, 2);
  t.match(loser.up.output(), /is up already, as process \d+/);
  const winner = both.find((up) => up !== loser.up);
  await winner?.says('ready:');
  t.equal(await winner?.stop(), 0);
  t.strictSame(await leftovers(place), []);
});

t.test('killed proxies and killed applications come back', async (t) => {
  const place = placeOf(t);
  const up = startUp(t, place, ['mesh']);
  await up.says('ready:');
  const before = await statusOf(place, 'mesh');
  const caller = before.addresses.instances.find(({ workload }) => workload === 'shop/caller')?.outboundHttp ?? '';
  for (const { id, pid = 0 } of before.programs) {
    process.kill(pid, 'SIGKILL');
    await up.says(`warning[FL0853]: ${id} was ended by SIGKILL; it is started again in`);
  }
  const isWell = async () => (await send(caller, 'POST', 'http://callee/').catch(() => undefined))?.status === 200;
  await until(isWell, 'requests are served again');
  await until(async () => (await command(place, 'status', 'mesh')).code === 0, 'every proxy is current again');
  t.ok((await statusOf(place, 'mesh')).programs.every(({ restarts }) => restarts > 0));
  t.equal(await up.stop(), 0);
  t.strictSame(await leftovers(place), []);
});

t.test('where it cannot run, it says so and leaves nothing', async (t) => {
  const place = placeOf(t, { 'bad/local.yaml': 'apps: [{ servise: x }]\n', 'bad/a.yaml': intent() });
  const taken = await listenOn('127.0.0.1:0');
  const { port } = taken.address() as { port: number };
  const noEnvoy = { PATH: `${join(process.execPath, '..')}:/usr/bin:/bin`, FAIRLEAD_TOOLS: place.folder };
  const cases: readonly [name: string, args: readonly string[], env: NodeJS.ProcessEnv, code: 1 | 2, says: RegExp][] = [
    [
      'a busy port',
      ['mesh', '--webhook-port', String(port)],
      {},
      2,
      new RegExp(`FL0709.*127.0.0.1:${port}: another process has the port`),
    ],
    ['no port', ['mesh', '--webhook-port', '99999'], {}, 2, /"99999" is no port/],
    ['no Envoy', ['mesh', '--proxy', 'envoy'], noEnvoy, 2, /the program "envoy" is not in PATH[\s\S]*make tools/],
    ['another proxy', ['mesh', '--proxy', 'nginx'], {}, 2, /embedded, envoy/],
    [
      'no folder for state',
      ['mesh'],
      { TMPDIR: '/dev/null/x' },
      2,
      /cannot use the state folder \/dev\/null\/x[\s\S]*TMPDIR/,
    ],
    ['no Git', ['mesh'], { PATH: '/nowhere' }, 2, /there is no "git" program in PATH/],
    ['a wrong local.yaml', ['bad'], {}, 1, /FL0850[\s\S]*local\.yaml:1:10[\s\S]*did you mean "service"/],
    [
      'no folder for local.yaml',
      ['mesh', '--local', 'nowhere'],
      {},
      2,
      /cannot read nowhere\/local\.yaml: there is no such file/,
    ],
    ['an unknown option', ['mesh', '--webhok-port', '1'], {}, 2, /Did you mean --webhook-port/],
  ];
  for (const [name, args, env, code, says] of cases) {
    const up = startUp(t, place, args, env);
    t.equal(await up.ended, code, `${name}: ${up.output()}`);
    t.match(up.output(), says, name);
    t.notMatch(up.output(), /internal error|at .*\.ts:\d/, 'no trace of JavaScript');
    t.strictSame(await leftovers(place), [], 'nothing is left');
  }
  taken.close();
});

t.test(
  'a state folder that fills up',
  { skip: process.getuid?.() !== 0 && 'only root may mount a small disk' },
  async (t) => {
    const place = placeOf(t);
    const script = [
      `mount -t tmpfs -o size=40k none ${place.tmp}`,
      `timeout 20 ${process.execPath} ${join(import.meta.dirname, '../cli/main.ts')} up mesh`,
    ].join(' && ');
    const env = { ...process.env, TMPDIR: place.tmp, NO_COLOR: '1' };
    const probe = spawnSync('unshare', ['-m', 'true']);
    if (probe.status !== 0) return t.pass('no mount namespaces here');
    const { status, stdout, stderr } = spawnSync('unshare', ['-m', 'sh', '-c', script], {
      cwd: place.folder,
      env,
      encoding: 'utf8',
    });
    t.match(stdout + stderr, /no space left/i);
    t.notMatch(stdout + stderr, /internal error|at .*\.ts:\d/);
    t.not(status, 0);
  },
);

function hasFolder({ tmp }: Place): boolean {
  return spawnSync('find', [tmp, '-name', 'up.json'], { encoding: 'utf8' }).stdout !== '';
}

function listenOn(at: string): Promise<Server> {
  const [host = '', port = ''] = at.split(':');
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(Number(port), host, () => resolve(server));
  });
}
