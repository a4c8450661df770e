// What a proxy takes of a request, and what it makes of its headers, before any route or rule is asked.
import t from 'tap';
import { type Call, decide, indexMesh, reach, type TestRequest } from '../index.ts';
import * as b from './support/mesh-builder.ts';
import { shopMesh } from './support/shop-mesh.ts';

const index = indexMesh(shopMesh());

function ask(request: string, headers: TestRequest['headers'] = {}, from = 'shop/inventory') {
  return decide(index, { from, request: { ...b.request(request), headers } } as Call);
}

t.test('A7: methods that proxies refuse', async (t) => {
  for (const method of ['FOO', 'get', 'QUERY', 'PRI', 'CONNECT', 'M-SEARCH']) {
    const verdict = ask(`${method} http://shoes/stock`);
    t.match(verdict, { outcome: 'denied', reason: 'request', status: 400, shares: [] }, method);
  }
  t.match(ask('get http://shoes/').steps.at(-1)?.text, /methods are case-sensitive, it is GET/);
  t.match(ask('FOO http://nowhere/'), { status: 400 }, 'before the host is looked for');
  t.match(ask('FOO http://legacy/', {}, 'shop/legacy'), { outcome: 'allowed' }, 'no proxy on the way');
  t.match(ask('FOO http://shoes.shop/', {}, 'unmeshed'), { outcome: 'denied', reason: 'mtls' }, 'no request is read');
  t.match(ask('PURGE http://shoes/'), { reason: 'access' }, 'one that they take');
});

t.test('A4: paths that proxies refuse, and those that they change', async (t) => {
  for (const path of ['/%00', '/a\u0001', '/\u00e9']) t.match(ask(`GET http://shoes${path}`), { status: 400 }, path);
  t.match(ask('POST http://shoes/stock#x').forwarded, { path: '/stock' });
  t.match(ask('POST http://shoes/a|b"c').forwarded, { path: '/a%7Cb%22c' });
  t.match(ask('POST http://shoes/a/..;x/stock').forwarded, { path: '/stock' });
  t.match(ask('POST http://shoes/%2%65').forwarded, { path: '/%252e' });
});

t.test('T2: hosts that proxies refuse', async (t) => {
  const askHost = (host: string, from: string) =>
    decide(index, { from, request: { ...b.request('GET http://hello.com/'), host } });
  for (const host of ['a|b', 'b\u00fccher.example.com', 'a"b', 'a^b', 'a\\b', '{a}', 'a`b', 'a<b>', 'a b']) {
    for (const from of ['shop/inventory', 'outside'])
      t.match(askHost(host, from), { reason: 'request', status: 400 }, `${from} ${host}`);
    t.not(askHost(host, 'shop/legacy').reason, 'request', `${host}: no proxy on the way`);
  }
  for (const host of ["!$%&'()*+,-.;=@[]_~", 'xn--bcher-kva.example.com'])
    t.match(askHost(host, 'shop/inventory'), { reason: 'egress' }, host);
});

t.test('A12: requests of a form that proxies refuse', async (t) => {
  const many = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, i) => [`x-${i}`, '1']));
  for (const [status, headers] of [
    ...['x', '', '+1', '0, 0', '18446744073709551616'].map((length) => [400, { 'content-length': length }] as const),
    [400, { 'content-length': ['0', '0'] }],
    [501, { 'transfer-encoding': 'gzip' }],
    [501, { 'transfer-encoding': ['chunked', 'chunked'] }],
    [400, { 'transfer-encoding': 'chunked', 'content-length': '0' }],
    [400, { 'x-a': 'a\u0001b' }],
    [400, { 'x-a': '\u007f' }],
    [400, { '': 'x' }],
    [431, { 'x-a': 'a'.repeat(61_440) }],
    [431, many(100)],
    [404, { upgrade: 'Connect-UDP' }],
  ] as const) {
    const verdict = ask('POST http://nowhere.example/', headers);
    t.match(verdict, { outcome: 'denied', reason: 'request', status }, JSON.stringify(headers).slice(0, 60));
  }
  for (const headers of [
    { 'content-length': ' 00 ' },
    { 'transfer-encoding': 'Chunked' },
    { 'x-a': 'a\tb' },
    { 'x-a': 'a'.repeat(61_000) },
    many(99),
  ])
    t.match(ask('POST http://shoes/stock', headers), { outcome: 'allowed' }, JSON.stringify(headers).slice(0, 60));
});

