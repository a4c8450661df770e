// What real Envoys do with real requests when given our resources: docs/semantics.md, rule by rule.
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import t, { type Test } from 'tap';
import { decide } from '../analysis/index.ts';
import { indexMesh } from '../model/index.ts';
import { eventually, skipWithoutEnvoy } from './support/envoy.ts';
import { type MeshOnEnvoy, runMesh, send, talk } from './support/mesh-on-envoy.ts';
import { request } from './support/mesh-builder.ts';
import { trafficMesh } from './support/traffic-mesh.ts';

t.test('requests through real Envoys', { skip: skipWithoutEnvoy }, async (t) => {
  const running = await runMesh(trafficMesh(), [
    { id: 'caller', workload: 'shop/caller' },
    { id: 'other', workload: 'shop/other' },
    { id: 'v1', workload: 'shop/shoes', labels: { version: 'v1' } },
    { id: 'v2', workload: 'shop/shoes', labels: { version: 'v2' } },
    { id: 'users', workload: 'shop/users' },
    { id: 'open', workload: 'shop/open' },
    { id: 'edge', workload: 'shop/edge' },
  ]);
  t.after(() => running.stop());
  t.same(running.refusals, []);
  const patience = gatewayPatience(running);
  await t.test('hosts and ports', (t) => hosts(t, running));
  await t.test('paths and rewriting', (t) => paths(t, running));
  await t.test('headers', (t) => headersAndMethods(t, running));
  await t.test('cors, faults, redirects', (t) => filters(t, running));
  await t.test('destinations', (t) => destinations(t, running));
  await t.test('mirrors', (t) => mirrors(t, running));
  await t.test('access', (t) => access(t, running));
  await t.test('gRPC timeouts', (t) => grpcTimeouts(t, running));
  await t.test('tcp', (t) => tcp(t, running));
  await t.test('mutual TLS', (t) => mutualTls(t, running));
  await t.test('gateway', (t) => gateway(t, running));
  await t.test('access log', (t) => accessLog(t, running));
  await t.test('slow clients', async (t) => {
    const { headers, handshake } = await patience;
    t.match(headers.said, /^HTTP\/1\.1 408 /);
    t.ok(headers.seconds > 9, `headers: ${headers.seconds} s`);
    t.equal(handshake.said, '');
    t.ok(handshake.seconds > 14, `handshake: ${handshake.seconds} s`);
  });
});

/** What a gateway says to clients that begin a request, or a connection, and do not go on; asked for while others are. */
async function gatewayPatience({ placements }: MeshOnEnvoy) {
  const bound = placements.get('edge')?.gateway ?? {};
  const begun = async (port: number | undefined, first: string) => {
    const start = performance.now();
    const socket = connect(port ?? 0, '127.0.0.1');
    socket.write(first);
    const said = await text(socket);
    return { said, seconds: (performance.now() - start) / 1000 };
  };
  const [headers, handshake] = await Promise.all([
    begun(bound[80]?.port, 'GET / HTTP/1.1\r\nhost: shop.example.com\r\n'),
    begun(bound[443]?.port, ''),
  ]);
  return { headers, handshake };
}

async function hosts(t: Test, { call, placements }: MeshOnEnvoy): Promise<void> {
  for (const host of [
    'shoes',
    'SHOES.shop',
    'shoes.shop.svc',
    'shoes.shop.svc.cluster.local',
    'shoes:80',
    'shoes.shop:80',
  ]) {
    t.equal((await call('caller', `GET http://${host}/seg/x`)).seen?.app, 'v1', host);
  }
  for (const host of ['secret', 'example.com', 'shoes:81', 'shoes.other']) {
    t.equal((await call('caller', `GET http://${host}/`)).status, 502, `${host} is out of scope`);
  }
  const port = placements.get('caller')?.outboundHttp?.port;
  const asProxy = await send({ port, path: 'http://shoes.shop/seg?q', headers: { host: 'ignored' } });
  t.match(
    asProxy.seen,
    { app: 'v1', url: '/seg?q', headers: { host: 'shoes.shop' } },
    'an absolute URL, as to a forward proxy',
  );
  t.equal((await call('caller', 'GET http://shoes/none')).status, 404, 'a table without a catch-all');
}

