// The server roles as an operator runs them: a control plane that proxies join by a bootstrap file, and the webhook.
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import { homedir } from 'node:os';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { parseAllDocuments } from 'yaml';
import { fairlead, folderOf, git } from './support/cli.ts';
import { commitAll, until } from './support/up.ts';
import { freePort } from './support/free-ports.ts';

const main = join(import.meta.dirname, '../cli/main.ts');
const cache = process.env.FAIRLEAD_TOOLS ?? join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'fairlead');
const PATH = `${process.env.PATH}:${join(cache, 'envoy-1.40.0/bin')}`;
const hasEnvoy = spawnSync('envoy', ['--version'], { env: { ...process.env, PATH } }).status === 0;

/** A gateway that answers by itself, with a redirect: what it says tells which commit it has. */
const intent = (gatewayPort: number, answer: string) => `apiVersion: fairlead.dev/v1alpha1
kind: MeshGateway
metadata: { name: public, namespace: edge, labels: { team: a } }
spec: { listeners: [{ name: web, port: ${gatewayPort}, protocol: HTTP, hosts: [hello.com] }] }
---
apiVersion: fairlead.dev/v1alpha1
kind: MeshService
metadata: { name: hello, namespace: shop, labels: { team: a } }
spec:
  ports: [{ port: 80 }]
  routes: [{ redirect: { path: /${answer} } }]
  access: { allow: [{ from: [{ gateway: edge/public }] }] }
  expose: [{ gateway: edge/public, host: hello.com }]
`;

const endpoints =
  'instances:\n  - { name: hello-0, namespace: shop, serviceAccount: hello, labels: { app: hello }, address: 127.0.0.9 }\n';

interface Program {
  readonly process: ChildProcess;
  readonly ended: Promise<number | NodeJS.Signals | null>;
  output(): string;
}