t.test('what a wildcard stands for is not empty', async (t) => {
  const secure = { name: 'secure', port: 443, protocol: 'HTTPS', hosts: ['*.example.com'], tlsSecret: 'cert' } as const;
  const gate = b.gateway('gate.shop', [{ hosts: ['*.example.com'] }, secure]);
  const table = { ...b.table('shoes.shop', [b.route(b.forward([b.to('shoes.shop')]))]), hosts: ['*.example.com'] };
  const attach = { mesh: false, gateways: ['shop/gate'] };
  const shop = indexMesh(
    b.mesh({
      services: [b.service('shoes.shop')],
      gateways: [gate],
      routeTables: [{ ...table, attach }],
      workloads: [b.workload('shoes.shop'), b.workload('gate.shop', { proxy: 'gateway' })],
    }),
  );
  const at = (host: string, scheme = 'http') =>
    decide(shop, { from: 'outside', request: b.request(`GET ${scheme}://${host}/`) });
  t.match(at('a.example.com'), { outcome: 'allowed' });
  for (const scheme of ['http', 'https'])
    t.match(at('.example.com', scheme), { outcome: 'denied', reason: 'route', status: 404 }, scheme);
  t.equal(at('example.com', 'https').status, undefined, 'without a certificate');
});

t.test('A7: QUERY passes if it says of what type it is', async (t) => {
  const query = (headers: TestRequest['headers']) => ask('QUERY http://nowhere.example/', headers);
  t.match(query({ 'content-type': 'a/b' }), { reason: 'egress', status: 502 });
  for (const headers of [{}, { 'content-type': '' }, { 'content-type': 'a/b', connection: 'content-type' }])
    t.match(query(headers), { reason: 'request', status: 400 });
});

t.test("grpc-timeout that leaves no time: the server's proxy answers", async (t) => {
  const within = (timeout: string | readonly string[]) => ask('POST http://shoes/stock', { 'grpc-timeout': timeout });
  for (const zero of ['0m', '00S', '+0n', '-0H', '0 u'])
    t.match(within(zero), { outcome: 'denied', reason: 'request', status: 504 }, zero);
  for (const some of ['1n', '99999999H', '5m', '+5m', '5 m', '0', '0x', '', '-5m', '000000000m0'])
    t.match(within(some), { outcome: 'allowed', status: 200 }, some);
  t.match(within(['0m', '5m']), { outcome: 'allowed' }, 'joined they say nothing');
});

t.test('grpc-timeout of a method that passes over HTTP/2 only', async (t) => {
  const services = [b.service('calls', { ports: [b.port(80, 'HTTP2')] }), b.service('pages')];
  const workloads = ['web', 'calls', 'pages'].map((name) => b.workload(name));
  const mesh = b.mesh({ services, workloads, egressScopes: [b.uses('web', ['calls', 'pages'])] });
  const within = (host: string, timeout: string) => {
    const request = { ...b.request(`ANNOUNCE http://${host}/`), headers: { 'grpc-timeout': timeout } };
    return decide(indexMesh(mesh), { from: 'shop/web', request, version: 'HTTP/2' });
  };
  t.match(within('calls', '5m'), { outcome: 'allowed', status: 200 });
  t.match(within('calls', '0m'), { reason: 'request', status: 504 });
  t.match(within('pages', '0m'), { reason: 'request', status: 400 }, 'over HTTP/1.1 nobody reads how long');
});