async function paths(t: Test, { call }: MeshOnEnvoy): Promise<void> {
  const rewritten = {
    '/exact?q=1': '/exactly?q=1',
    '/api/v1': '/api/',
    '/api/v1/x?q': '/api/x?q',
    '/bare': '/new',
    '/bare/x': '/new/x',
    '/pretty/x': '/posttty/x',
    '/num/12?q': '/number?q',
    '/a/b.php': '/script',
    '/seg': '/seg',
    '/seg/a/../b': '/seg/b',
    '/seg/%2e%2e/seg/%41': '/seg/A',
    '/seg/a%2Fb//c': '/seg/a%2Fb//c',
  };
  for (const [path, seen] of Object.entries(rewritten)) {
    t.equal((await call('caller', `GET http://shoes${path}`)).seen?.url, seen, path);
  }
  for (const path of ['/segment', '/Seg', '/api/v12', '/num/12x', '/exact/']) {
    t.equal((await call('caller', `GET http://shoes${path}`)).status, 404, path);
  }
}

async function headersAndMethods(t: Test, { call }: MeshOnEnvoy): Promise<void> {
  const changed = await call('caller', 'GET http://shoes/seg', {
    'x-add': 'one',
    'x-drop': 'x',
    'x-set': 'old',
    'x-envoy-attempt-count': '7',
  });
  const seen = changed.seen?.headers ?? {};
  t.same(
    [seen['x-set'], seen['x-add'], seen['x-drop'], seen['x-both']],
    ['100%', 'one, more', undefined, undefined],
    'request',
  );
  t.same([changed.headers['x-from-app'], changed.headers['x-extra']], ['changed', 'yes'], 'response');
  t.same(
    Object.keys(seen).filter((name) => name.startsWith('x-envoy')),
    ['x-envoy-attempt-count'],
    'Envoy tells the number of the try and nothing else',
  );
  t.equal(seen['x-envoy-attempt-count'], '1', 'F8: and nobody else tells it');
  t.notOk(changed.headers.server, 'no server header is made up');
  const status = async (path: string, value?: string) =>
    (await call('caller', `GET http://shoes${path}`, value === undefined ? {} : { 'x-a': value })).status;
  t.same([await status('/not-a'), await status('/not-a', 'b'), await status('/not-a', 'a')], [200, 200, 404], 'not a');
  t.same([await status('/not-any'), await status('/not-any', 'b')], [200, 404], 'not anything');
  const methods = await Promise.all(['GET', 'PUT', 'POST'].map((m) => call('caller', `${m} http://shoes/get-or-put`)));
  t.same(
    methods.map((m) => m.status),
    [200, 200, 404],
    'methods',
  );
}

async function filters(t: Test, { call }: MeshOnEnvoy): Promise<void> {
  const preflight = { origin: 'https://a.example.com', 'access-control-request-method': 'PUT' };
  const allowed = await call('caller', 'OPTIONS http://shoes/cors', preflight);
  t.same([allowed.status, allowed.seen], [200, undefined], 'the proxy answers a preflight');
  t.match(allowed.headers, {
    'access-control-allow-origin': 'https://a.example.com',
    'access-control-allow-methods': 'PUT',
    'access-control-allow-headers': 'x-a',
    'access-control-allow-credentials': 'true',
    'access-control-max-age': '60',
  });
  t.equal((await call('caller', 'GET http://shoes/teapot')).status, 418);
  const here = await call('caller', 'GET http://shoes/here?q=1');
  t.same([here.status, here.headers.location], [308, 'http://shoes/there?q=1']);
  const away = await call('caller', 'GET http://shoes/away?q=1');
  t.same([away.status, away.headers.location], [301, 'https://other.example.com/away?q=1']);
}

