// What goes wrong on a laptop: no Envoy, programs that do not exist or do not listen, ports that are taken, a proxy that refuses.
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { compile, type Diagnostic } from '../../compiler/index.ts';
import {
  emptyLocalFile,
  type LocalFile,
  type LocalMesh,
  type LocalMeshOptions,
  parseLocalFile,
  startLocalMesh,
} from '../index.ts';

const intent = `
apiVersion: fairlead.dev/v1alpha1
kind: Mesh
metadata: { name: test }
spec: { trustDomain: cluster.local, access: { default: allow } }
---
apiVersion: fairlead.dev/v1alpha1
kind: MeshService
metadata: { name: front, namespace: a }
spec: { ports: [{ name: http, port: 8080 }], uses: [back] }
---
apiVersion: fairlead.dev/v1alpha1
kind: MeshService
metadata: { name: back, namespace: a }
spec: { ports: [{ name: http, port: 8080 }] }
`;
const grown = `${intent}---${intent.split('---')[2]?.replace('name: back', 'name: third')}`;
const texts: Record<string, string> = { good: intent, grown };

async function start(t: Test, local: LocalFile, more: Partial<LocalMeshOptions> = {}) {
  // The mesh's own timers keep no process alive.
  const alive = setInterval(() => {}, 1_000);
  const stateDir = mkdtempSync(join(tmpdir(), 'fairlead-faults-'));
  const reports: Diagnostic[] = [];
  const started = await startLocalMesh({
    proxy: 'embedded',
    local,
    stateDir,
    report: (diagnostic) => void reports.push(diagnostic),
    compile: (commit) =>
      compile({ label: commit, files: [{ path: 'intent.yaml', text: texts[commit] ?? '' }], diagnostics: [] }),
    startTimeoutMs: 3_000,
    ...more,
  });
  if (!started.ok) throw new Error(started.diagnostics[0]?.message);
  const { mesh } = started;
  t.teardown(async () => {
    await mesh.close();
    clearInterval(alive);
    rmSync(stateDir, { recursive: true, force: true, maxRetries: 3 });
  });
  return { mesh, reports };
}

async function deploy(mesh: LocalMesh, commit: string) {
  mesh.deployer.submit(commit);
  await mesh.deployer.idle();
  return mesh.deployer.record(commit);
}

t.test('a missing Envoy fails the commit, and its instances go', async (t) => {
  const { PATH } = process.env;
  process.env.PATH = '/nonexistent';
  const { mesh } = await start(t, emptyLocalFile(tmpdir()), { proxy: 'envoy' });
  const record = await deploy(mesh, 'good');
  process.env.PATH = PATH;
  t.match(record, { state: 'failed', diagnostics: [{ code: 'FL0854', message: /no "envoy" program/ }] });
  t.same(
    mesh
      .status()
      .programs.filter(({ state }) => state !== 'stopped')
      .map(({ id }) => id),
    ['echo-servers'],
  );
});

t.test('programs that do not exist or do not listen are told, and the rest serves', async (t) => {
  const text = [
    'apps:',
    '  - { service: back, command: [no-such-program] }',
    '  - { service: third, command: [node, -e, "setInterval(() => {}, 1000)"] }',
  ].join('\n');
  const { local } = parseLocalFile(text, 'local.yaml', tmpdir());
  const { mesh, reports } = await start(t, local);
  const record = await deploy(mesh, 'grown');
  t.match(record, {
    state: 'deployed',
    diagnostics: [{ code: 'FL0855', message: /a\/third-0 does not listen on 127\./ }],
  });
  t.match(reports, [{ code: 'FL0854', message: /app-a-back-0: the program "no-such-program"/ }]);
  t.match(await mesh.call('a/front', { url: 'http://back:8080/' }), { status: 503 });
});

/** Holds a port on all addresses, one that no other test uses. */
async function blockPort(t: Test): Promise<number> {
  for (let port = 12_000; port < 12_100; port++) {
    const blocker = createServer();
    const isFree = await new Promise((resolve) => {
      blocker.once('error', () => resolve(false));
      blocker.listen(port, '0.0.0.0', () => resolve(true));
    });
    if (!isFree) continue;
    t.teardown(() => blocker.close());
    return port;
  }
  throw new Error('no free port');
}

t.test('C6: what the embedded proxy cannot do is said before anything starts', { timeout: 30_000 }, async (t) => {
  texts.grpc = intent.replace(
    'name: back, namespace: a }\nspec: { ports: [{ name: http,',
    'name: back, namespace: a }\nspec: { ports: [{ name: grpc,',
  );
  const { mesh } = await start(t, emptyLocalFile('.'));
  const record = await deploy(mesh, 'grpc');
  t.match(record, {
    state: 'refused',
    diagnostics: [
      {
        code: 'FL0823',
        message: 'port 8080 of a/back speaks GRPC, that is HTTP/2, which the embedded proxy does not',
        hint: /--proxy envoy/,
        span: { file: 'intent.yaml', start: { line: 15 } },
      },
    ],
  });
  t.same(mesh.processes.status(), [], 'nothing was started');
});

t.test(
  'C6: TLS that is originated is left out towards stand-ins, which then answer',
  { timeout: 30_000 },
  async (t) => {
    texts.tls = `${intent.replace('uses: [back]', 'uses: [back, { external: api }]')}---
apiVersion: fairlead.dev/v1alpha1
kind: ExternalService
metadata: { name: api, namespace: a }
spec: { hosts: [api.example.com], ports: [{ port: 443, protocol: HTTPS }], resolve: dns, tls: { originate: true } }
`;
    const { mesh } = await start(t, emptyLocalFile('.'));
    t.match(await deploy(mesh, 'tls'), { state: 'deployed' });
    const request = { method: 'GET', url: 'http://api.example.com/x' };
    t.match(await mesh.call('a/front', request), { status: 200, body: /"service":"api"/ });
    t.same(mesh.addresses().externalInPlain.length, 1);
  },
);

t.test('a port that is taken on all addresses is stepped over', async (t) => {
  const port = await blockPort(t);
  texts.good = intent.replaceAll('8080', String(port));
  texts.moved = texts.good.replace('cluster.local', 'shop.example');
  texts.grown = grown.replaceAll('8080', String(port));
  const { mesh } = await start(t, emptyLocalFile(tmpdir()));
  t.match(await deploy(mesh, 'good'), { state: 'deployed' });
  t.match(mesh.addresses().instances[0]?.inbound.http, new RegExp(`:${port + 1}$`));
  t.match(await mesh.call('a/front', { url: `http://back:${port}/` }), { status: 200 });

  t.match(await deploy(mesh, 'moved'), { state: 'refused', diagnostics: [{ code: 'FL0857' }] }, 'identities stay');
  t.equal(mesh.status().commit, 'good');
  t.match(await deploy(mesh, 'grown'), { state: 'deployed' });
});
