// The shop on this machine, end to end: a real repository, real processes, real requests through the proxies.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import t, { type Test } from 'tap';
import { compile, createCompiler, type Diagnostic, loadRevision } from '../../compiler/index.ts';
import {
  type DeployRecord,
  emptyLocalFile,
  type LocalMesh,
  type MeshAnswer,
  type ProxyKind,
  parseLocalFile,
  startLocalMesh,
  watchBranch,
} from '../index.ts';
import { whyNoEnvoy } from './support/envoy.ts';
import { example, Repository, told, underLoad } from './support/shop.ts';

interface Running {
  readonly mesh: LocalMesh;
  readonly reports: Diagnostic[];
  /** Pids of everything that was ever started. */
  pids(): readonly number[];
  deployed(commit: string): Promise<DeployRecord | undefined>;
}

async function start(t: Test, repository: Repository, proxy: ProxyKind): Promise<Running> {
  const stateDir = mkdtempSync(join(tmpdir(), 'fairlead-state-'));
  t.teardown(() => rmSync(stateDir, { recursive: true, force: true, maxRetries: 3 }));
  const { local } = parseLocalFile(readFileSync(join(example, 'local.yaml'), 'utf8'), 'local.yaml', example);
  const reports: Diagnostic[] = [];
  const compiler = createCompiler();
  const started = await startLocalMesh({
    proxy,
    // A real PostgreSQL is for demonstrations: tests take the stand-in, which is the same everywhere.
    local: { ...local, standIns: local.standIns.map((s) => ({ ...s, env: { ...s.env, POSTGRES_STANDIN: '1' } })) },
    stateDir,
    compile: (commit) => compiler.compile(loadRevision(repository.folder, commit, '')),
    report: (diagnostic) => void reports.push(diagnostic),
  });
  if (!started.ok) throw new Error(started.diagnostics[0]?.message);
  const { mesh } = started;
  t.teardown(() => mesh.close());
  const watch = await watchBranch({
    repository: repository.folder,
    stateDir,
    pollMs: 100,
    onCommit: ({ commit, skipped }) => mesh.deployer.submit(commit, skipped),
    onTrouble: (diagnostic) => void reports.push(diagnostic),
  });
  t.teardown(() => watch.close());
  return {
    mesh,
    reports,
    pids: () => mesh.processes.status().flatMap(({ pid }) => pid ?? []),
    deployed: (commit) => mesh.deployer.waitForCommit(commit, { timeoutMs: 60_000 }),
  };
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
}