async function destinations(t: Test, { call }: MeshOnEnvoy): Promise<void> {
  const missing = await call('caller', 'GET http://shoes/v9');
  t.same([missing.status, missing.body], [503, 'no healthy upstream']);
  t.equal((await call('caller', 'GET http://shoes/login')).seen?.app, 'users', 'another service');
  const apps = new Set<string | undefined>();
  for (let i = 0; i < 40; i++) apps.add((await call('caller', 'GET http://shoes/split')).seen?.app);
  t.same([...apps].sort(), ['v1', 'v2']);
}

async function mirrors(t: Test, { call, received }: MeshOnEnvoy): Promise<void> {
  t.equal((await call('caller', 'GET http://shoes/mirrored')).seen?.app, 'v1');
  const copies = () => received.filter(({ app, url }) => app === 'v2' && url === '/mirrored');
  await eventually(async () => copies().length > 0, 'the copy to arrive');
  t.match(copies(), [{ headers: { host: 'shoes' } }], 'for the host that was asked for');
}

async function access(t: Test, { call }: MeshOnEnvoy): Promise<void> {
  const denied = await call('other', 'GET http://shoes/free');
  t.same([denied.status, denied.body], [403, 'RBAC: access denied']);
  for (const path of ['/admin', '/admin/x?y', '/free/../admin', '/free/%2e%2e/%61dmin/x', '/admin\\x']) {
    t.equal((await call('caller', `GET http://shoes${path}`)).status, 403, path);
  }
  t.equal((await call('other', 'GET http://users/x')).status, 200);
  t.equal((await call('other', 'POST http://users/x')).status, 403);
}

async function tcp(t: Test, { placements }: MeshOnEnvoy): Promise<void> {
  const dial = (id: string) => placements.get(id)?.outboundTcp['users.shop.svc.cluster.local:5432']?.port ?? 0;
  t.equal(await talk(dial('caller')), 'users:hello', 'allowed');
  t.equal(await talk(dial('other')), '', 'the rule with a method does not count on TCP, so nothing allows it');
}

async function mutualTls(t: Test, { call, placements }: MeshOnEnvoy): Promise<void> {
  const seen = await call('caller', 'GET http://shoes/seg', { 'x-forwarded-client-cert': 'URI=spiffe://made/up' });
  const by = 'spiffe://cluster.local/ns/shop/sa/shoes';
  const certificate = seen.seen?.headers['x-forwarded-client-cert'] ?? '';
  t.match(certificate, new RegExp(`^By=${by};Hash=[0-9a-f]+;URI=spiffe://cluster.local/ns/shop/sa/caller$`));
  const direct = (id: string, port: string) => send({ port: placements.get(id)?.inbound[port]?.bind.port, path: '/' });
  await t.rejects(direct('v1', '8080'), 'STRICT closes a plain connection');
  t.equal((await direct('open', '8088')).status, 200, 'PERMISSIVE takes it');
  t.match((await call('caller', 'GET http://open/')).seen?.headers['x-forwarded-client-cert'], /sa\/caller$/);
  t.equal((await direct('open', '8089')).status, 200, 'DISABLE');
  const plain = await call('caller', 'GET http://open:81/');
  t.same([plain.status, plain.seen?.headers['x-forwarded-client-cert']], [200, undefined]);
}

/** The server's proxy hears of them, and ends with status 4; the caller's would with 14. */
async function grpcTimeouts(t: Test, { call }: MeshOnEnvoy): Promise<void> {
  const slow = { 'grpc-timeout': '100m', 'x-hesitate': '2000' };
  const plain = await call('caller', 'GET http://open/', slow);
  t.match(plain, { status: 504, body: 'downstream duration timeout' });
  const grpc = await call('caller', 'POST http://open/', { ...slow, 'content-type': 'application/grpc' });
  t.match(grpc, { status: 200, headers: { 'grpc-status': '4' } });
  t.equal((await call('caller', 'GET http://open/', { 'grpc-timeout': '9S', 'x-hesitate': '10' })).status, 200);
}

