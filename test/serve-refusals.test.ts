// What the servers and `bootstrap` refuse before they start: each names what to change.
import http from 'node:http';
import { join } from 'node:path';
import t from 'tap';
import { fairlead, folderOf, git } from './support/cli.ts';
import { freePort } from './support/free-ports.ts';
import { commitAll } from './support/up.ts';

t.setTimeout(120_000);

t.test('where nothing was deployed yet no workload is known', async (t) => {
  const folder = folderOf(t, {});
  const join = ['bootstrap', '--workload', 'shop/nope', '--control-plane', 'a:1', '--state', 'state'];
  t.match(await fairlead([...join, '--ahead'], folder), { code: 0 }, 'the folder is made');
  t.match(await fairlead(join, folder), { code: 2, stdout: '', stderr: /"state" has deployed yet[\s\S]*--ahead/ });
});

t.test('a control plane that cannot listen, and bootstraps that make no sense', async (t) => {
  const folder = folderOf(t, { 'mesh/a.yaml': 'x' });
  await git(join(folder, 'mesh'), 'init', '--quiet');
  await commitAll(join(folder, 'mesh'), 'first');
  const port = String(await freePort());
  const taken = http.createServer().listen(Number(port), '127.0.0.1');
  t.teardown(() => taken.close());
  const plane = ['serve', 'control-plane', 'mesh', '--state', 'state', '--host', '127.0.0.1'];
  const cases: readonly [readonly string[], RegExp][] = [
    [
      [...plane, '--port', port, '--admin-port', '0'],
      new RegExp(`127.0.0.1:${port}: another process has the port[\\s\\S]*--port`),
    ],
    [[...plane, '--port', '0', '--admin-port', port], /another process has the port[\s\S]*--admin-port/],
    [['serve', 'control-plane', 'nowhere'], /FL0113.*no such file or folder/],
    [['bootstrap', '--workload', 'hello', '--control-plane', 'a:1', '--ahead'], /"hello" is no workload/],
    [['bootstrap', '--workload', 'a/b', '--control-plane', 'a', '--state', 'new', '--ahead'], /"a" is no address/],
    [['proxy', '-c', 'nowhere.json'], /cannot read the bootstrap file nowhere\.json/],
    [['proxy', '--config-yaml', '{}'], /the proxy cannot start: the bootstrap has no dynamic_resources/],
    [
      ['proxy', '--config-yaml', 'a: ['],
      /cannot read the bootstrap: .*\n *= hint|cannot read the bootstrap: [^\n]*\n$/,
    ],
    [['serve', 'webhook', '--host', '127.0.0.1', '--port', port], /FL0709.*another process has the port/],
    [['serve', 'webhook', '--print-configuration'], /there is no authority[\s\S]*--ca-file/],
    [['serve', 'webhook', '--port', '0', '--ca-file', 'none/ca.pem'], /cannot use "none\/ca.pem": no such file/],
    [
      ['serve', 'webhook', '--port', '0', '--certificate-folder', '/dev/null/x'],
      /cannot use "\/dev\/null\/x": not a dir/,
    ],
  ];
  for (const [args, says] of cases) {
    const outcome = await fairlead(args, folder);
    t.equal(outcome.code, 2, `${args.join(' ')}: ${outcome.stderr}`);
    t.match(outcome.stderr, says);
    t.notMatch(outcome.stderr, /internal error|at .*\.ts:\d|No address added/);
  }
});