async function playShop(t: Test, proxy: ProxyKind): Promise<void> {
  // Deployer and clock keep no process alive by themselves; the test does.
  const alive = setInterval(() => {}, 1_000);
  t.teardown(() => clearInterval(alive));
  const repository = new Repository(t);
  const first = repository.git('rev-parse', 'HEAD');
  const { mesh, reports, pids, deployed } = await start(t, repository, proxy);
  t.match(await deployed(first), { state: 'deployed', phases: [{ name: 'make', affected: 11 }] });
  t.ok(
    mesh.status().proxies.every(({ state }) => state === 'current'),
    'every proxy has the commit',
  );

  await t.test('requests go where the intent says', async (t) => {
    const cases: readonly (readonly [string, string, Record<string, unknown>])[] = [
      ['shop/hello', 'GET http://myapp/login', { service: 'auth', caller: 'spiffe://cluster.local/ns/shop/sa/hello' }],
      ['shop/hello', 'GET http://myapp/api/v1/x?q=1', { service: 'myapp', path: '/api/x?q=1' }],
      ['shop/hello', 'GET http://myapp/catalog/boots', { status: 301 }],
      ['shop/inventory', 'POST http://shoes/stock', { service: 'shoes' }],
      ['shop/inventory', 'GET http://shoes/stock', { status: 403, body: 'RBAC: access denied' }],
      ['shop/cart', 'POST http://shoes/stock', { status: 403 }],
      ['shop/users', 'POST http://shoes/stock', { status: 502 }],
      ['shop/orders', 'GET http://inventory:9000/admin/x', { service: 'inventory' }],
      ['billing/payments', 'GET http://api.exchange-rates.example/latest', { service: 'exchange-rates', caller: null }],
      ['shop/orders', 'GET http://api.exchange-rates.example/latest', { status: 502 }],
      ['outside', 'GET http://hello.com/', { service: 'hello', caller: 'spiffe://cluster.local/ns/edge/sa/public' }],
      ['outside', 'GET https://shop.example.com/login', { service: 'auth' }],
      ['outside', 'GET http://elsewhere.example.com/', { status: 404 }],
      ['shop/absent', 'GET http://users/', { error: 'no instance of "shop/absent" runs' }],
    ];
    for (const [from, request, expected] of cases) {
      const [method = '', url = ''] = request.split(' ');
      t.match(told(await mesh.call(from, { method, url })), expected, `${from} ${request}`);
    }
    const beta = { url: 'http://orders/orders/1', headers: { 'x-beta': 'true' } };
    t.match(told(await mesh.call('shop/cart', beta)), { version: 'v2' });
    const through = await mesh.call('outside', { url: 'https://shop.example.com/call?url=http://users/7' });
    t.match(
      told(through),
      { called: { status: 200, body: /"service":"users".*\/sa\/myapp/ } },
      'an application calls another',
    );
  });

  await t.test('TCP to the virtual machine', async (t) => {
    const sslRequest = '\x00\x00\x00\x08\x04\xd2\x16\x2f';
    const answer = await mesh.call('shop/inventory', { url: 'tcp://postgres:5432', body: sslRequest });
    t.match(answer, { status: 200, body: 'N' });
    const denied = await mesh.call('shop/cart', { url: 'tcp://postgres:5432', body: sslRequest });
    t.ok(denied.error, 'no way there for who does not use it');
    const callers = mesh.addresses().instances.filter(({ outboundTcp }) => Object.keys(outboundTcp).length > 0);
    t.same(
      callers.map(({ key }) => key),
      ['shop/inventory-0'],
      'nor an address to try',
    );
  });

  await t.test('a push shifts the canary, and no request fails', async (t) => {
    const stop = underLoad(() => mesh.call('shop/cart', { url: 'http://orders/orders/1' }));
    const commit = repository.edit(
      'orders/orders.yaml',
      'weight: 90 }, { version: v2, weight: 10',
      'weight: 0 }, { version: v2, weight: 100',
    );
    const record = await deployed(commit);
    t.match(record, { state: 'deployed', phases: [{ name: 'switch' }] });
    t.match(told(await mesh.call('shop/cart', { url: 'http://orders/orders/1' })), { version: 'v2' });
    t.same(Object.keys(await stop()), ['200']);
  });

  await t.test('a bad push is refused with its place, and the last good commit stays', async (t) => {
    const commit = repository.edit('orders/orders.yaml', 'version: v2, weight: 100', 'version: v3, weight: 100');
    const record = await deployed(commit);
    t.equal(record?.state, 'refused');
    t.match(record?.diagnostics[0]?.span, { file: 'intent/orders/orders.yaml', start: { line: 14 } });
    t.match(told(await mesh.call('shop/cart', { url: 'http://orders/orders/1' })), { version: 'v2' });
    t.not(mesh.status().commit, commit);
  });

  await t.test('a service added and a version removed', async (t) => {
    const stop = underLoad(() => mesh.call('shop/hello', { url: 'http://users/7' }));
    repository.git('revert', '--no-edit', 'HEAD');
    writeFileSync(
      join(repository.folder, 'intent/storefront/reviews.yaml'),
      `apiVersion: fairlead.dev/v1alpha1
kind: MeshService
metadata: { name: reviews, namespace: shop }
spec:
  ports: [{ name: http, port: 80 }]
  access: { allow: [{ from: [{ service: hello }] }] }
`,
    );
    const added = repository.edit('storefront/hello.yaml', 'uses: [myapp', 'uses: [reviews, myapp');
    t.match(await deployed(added), { state: 'deployed' });
    t.match(told(await mesh.call('shop/hello', { url: 'http://reviews/' })), { service: 'reviews' });
    repository.edit('tests.yaml', 'versions: { v1: 90%, v2: 10% }, ', '');
    repository.edit('tests.yaml', 'expect: { versions: { v2: 100% } }', 'expect: { allowed: true }');
    repository.edit(
      'orders/orders.yaml',
      '{ version: v1, weight: 0 }, { version: v2, weight: 100 }',
      '{ version: v2 }',
    );
    const removed = repository.edit('orders/orders.yaml', 'v1: { version: v1 }, ', '');
    t.match(await deployed(removed), { state: 'deployed' });
    t.notOk(
      mesh.status().programs.some(({ id }) => id === 'app-shop-orders-v1-0'),
      'its program is gone',
    );
    t.match(told(await mesh.call('shop/cart', { url: 'http://orders/orders/1' })), { version: 'v2' });
    t.same(Object.keys(await stop()), ['200'], 'and other traffic does not notice');
  });

  await t.test('instances are replaced under load', async (t) => {
    const stop = underLoad(() => mesh.call('shop/hello', { url: 'http://users/slow?ms=50' }));
    const commit = repository.edit(
      'storefront/users.yaml',
      '  access:',
      '  versions: { v1: { version: v1 }, v2: { version: v2 } }\n  access:',
    );
    t.match(await deployed(commit), { state: 'deployed' });
    t.same(Object.keys(await stop()), ['200']);
    const keys = mesh.status().proxies.map(({ id }) => id);
    t.same(
      keys.filter((id) => id.startsWith('shop/users')),
      ['shop/users-v1-0', 'shop/users-v2-0'],
    );
  });

  await t.test('a killed proxy comes back and serves', async (t) => {
    const { program } = mesh.status().proxies.find(({ id }) => id === 'shop/cart-0') ?? {};
    const before = mesh.status().programs.find(({ id }) => id === program)?.pid ?? 0;
    process.kill(before, 'SIGKILL');
    let answer: MeshAnswer | undefined;
    for (let i = 0; i < 200 && answer?.status !== 200; i++) {
      await sleep(50);
      answer = isAlive(before) ? undefined : await mesh.call('shop/cart', { url: 'http://users/7' });
    }
    t.equal(answer?.status, 200);
    t.ok(
      reports.some(({ code, message }) => code === 'FL0853' && message.startsWith(program ?? 'no program')),
      'and was reported',
    );
  });

  await t.test('close leaves nothing behind', async (t) => {
    const running = pids();
    t.ok(running.length > 10);
    await mesh.close();
    t.same(running.filter(isAlive), []);
    await mesh.close();
  });
}