t.test('a dot at the end is no part of a server name', async (t) => {
  const gateway = b.gateway('gate.shop', [
    { port: 443, protocol: 'HTTPS', hosts: ['z.example.com', '*.example.org'], tlsSecret: 'cert' },
  ]);
  const workloads = [b.workload('gate.shop', { proxy: 'gateway' })];
  const index = indexMesh(b.mesh({ gateways: [gateway], workloads }));
  const atGate = (host: string) => decide(index, { from: 'outside', request: b.request(`GET https://${host}/`) });
  for (const host of ['z.example.com.', 'a.example.org.', 'z.example.com'])
    t.match(atGate(host), { outcome: 'denied', reason: 'route', status: 404 }, host);
  for (const host of ['y.example.com.', 'z.example.com..', 'y.example.com']) {
    const verdict = atGate(host);
    t.match(verdict, { outcome: 'denied', reason: 'route' }, host);
    t.notOk('status' in verdict, `${host}: no answer`);
  }
});

t.test('A8: WebSocket passes, other changes of protocol do not', async (t) => {
  const upgrade = (protocol: string) => ask('POST http://shoes/stock', { connection: 'Upgrade', upgrade: protocol });
  t.match(upgrade('websocket'), { outcome: 'allowed' });
  t.match(upgrade('h2c'), { outcome: 'allowed' });
  t.match(upgrade('foo'), { outcome: 'denied', reason: 'request', status: 403 });
  t.match(ask('POST http://shoes/stock', { upgrade: 'foo' }), { outcome: 'allowed' }, 'not asked for');
});

t.test('A8: hosts without routes refuse alike', async (t) => {
  const foo = { connection: 'Upgrade', upgrade: 'foo' };
  t.match(ask('GET http://nowhere.example/'), { outcome: 'denied', reason: 'egress', status: 502 });
  t.match(ask('GET http://nowhere.example/', foo), { outcome: 'denied', reason: 'request', status: 403 });
  t.match(ask('GET http://nowhere.example/', { ...foo, upgrade: 'websocket' }), { reason: 'egress', status: 502 });
  t.match(ask('GET http://nowhere.example/', { 'x-forwarded-proto': '' }), { reason: 'route', status: 404 });
  const gate = b.gateway('gate.shop', [{ hosts: ['a.example.com'], redirectToHttps: true }]);
  const redirecting = indexMesh(
    b.mesh({ gateways: [gate], workloads: [b.workload('gate.shop', { proxy: 'gateway' })] }),
  );
  const atGate = (headers: TestRequest['headers']) =>
    decide(redirecting, { from: 'outside', request: { ...b.request('GET http://a.example.com/'), headers } });
  t.match(atGate({ 'x-forwarded-proto': '' }), { outcome: 'redirect', status: 301 });
  t.match(atGate(foo), { outcome: 'denied', reason: 'request', status: 403 });
});

t.test('A6: of repeated headers each is matched, unless proxies join them', async (t) => {
  t.match(ask('GET http://shoes/', { 'x-beta': ['false', 'true'] }).shares, [{ subset: 'v2' }]);
  t.match(ask('GET http://shoes/', { 'x-beta': 'false,true' }).shares, [{ subset: 'v1' }, { subset: 'v2' }]);
});

t.test('A6: blanks are blanks and tabs, and letters have a case in ASCII only', async (t) => {
  t.match(ask('GET http://shoes/', { 'x-beta': ' \ttrue ' }).shares, [{ subset: 'v2' }]);
  for (const blank of ['\u00a0', '\u3000', '\ufeff'])
    t.match(ask('GET http://shoes/', { 'x-beta': `${blank}true` }).shares, [{ subset: 'v1' }, { subset: 'v2' }]);
  const kelvin = ask('GET http://shoes/', { connection: 'upgrade', upgrade: 'websoc\u212aet' });
  t.match(kelvin, { outcome: 'denied', status: 403 });
});

