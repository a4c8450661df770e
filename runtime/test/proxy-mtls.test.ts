// Mutual TLS between proxies, embedded and real Envoy in every combination: who gets in, as whom, and what an application is told.
import { connect, createServer, type AddressInfo } from 'node:net';
import t from 'tap';
import { type Echo, startEchoServer } from './support/echo-server.ts';
import { freePort, whyNoEnvoy } from './support/envoy.ts';
import { identities, meshListeners, meshResources, meshSecrets, type Ports } from './support/mtls-mesh.ts';
import { requireNoRefusal, startEmbedded, startEnvoyNode } from './support/proxy-pair.ts';
import { sendRaw } from './support/raw-http.ts';
import { startResourceAdsServer } from './support/resource-ads-server.ts';

t.setTimeout(100_000);

const noEnvoy = whyNoEnvoy();
if (noEnvoy) t.comment(`only the embedded proxy is tested: ${noEnvoy}`);
const names = noEnvoy ? ['embedded'] : ['embedded', 'envoy'];

const app = await startEchoServer('app');
const tcpApp = createServer((socket) => socket.on('data', (chunk) => socket.write(`<${chunk}>`)));
tcpApp.on('connection', (socket) => socket.on('error', () => {}));
await new Promise<void>((resolve) => tcpApp.listen(0, '127.0.0.1', resolve));
const ads = await startResourceAdsServer();
t.teardown(() => {
  app.close();
  tcpApp.close();
  ads.close();
});

const allPorts = async () => new Map(await Promise.all(meshListeners.map(async (l) => [l, await freePort()] as const)));
const peers: Record<string, Ports> = {};
for (const name of names) peers[name] = await allPorts();
const makeSecrets = await meshSecrets();

function serve(name: string, secrets: readonly object[]): void {
  const ports = peers[name] ?? new Map();
  const tcpPeer = peers[names.find((other) => other !== name) ?? name] ?? ports;
  const tcpAppPort = (tcpApp.address() as AddressInfo).port;
  ads.set(name, meshResources({ ports, peers, tcpPeer, appPort: app.port, tcpAppPort, secrets }));
}

const first = await makeSecrets();
for (const name of names) serve(name, first);
const { proxy, lines } = await startEmbedded(t, ads.port, 'embedded');
if (!noEnvoy) await startEnvoyNode(t, ads.port, 'envoy');
requireNoRefusal(ads);

const ask = (from: string, host: string, path = '/x', more = '') =>
  sendRaw(peers[from]?.get('out') ?? 0, `GET ${path} HTTP/1.1\r\nHost: ${host}\r\n${more}\r\n`);

function xfcc(body: string): string | undefined {
  const { headers } = JSON.parse(body) as Echo;
  const at = headers.findIndex((h, i) => i % 2 === 0 && h === 'x-forwarded-client-cert');
  return at < 0 ? undefined : headers[at + 1];
}

const identified = new RegExp(`^By=${identities.web};Hash=[0-9a-f]{64};URI=${identities.web}$`);

for (const from of names) {
  for (const to of names) {
    t.test(`${from} calls ${to}`, async (t) => {
      const forged = 'x-forwarded-client-cert: By=me;URI=spiffe://mesh.test/ns/shop/sa/admin\r\n';
      const good = await ask(from, `strict.${to}`, '/x', forged);
      t.equal(good.status, 200);
      t.match(xfcc(good.body), identified, 'the caller is who its certificate says, not who it says');
      const denied = await ask(from, `mallory.${to}`);
      t.match([denied.status, denied.body], [403, 'RBAC: access denied']);
      t.equal((await ask(from, `mallory.${to}`, '/open/x')).status, 200);
      t.equal((await ask(from, `mallory.${to}`, '/open/../x')).status, 403, 'the path is judged normalized');
      t.equal((await ask(from, `foreign.${to}`)).status, 503, 'a certificate of another authority');
      t.equal((await ask(from, `wrong.${to}`)).status, 503, 'a server with another identity than expected');
      t.equal((await ask(from, `plain.${to}`)).status, 503, 'plain text towards a strict port');
      const permissive = await ask(from, `permissive.${to}`);
      t.match([permissive.status, xfcc(permissive.body)], [200, identified]);
      t.equal((await ask(from, `plain-permissive.${to}`)).status, 403, 'plain text has no identity');
      const plain = await ask(from, `plain-permissive.${to}`, '/open', forged);
      t.match([plain.status, xfcc(plain.body)], [200, undefined]);
    });
  }
  t.test(`${from}: TCP`, async (t) => {
    t.equal(await talk(from, 'out_tcp_web', 'hello'), '<hello>');
    t.equal(await talk(from, 'out_tcp_mallory', 'hello'), '', 'closed without an answer');
  });
}

/** What comes back over one TCP connection. */
function talk(from: string, listener: string, text: string): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port: peers[from]?.get(listener) ?? 0 });
    let received = '';
    socket.on('connect', () => socket.write(text));
    socket.on('data', (chunk) => {
      received += chunk;
      socket.end();
    });
    socket.on('error', () => {});
    socket.on('close', () => resolve(received));
  });
}

t.test('access log and metrics', async (t) => {
  const entries = lines.filter((line) => line.fixed === 'text');
  const denied = entries.find((line) => line.code === 403 && line.peer === identities.mallory);
  t.match(denied, { details: 'rbac_access_denied_matched_policy[none]', path: '/x', cluster: 'app' });
  const passed = entries.find((line) => line.code === 200);
  t.match(passed, { details: 'via_upstream', peer: identities.web });
  const page = async (path: string) => (await fetch(`http://127.0.0.1:${proxy.adminPort}${path}`)).text();
  t.match(await page('/stats/prometheus'), /istio_requests_total\{[^}]*response_code="403"/);
  const dump = await page('/config_dump');
  t.match(dump, /"default": "\[redacted\]"/);
  t.notMatch(dump + JSON.stringify(lines), /PRIVATE KEY/);
  t.match(await page('/clusters'), /^strict\.embedded::127\.0\.0\.1:\d+::rq_total::/m);
  t.equal(await page('/ready'), 'LIVE\n');
});

t.test('certificates rotate under load without a lost request', async (t) => {
  const hashes = new Set<string>();
  const failures: unknown[] = [];
  let isOver = false;
  const callers = Array.from({ length: 4 }, async () => {
    while (!isOver) {
      const answer = await ask('embedded', 'strict.embedded').catch((error: unknown) => ({
        status: 0,
        body: String(error),
      }));
      if (answer.status !== 200) failures.push(answer);
      else hashes.add(/Hash=(\w+)/.exec(xfcc(answer.body) ?? '')?.[1] ?? '');
    }
  });
  for (let i = 0; i < 5; i++) {
    const verdict = ads.verdictOf('embedded', 'secret');
    serve('embedded', await makeSecrets());
    t.equal(await verdict, undefined);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  isOver = true;
  await Promise.all(callers);
  t.same(failures, []);
  t.ok(hashes.size >= 1);
});