t.test('the shop with embedded proxies', { timeout: 110_000 }, (t) => playShop(t, 'embedded'));

t.test('the shop with real Envoy', { timeout: 110_000, skip: whyNoEnvoy() }, (t) => playShop(t, 'envoy'));

t.test('any intent runs, with built-in echo servers', { timeout: 60_000 }, async (t) => {
  const alive = setInterval(() => {}, 1_000);
  t.teardown(() => clearInterval(alive));
  const stateDir = mkdtempSync(join(tmpdir(), 'fairlead-state-'));
  t.teardown(() => rmSync(stateDir, { recursive: true, force: true, maxRetries: 3 }));
  const intent = `
apiVersion: fairlead.dev/v1alpha1
kind: MeshService
metadata: { name: web, namespace: a }
spec: { ports: [{ name: http, port: 80 }], access: { allow: [{}] }, uses: [b/queue, { external: api }] }
---
apiVersion: fairlead.dev/v1alpha1
kind: MeshService
metadata: { name: queue, namespace: b }
spec: { ports: [{ name: tcp-amqp, port: 5672 }], access: { allow: [{ from: [{ service: a/web }] }] }, uses: [a/web] }
---
apiVersion: fairlead.dev/v1alpha1
kind: ExternalService
metadata: { name: api, namespace: a }
spec: { hosts: [api.example.com], ports: [{ name: http, port: 8080, protocol: HTTP }], resolve: dns }
`;
  const texts: Record<string, string> = { good: intent, bad: intent.replace('b/queue', 'b/queu') };
  const started = await startLocalMesh({
    proxy: 'embedded',
    local: emptyLocalFile(stateDir),
    stateDir,
    report: () => {},
    compile: (commit) =>
      compile({ label: commit, files: [{ path: 'intent.yaml', text: texts[commit] ?? '' }], diagnostics: [] }),
  });
  if (!started.ok) throw new Error(started.diagnostics[0]?.message);
  const { mesh } = started;
  t.teardown(() => mesh.close());
  mesh.deployer.submit('bad');
  t.match(await mesh.deployer.waitForCommit('bad', { timeoutMs: 10_000 }), { state: 'refused' });
  t.match(mesh.status(), { proxies: [], programs: [] }, 'a bad first commit starts nothing');
  t.match(await mesh.call('a/web', { url: 'http://web/' }), { error: 'nothing is deployed' });
  mesh.deployer.submit('good');
  t.match(await mesh.deployer.waitForCommit('good', { timeoutMs: 30_000 }), { state: 'deployed', diagnostics: [] });
  t.match(told(await mesh.call('b/queue', { url: 'http://web.a/x' })), { service: 'web', version: 'v1', path: '/x' });
  t.match(told(await mesh.call('a/web', { url: 'http://api.example.com:8080/' })), {
    service: 'api',
    version: 'external',
  });
  t.match(await mesh.call('a/web', { url: 'tcp://queue.b:5672', body: 'hello' }), { status: 200, body: 'hello' });
});