t.test('A6: headers are what the proxy makes of them', async (t) => {
  const service = (name: string, ...conditions: ReturnType<typeof b.header>[]) =>
    [
      b.service(`${name}.shop`),
      b.table(`${name}.shop`, [
        b.route(b.forward([b.to(`${name}.shop`)]), [b.match({ headers: conditions })]),
        b.route(b.redirect({ path: '/not', status: 302 })),
      ]),
    ] as const;
  const made = [
    service('hop', b.header('x-hop', '1')),
    service('proto', b.header('x-forwarded-proto', 'http')),
    service('id', b.header('x-request-id')),
    service('cert', b.header('x-forwarded-client-cert')),
    service('agent', b.header('user-agent', 'a,b')),
    service('node', b.header('x-envoy-downstream-service-node', 'a,b')),
    service('referer', b.header('referer', '~h://a_b|/x{9}')),
  ];
  const mesh = b.mesh({
    services: made.map(([one]) => one),
    routeTables: made.map(([, table]) => table),
    workloads: [b.workload('inventory.shop'), ...made.map(([{ name }]) => b.workload(`${name}.shop`))],
    egressScopes: [
      b.uses(
        'inventory.shop',
        made.map(([{ name }]) => `${name}.shop`),
      ),
    ],
  });
  const other = indexMesh(mesh);
  const outcome = (name: string, headers: TestRequest['headers'], from = 'shop/inventory') =>
    decide(other, { from, request: { ...b.request(`GET http://${name}/`), headers } }).outcome;
  t.equal(outcome('hop', { 'x-hop': '1' }), 'allowed');
  t.equal(outcome('hop', { 'x-hop': '1', connection: 'close, X-Hop' }), 'redirect', 'named in Connection');
  t.equal(outcome('proto', {}), 'allowed', 'set where it is not sent');
  t.equal(outcome('proto', { 'x-forwarded-proto': 'https' }), 'redirect', 'kept from an application');
  t.equal(outcome('id', {}), 'allowed', 'there is always one');
  t.equal(outcome('cert', { 'x-forwarded-client-cert': 'By=x' }), 'redirect', 'never taken from a caller');
  t.equal(outcome('agent', { 'user-agent': ['a', 'b'] }), 'allowed', 'joined by a comma');
  t.equal(outcome('node', { 'x-envoy-downstream-service-node': ['a', 'b'] }), 'allowed', 'joined as well');
  t.equal(outcome('referer', { referer: '/xxxxxxxxx' }), 'allowed', 'a URL');
  t.equal(outcome('referer', { referer: 'h://a_b' }), 'redirect', 'no URL, and dropped');
  const reached = reach(other, { from: 'shop/inventory', to: 'shop/referer' });
  t.equal(reached[0]?.example.call.request.headers.referer, '/xxxxxxxxx', 'known to the analysis of all requests');
});

t.test('F3: a fault strikes preflights as well', async (t) => {
  const preflight = { origin: 'https://a.example.com', 'access-control-request-method': 'GET' };
  const cors = ask('OPTIONS http://shoes/cors', preflight);
  t.match(cors, { outcome: 'answered', status: 200 });
  t.match(ask('OPTIONS http://shoes/cors', { ...preflight, origin: '' }).outcome, 'denied', 'an empty origin is none');
});

t.test('A6: what Connection may not name, and what it drops', async (t) => {
  const names = (connection: string, others = {}) => ask('POST http://shoes/stock', { connection, ...others });
  for (const bad of ['host', 'X-Forwarded-Proto', ':path', 'a,b,c,d,e,f,g,h,i,j'])
    t.match(names(bad), { status: 400 }, bad);
  t.match(names('te', { te: 'x'.repeat(300) }), { status: 400 });
  t.match(names('upgrade, host', { upgrade: 'websocket' }), { outcome: 'allowed' }, 'left as it is written');
  t.match(names('host', {}).steps.at(-1)?.text, /refuses Connection: it names host/);
});