function start(t: Test, command: string, args: readonly string[], cwd: string): Program {
  const child = spawn(command, args, {
    cwd,
    env: { ...process.env, PATH, NO_COLOR: '1' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (output += chunk));
  const ended = new Promise<number | NodeJS.Signals | null>((resolve) =>
    child.once('exit', (code, signal) => resolve(code ?? signal)),
  );
  t.teardown(async () => {
    child.kill('SIGKILL');
    await ended;
  });
  return { process: child, ended, output: () => output };
}

t.setTimeout(120_000);

for (const kind of ['embedded', 'envoy'] as const) {
  const skip = kind === 'envoy' && !hasEnvoy ? 'real Envoy is not installed (make tools)' : false;
  t.test(`a control plane, and a gateway (${kind}) that joins it`, { skip, timeout: 60_000 }, async (t) => {
    const [adsPort, gatewayPort, adminPort] = [await freePort(), await freePort(), await freePort()];
    const folder = folderOf(t, { 'mesh/intent/a.yaml': intent(gatewayPort, 'one'), 'instances.yaml': endpoints });
    const mesh = join(folder, 'mesh');
    await git(mesh, 'init', '--quiet', '--initial-branch=main');
    await commitAll(mesh, 'one');
    const change = (answer: string) => {
      writeFileSync(join(mesh, 'intent/a.yaml'), intent(gatewayPort, answer));
      return commitAll(mesh, answer);
    };
    const serve = () =>
      start(
        t,
        process.execPath,
        [
          main,
          'serve',
          'control-plane',
          'mesh',
          '--endpoints',
          'instances.yaml',
          '--state',
          'state',
          '--host',
          '127.0.0.1',
        ].concat(['--port', String(adsPort), '--admin-port', String(adminPort)]),
        folder,
      );
    const answers = (path: string) =>
      until(async () => (await locationFrom(gatewayPort)) === `http://hello.com/${path}`, `/${path} from the gateway`);

    const first = serve();
    await until(() => /: live \d+ ms after it was seen;/.test(first.output()), first.output());
    const controlPlane = ['--control-plane', `127.0.0.1:${adsPort}`, '--state', 'state'];
    const bootstrap = await fairlead(['bootstrap', '--workload', 'edge/public', ...controlPlane], folder);
    t.equal(bootstrap.code, 0, bootstrap.stderr);
    writeFileSync(join(folder, 'public.json'), bootstrap.stdout);
    const gateway =
      kind === 'envoy'
        ? start(
            t,
            'envoy',
            ['-c', 'public.json', '--use-dynamic-base-id', '--concurrency', '1', '-l', 'warning'],
            folder,
          )
        : start(t, process.execPath, [main, 'proxy', '-c', 'public.json'], folder);
    await answers('one');
    await change('two');
    await answers('two');

    writeFileSync(join(folder, 'instances.yaml'), 'instances: [');
    await until(() => /error\[FL0806\][\s\S]*instances\.yaml:1:/.test(first.output()), 'the broken file is told');
    writeFileSync(join(folder, 'instances.yaml'), endpoints);

    first.process.kill('SIGKILL');
    await first.ended;
    await change('three');
    t.equal(await locationFrom(gatewayPort), 'http://hello.com/two', 'without its control plane the gateway serves on');
    const second = serve();
    await answers('three');
    t.notMatch(
      gateway.output(),
      /CERTIFICATE_VERIFY_FAILED|self-signed|unable to verify/,
      'it knows the control plane again',
    );

    // C7: a typing error is told, and makes nothing.
    const typo = ['bootstrap', '--workload', 'edge/publik', ...controlPlane];
    t.match(await fairlead(typo, folder), {
      code: 2,
      stdout: '',
      stderr: /no workload "edge\/publik"[\s\S]*edge\/public/,
    });
    t.match(await fairlead([...typo, '--ahead'], folder), { code: 0 });
    const short = await fairlead(['bootstrap', '--workload', 'public', ...controlPlane], folder);
    t.match(JSON.parse(short.stdout), { node: { cluster: 'edge/public' } });
    t.match(await fairlead(['bootstrap', '--workload', 'edge/public', ...controlPlane.with(-1, 'stat')], folder), {
      code: 2,
      stderr: /no control plane keeps its state in "stat"[\s\S]*--ahead/,
    });
    t.notOk(existsSync(join(folder, 'stat')), 'no authority was made');

    const foreign = await fairlead(['bootstrap', '--workload', 'shop/hello', ...controlPlane], folder);
    writeFileSync(
      join(folder, 'foreign.json'),
      foreign.stdout.replace('"cluster": "shop/hello"', '"cluster": "edge/public"'),
    );
    const intruder = start(t, process.execPath, [main, 'proxy', '-c', 'foreign.json'], folder);
    await until(
      () => /FL0804.*the join token is for shop\/hello, not for edge\/public/.test(second.output()),
      'the token is refused',
    );
    intruder.process.kill('SIGTERM');
    t.equal(await intruder.ended, 0, 'it stops cleanly nonetheless');

    second.process.kill('SIGTERM');
    t.equal(await second.ended, 0);
    t.notMatch(second.output(), /internal error|at .*\.ts:\d/);
  });
}

t.test('the webhook writes its authority, and prints a configuration with it', async (t) => {
  const folder = folderOf(t, {});
  const webhook = start(
    t,
    process.execPath,
    [main, 'serve', 'webhook', '--host', '127.0.0.1', '--port', '0', '--ca-file', 'ca.pem', '--mesh', 'nowhere'],
    folder,
  );
  await until(() => webhook.output().includes('webhook listens on https://127.0.0.1:'), webhook.output());
  t.match(webhook.output(), /FL0113.*nowhere/, 'a mesh that cannot be read is told at once');
  const printed = await fairlead(['serve', 'webhook', '--print-configuration', '--ca-file', 'ca.pem'], folder);
  const documents = parseAllDocuments(printed.stdout).map(
    (document) =>
      document.toJS() as { kind: string; webhooks: { clientConfig: { caBundle: string }; failurePolicy: string }[] },
  );
  t.strictSame(documents.map(({ kind }) => kind).toSorted(), [
    'MutatingWebhookConfiguration',
    'ValidatingWebhookConfiguration',
  ]);
  for (const { clientConfig } of documents.flatMap(({ webhooks }) => webhooks))
    t.equal(Buffer.from(clientConfig.caBundle, 'base64').toString(), readFileSync(join(folder, 'ca.pem'), 'utf8'));
  webhook.process.kill('SIGINT');
  t.equal(await webhook.ended, 0);
});

/** Where the gateway sends those who ask for hello.com; undefined while it does not answer. */
function locationFrom(port: number): Promise<string | undefined> {
  return new Promise((resolve) => {
    const request = http.get(
      { host: '127.0.0.1', port, path: '/', headers: { host: 'hello.com' }, timeout: 5_000 },
      (response) => {
        response.resume();
        resolve(response.headers.location);
      },
    );
    request.on('timeout', () => request.destroy());
    request.on('error', () => resolve(undefined));
  });
}