async function gateway(t: Test, { placements }: MeshOnEnvoy): Promise<void> {
  const bound = placements.get('edge')?.gateway ?? {};
  const http = (host: string, path: string) => send({ port: bound[80]?.port, path, headers: { host } });
  const secure = bound[443]?.port;
  t.equal((await http('shop.example.com', '/free/x')).seen?.app, 'v2');
  t.equal((await http(`shop.example.com:${bound[80]?.port}`, '/free/x')).status, 200, 'with the bound port');
  t.equal((await http('shop.example.com:31380', '/free/x')).status, 200, 'with the port of a load balancer');
  for (const [host, path] of [
    ['shop.example.com', '/other'],
    ['empty.example.com', '/'],
    ['x.example.com', '/'],
  ] as const) {
    t.equal((await http(host, path)).status, 404, `${host}${path}`);
  }
  const redirect = await http('old.example.com', '/x?y');
  t.same([redirect.status, redirect.headers.location], [301, 'https://old.example.com/x?y']);
  const https = (servername: string) =>
    send({ port: secure, servername, path: '/free/x', headers: { host: 'shop.example.com' } }, 'https');
  t.equal((await https('shop.example.com')).seen?.app, 'v2');
  await t.rejects(https('x.example.com'), 'no certificate for that name');
}

async function accessLog(t: Test, { call, envoy }: MeshOnEnvoy): Promise<void> {
  await call('caller', 'GET http://shoes/admin/secrets?token=hidden', { 'x-request-id': 'request-77' });
  const forged = { 'x-envoy-original-path': '/forged', 'x-envoy-original-host': 'forged' };
  await call('caller', 'GET http://shoes/exact?token=hidden', { 'x-request-id': 'request-78', ...forged });
  await call('caller', 'GET http://shoes/seg/./x', { 'x-request-id': 'request-79', ...forged });
  const find = async (id: string, request: string): Promise<Record<string, unknown>> => {
    // Logs are written after the answer and flushed by a timer.
    for (let i = 0; i < 200; i++) {
      const line = envoy(id)
        .output()
        .split('\n')
        .find((l) => l.startsWith('{') && l.includes(request));
      if (line) return JSON.parse(line);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    return {};
  };
  t.match(await find('v1', 'request-77'), {
    method: 'GET',
    path: '/admin/secrets',
    response_code: 403,
    response_code_details: 'rbac_access_denied_matched_policy[shop/shoes/deny/0]',
    downstream_peer: 'spiffe://cluster.local/ns/shop/sa/caller',
    listener: 'inbound_8080',
    workload: 'shop/shoes',
  });
  // A12: of two rules that match, the one that Envoy names is the one that the verdict names.
  await call('caller', 'GET http://shoes/seg/both', { 'x-request-id': 'request-80' });
  const both = decide(indexMesh(trafficMesh()), { from: 'shop/caller', request: request('GET http://shoes/seg/both') });
  const [named] = /shop\/shoes\/deny\/\d+/.exec(both.steps.map(({ text }) => text).join('\n')) ?? [];
  t.match(await find('v1', 'request-80'), { response_code_details: `rbac_access_denied_matched_policy[${named}]` });
  t.match(await find('caller', 'request-78'), {
    path: '/exact',
    authority: 'shoes',
    upstream_path: '/exactly',
    upstream_authority: 'shoes',
    direction: 'outbound',
    protocol: 'HTTP/1.1',
    response_code: 200,
    route_name: 'exact',
    upstream_cluster: 'outbound|80|v1|shoes.shop.svc.cluster.local',
    listener: 'outbound-http',
  });
  // A11: what the proxy decided on, whatever headers the application sends.
  t.match(await find('caller', 'request-79'), { path: '/seg/x', upstream_path: '/seg/x', route_name: String });
  t.match(await find('v1', 'request-79'), { path: '/seg/x', authority: 'shoes', direction: 'inbound', port: '8080' });
  t.match(await find('v1', 'request-78'), { path: '/exactly', downstream_tls_version: /^TLSv1/ });
  t.notMatch(envoy('caller').output(), /forged/);
  t.notMatch(envoy('caller').output(), /hidden/, 'queries are not logged');
  t.notMatch(envoy('caller').output(), /deprecat/i);
}