t.test('A8: WebSocket requests keep what they say of the connection', async (t) => {
  const matches = [b.match({ headers: [b.header('upgrade', 'websocket')] })];
  const services = [b.service('chat.shop'), b.service('only.shop')];
  const onlyFoo = [b.match({ headers: [b.header('upgrade', 'foo')] })];
  const table = b.table('chat.shop', [
    b.route(b.forward([b.to('chat.shop')]), matches),
    b.route(b.redirect({ path: '/not', status: 302 })),
  ]);
  const mesh = b.mesh({
    services,
    routeTables: [table, b.table('only.shop', [b.route(b.forward([b.to('only.shop')]), onlyFoo)])],
    workloads: [b.workload('inventory.shop'), b.workload('chat.shop'), b.workload('only.shop')],
    egressScopes: [b.uses('inventory.shop', ['chat.shop', 'only.shop'])],
  });
  const chat = indexMesh(mesh);
  const ask = (headers: TestRequest['headers'], to = 'chat') =>
    decide(chat, { from: 'shop/inventory', request: { ...b.request(`GET http://${to}/`), headers } });
  t.match(ask({ connection: 'Upgrade', upgrade: 'websocket' }), { outcome: 'allowed' });
  t.match(ask({ upgrade: 'websocket' }), { outcome: 'redirect' }, 'not asked for');
  t.match(ask({}), { outcome: 'redirect', location: 'http://chat/not' });
  const other = { connection: 'Upgrade', upgrade: 'foo' };
  t.match(ask(other, 'only'), { reason: 'request', status: 403 }, 'matched before it is refused');
  t.match(ask({ upgrade: 'foo' }, 'only'), { reason: 'route', status: 404 });
  t.match(ask({ 'x-forwarded-proto': 'HTTPS' }), { location: 'https://chat/not' }, 'the scheme that was told');
  t.match(ask({ 'x-forwarded-proto': '' }), { outcome: 'denied', reason: 'route', status: 404 }, 'no scheme');
  t.match(
    reach(chat, { from: 'shop/inventory' }).map(({ requests, example }) => [requests, example.verdict.outcome]),
    [[[/upgrade/], 'allowed']],
    'the analysis of all requests knows them',
  );
});

t.test('F8: what proxies say to each other, applications cannot', async (t) => {
  const names = ['x-envoy-attempt-count', 'x-envoy-decorator-operation'];
  const forged = Object.fromEntries(names.map((name) => [name, '7']));
  const seen = (name: string, value: string, from: string, set: Readonly<Record<string, string>> = {}) => {
    const request = { set, add: {}, remove: [] };
    const response = { set: {}, add: {}, remove: [] };
    const edits = { kind: 'HeaderOperations', request, response, origin: b.at() } as const;
    const mesh = b.mesh({
      services: [b.service('web.shop')],
      workloads: ['web', 'caller'].map((one) => b.workload(`${one}.shop`)),
      peerAuthentications: [b.peers('web.shop', 'PERMISSIVE')],
      routeTables: [b.table('web.shop', [b.route(b.forward([b.to('web.shop')]), [], { features: [edits] })])],
      authorizationPolicies: [
        b.policy('web.shop', 'ALLOW', [b.rule([], [b.match({ headers: [b.header(name, value)] })])]),
      ],
      egressScopes: [b.uses('caller.shop', ['web.shop'])],
    });
    const asked = { ...b.request('GET http://web.shop.svc.cluster.local/'), headers: forged };
    return decide(indexMesh(mesh), { from, request: asked }).outcome === 'allowed';
  };
  const [count = '', decoration = ''] = names;
  t.ok(seen(count, '1', 'shop/caller'), 'the first try');
  t.notOk(seen(count, '7', 'shop/caller'));
  t.ok(seen(count, '9', 'shop/caller', { [count]: '9' }), 'but for what a route says');
  t.notOk(seen(decoration, '7', 'shop/caller'));
  t.ok(seen(count, '7', 'unmeshed') && seen(decoration, '7', 'unmeshed'), 'no proxy of its own');
});
