// The pure core of the proxy, by tables. That it is also Envoy's behaviour is the differential test's to show.
import { once } from 'node:events';
import { createServer } from 'node:net';
import { connect } from 'node:tls';
import fc from 'fast-check';
import t from 'tap';
import { compileRbac } from '../proxy/filters/rbac-engine.ts';
import { deniedDetails } from '../proxy/filters/rbac.ts';
import { compileFormat, compileTypedFormat } from '../proxy/http/format.ts';
import { HeaderList } from '../proxy/http/header-list.ts';
import { mirrorHost } from '../proxy/http/mirror.ts';
import { normalizePath } from '../proxy/http/path-normalization.ts';
import { backOffMs, compileRetryPolicy, isRetriableReset, isRetriableStatus } from '../proxy/http/retry-policy.ts';
import { compileRedirect, compileSubstitution } from '../proxy/http/rewrite.ts';
import { compileRouteTable, findRoute } from '../proxy/http/route-table.ts';
import type { RequestHead } from '../proxy/http/request-head.ts';
import type { ConnectionInfo, StreamInfo } from '../proxy/http/stream-info.ts';
import { chooseWeighted, perMillion } from '../proxy/http/weighted-choice.ts';
import { inspect } from '../proxy/listener/client-hello.ts';
import { matchFilterChain } from '../proxy/listener/filter-chain-match.ts';
import { findUnsupported, anyOf, anything, message } from '../proxy/supported/shape.ts';
import { subjectAltNames } from '../proxy/tls/certificates.ts';
import { Balancer } from '../proxy/upstream/balancer.ts';
import { backOffWaitMs } from '../proxy/xds/back-off.ts';
import { forward, routes } from './support/resources.ts';

const head = (path: string, flat: string[] = [], authority = 'a.example', method = 'GET'): RequestHead => ({
  method,
  path,
  authority,
  scheme: 'http',
  headers: new HeaderList(flat),
});
const connection = (uri?: string): ConnectionInfo => ({
  id: 1,
  remoteAddress: '10.0.0.7',
  remotePort: 4000,
  localAddress: '10.0.0.1',
  localPort: 8080,
  isTls: uri !== undefined,
  localUriSans: [],
  ...(uri !== undefined && { peer: { uriSans: [uri], dnsSans: [], subject: '', sha256: 'ab', pem: '' } }),
});

t.test('path normalization', async (t) => {
  const options = { isNormalized: true, isMergingSlashes: false, escapedSlashes: 'KEEP_UNCHANGED' as const };
  const table: Record<string, string> = {
    '/': '/',
    '/a/b': '/a/b',
    '/a/../b?x=/../y': '/b?x=/../y',
    '/%2e%2E/a': '/a',
    '/a%2Fb': '/a%2Fb',
    '/%61%7e': '/a~',
    '/a\\..\\b': '/b',
    '/a//..': '/a/',
    '/a b': '/a%20b',
    '/%zz': '/%zz',
    '/...': '/...',
  };
  for (const [path, wanted] of Object.entries(table))
    t.same(normalizePath(path, options), { kind: 'path', path: wanted }, path);
  t.same(normalizePath('/%00', options), { kind: 'reject' });
  t.same(normalizePath('/a%2fb', { ...options, escapedSlashes: 'UNESCAPE_AND_REDIRECT' }), {
    kind: 'redirect',
    path: '/a/b',
  });
  fc.assert(
    fc.property(fc.stringMatching(/^\/[a-c./%25e\\]{0,12}$/), (path) => {
      const once = normalizePath(path, options);
      if (once.kind !== 'path') return;
      t.equal(/\/\.\.?(\/|$)/.test(once.path), false, `no dot segment is left of ${path}`);
    }),
    { numRuns: 300 },
  );
});

t.test('virtual hosts and routes', async (t) => {
  const table = compileRouteTable({
    virtualHosts: ['shop.example', '*.example', '*.deep.example', 'api.*', '*'].map((domain) => ({
      name: domain,
      domains: [domain],
    })),
  });
  const hosts: Record<string, string> = {
    'shop.example': 'shop.example',
    'SHOP.example': 'shop.example',
    'x.example': '*.example',
    'x.deep.example': '*.deep.example',
    'api.test': 'api.*',
    'api.example': '*.example',
    example: '*',
  };
  for (const [authority, name] of Object.entries(hosts)) t.equal(table.virtualHost(authority)?.name, name, authority);
  t.throws(
    () =>
      compileRouteTable({
        virtualHosts: [
          { name: 'a', domains: ['x'] },
          { name: 'b', domains: ['X'] },
        ],
      }),
    /two virtual hosts have the domain "x": a and b/,
  );
  const one = compileRouteTable(
    routes(
      'r',
      forward('exact', {}, { path: '/a' }, { name: 'exact' }),
      forward('all', {}, { prefix: '/' }, { name: 'all' }),
    ),
  );
  const host = one.virtualHost('x');
  t.equal(host && findRoute(host, head('/a?b'), () => 0)?.name, 'exact');
  t.equal(host && findRoute(host, head('/a/'), () => 0)?.name, 'all');
  t.strictSame([...one.clusters], ['exact', 'all']);
});

t.test('weights', async (t) => {
  const entries = [{ weight: 0 }, { weight: 1 }, { weight: 99 }];
  t.equal(chooseWeighted(entries, 0), entries[1]);
  t.equal(chooseWeighted(entries, 0.0099), entries[1]);
  t.equal(chooseWeighted(entries, 0.01), entries[2]);
  t.equal(chooseWeighted([{ weight: 0 }], 0.5), undefined);
  t.equal(perMillion({ numerator: 25 }, 0), 250_000);
  t.equal(perMillion({ numerator: 25, denominator: 'TEN_THOUSAND' }, 0), 2_500);
  t.equal(perMillion({ numerator: 25, denominator: 'MILLION' }, 0), 25);
  t.equal(perMillion({}, 7), 0, 'a percentage of nothing is none');
});

t.test('balancing', async (t) => {
  const host = (weight: number, active = 0, isHealthy = true) => ({ weight, active, isHealthy });
  const [a, b, c] = [host(1), host(1), host(1)];
  const turns = new Balancer('ROUND_ROBIN', [a, b, c], 50, () => 0);
  t.strictSame(
    [0, 1, 2, 3].map(() => turns.pick(() => 0)),
    [a, b, c, a],
  );
  const [light, heavy] = [host(1), host(3)];
  const weighted = new Balancer('ROUND_ROBIN', [light, heavy], 50, () => 0);
  t.equal(Array.from({ length: 40 }, () => weighted.pick(() => 0)).filter((h) => h === heavy).length, 30);
  const [busy, idle] = [host(1, 9), host(1)];
  const draws = [0, 0.9];
  t.equal(
    new Balancer('LEAST_REQUEST', [busy, idle], 50, () => 0).pick(() => draws.shift() ?? 0),
    idle,
  );
  const [sick, well] = [host(1, 0, false), host(1)];
  t.equal(
    new Balancer('RANDOM', [sick, well], 50, () => 0).pick(() => 0),
    well,
  );
  t.equal(
    new Balancer('RANDOM', [sick], 50, () => 0).pick(() => 0),
    sick,
    'all sick: better than nothing',
  );
  t.equal(
    new Balancer('RANDOM', [sick], 0, () => 0).pick(() => 0),
    undefined,
    'unless the panic threshold is 0',
  );
  t.equal(
    turns.pickAvoiding(new Set([a, b]), 5, () => 0),
    c,
  );
  t.ok(new Balancer('RANDOM', [], 50, () => 0).isEmpty);
});

t.test('rewrites and redirects', async (t) => {
  const swap = compileSubstitution({ pattern: { regex: '/(\\w+)/(\\w+)' }, substitution: '/\\2/\\1\\\\' });
  t.equal(swap('/a/b/c/d'), '/b/a\\/d/c\\');
  t.equal(compileSubstitution({ pattern: { regex: 'x*' }, substitution: '-' })('abc'), '-a-b-c-');
  const to = (json: object, request: RequestHead, proto = 'http') => compileRedirect(json, () => 4)(request, proto);
  t.equal(to({ httpsRedirect: true }, head('/a?b', [], 'h:80')), 'https://h/a?b');
  t.equal(to({ httpsRedirect: true }, head('/a', [], 'h:81')), 'https://h:81/a');
  t.equal(to({ portRedirect: 81 }, head('/a', [], 'h:80')), 'http://h:81/a');
  t.equal(to({ pathRedirect: '/p' }, head('/a?b')), 'http://a.example/p?b');
  t.equal(to({ pathRedirect: '/p?c' }, head('/a?b')), 'http://a.example/p?c');
  t.equal(to({ prefixRewrite: '/new', stripQuery: true }, head('/old/x?b')), 'http://a.example/new/x');
});

t.test('retries', async (t) => {
  const none = new HeaderList();
  const policy = (retryOn: string, more: object = {}) => compileRetryPolicy({ retryOn, ...more });
  const statuses: [string, number, boolean, string[]?][] = [
    ['5xx', 500, true],
    ['5xx', 499, false],
    ['gateway-error', 500, false],
    ['gateway-error', 504, true],
    ['retriable-4xx', 409, true],
    ['retriable-4xx', 404, false],
    ['unavailable', 200, true, ['grpc-status', '14']],
    ['5xx', 503, false, ['x-envoy-ratelimited', 'true']],
    ['envoy-ratelimited', 429, true, ['x-envoy-ratelimited', 'true']],
  ];
  for (const [on, status, wanted, flat] of statuses) {
    t.equal(isRetriableStatus(policy(on), status, flat ? new HeaderList(flat) : none), wanted, `${on} ${status}`);
  }
  t.ok(isRetriableStatus(policy('retriable-status-codes', { retriableStatusCodes: [418] }), 418, none));
  t.ok(isRetriableReset(policy('connect-failure'), 'connect-failure', false));
  t.notOk(isRetriableReset(policy('connect-failure'), 'reset', true));
  t.ok(isRetriableReset(policy('reset-before-request'), 'reset', false));
  t.notOk(isRetriableReset(policy('reset-before-request'), 'reset', true));
  t.notOk(isRetriableReset(policy('5xx'), 'overflow', false));
  t.throws(() => policy('5xx,tpyo'), /retry condition "tpyo"/);
  t.strictSame(
    [1, 2, 3, 20].map((n) => backOffMs(policy('5xx'), n, 0.999)),
    [24, 74, 174, 249],
  );
  t.strictSame(
    [0, 1, 30].map((n) => backOffWaitMs(n, 0)),
    [100, 200, 15_000],
    'reconnecting',
  );
});

t.test('format strings', async (t) => {
  const info: StreamInfo = {
    connection: connection('spiffe://td/ns/a/sa/b'),
    startTime: 0,
    startedAt: 10,
    endedAt: 15.2,
    head: head('/p?q', ['x-a', '1', 'x-a', '2']),
    responseCode: 200,
    flags: [],
    bytesReceived: 1,
    bytesSent: 2,
    attempts: 1,
  };
  const table: Record<string, string | number | undefined> = {
    plain: 'plain',
    '%%': '%',
    '%REQ(X-A)%': '1,2',
    '%REQ(none?x-a)%': '1,2',
    '%REQ(none)%': undefined,
    '%REQ(:AUTHORITY):3%': 'a.e',
    'got %RESPONSE_CODE% in %DURATION%': 'got 200 in 5',
    '%RESPONSE_CODE%': 200,
    '%DOWNSTREAM_PEER_URI_SAN%': 'spiffe://td/ns/a/sa/b',
    '%DOWNSTREAM_REMOTE_ADDRESS%': '10.0.0.7:4000',
    '%PATH(NQ:ORIG_OR_PATH)%': '/p',
    '%RESPONSE_FLAGS%': '-',
    '%START_TIME%': '1970-01-01T00:00:00.000Z',
  };
  for (const [text, wanted] of Object.entries(table)) t.equal(compileTypedFormat(text)(info), wanted, text);
  t.equal(compileFormat('%REQ(none)%')(info), '-');
  t.throws(() => compileFormat('%NEVER_HEARD_OF%'), /does not know the format operator %NEVER_HEARD_OF%/);
  t.throws(() => compileFormat('100% sure'), /is not an operator/);
});

t.test('access rules', async (t) => {
  const exact = (principal: string) => ({ authenticated: { principalName: { exact: principal } } });
  const engine = compileRbac({
    policies: {
      b: { permissions: [{ any: true }], principals: [exact('spiffe://td/ns/a/sa/b')] },
      a: { permissions: [{ header: { name: ':method', stringMatch: { exact: 'GET' } } }], principals: [{ any: true }] },
      z: {
        permissions: [{ destinationPort: 8080 }],
        principals: [{ directRemoteIp: { addressPrefix: '10.1.0.0', prefixLen: 16 } }],
      },
    },
  });
  t.same(
    engine?.({ connection: connection('spiffe://td/ns/a/sa/b'), head: head('/') }),
    { isAllowed: true, policy: 'a' },
    'the first by name',
  );
  t.same(
    engine?.({ connection: connection('spiffe://td/ns/a/sa/b') }),
    { isAllowed: true, policy: 'b' },
    'TCP sees no method',
  );
  t.same(engine?.({ connection: connection() }), { isAllowed: false, policy: undefined });
  const nobody = compileRbac({
    action: 'DENY',
    policies: { out: { permissions: [{ any: true }], principals: [{ notId: exact('x') }] } },
  });
  t.same(nobody?.({ connection: connection() }), { isAllowed: false, policy: 'out' }, 'plain text is nobody');
  t.same(compileRbac({ policies: {} })?.({ connection: connection('x') }), { isAllowed: false, policy: undefined });
  t.equal(compileRbac(undefined), undefined);
  t.equal(deniedDetails('shop/a b'), 'rbac_access_denied_matched_policy[shop/a_b]');
});

t.test('filter chains', async (t) => {
  const chain = (name: string, serverNames: string[], transportProtocol = '', applicationProtocols: string[] = []) => ({
    name,
    match: { serverNames, transportProtocol, applicationProtocols },
  });
  const chains = [
    chain('exact', ['a.b.c']),
    chain('wild', ['*.b.c']),
    chain('short', ['*.c']),
    chain('istio', [], 'tls', ['istio']),
    chain('tls', [], 'tls'),
    chain('plain', [], 'raw_buffer'),
  ];
  const pick = (
    serverName: string,
    transportProtocol: 'tls' | 'raw_buffer' = 'tls',
    applicationProtocols: string[] = [],
  ) => matchFilterChain(chains, { serverName, transportProtocol, applicationProtocols })?.name;
  t.equal(pick('a.b.c'), 'exact');
  t.equal(pick('x.b.c'), 'wild');
  t.equal(pick('x.y.c'), 'short');
  t.equal(pick('d'), 'tls');
  t.equal(pick('d', 'tls', ['istio']), 'istio');
  t.equal(pick('', 'raw_buffer'), 'plain');
  t.equal(
    matchFilterChain([chain('tls', [], 'tls')], {
      serverName: '',
      transportProtocol: 'raw_buffer',
      applicationProtocols: [],
    }),
    undefined,
  );
});

t.test('ClientHello', async (t) => {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  const caller = connect({ host: '127.0.0.1', port, servername: 'Shop.Example', ALPNProtocols: ['istio', 'h2'] });
  caller.on('error', () => {});
  const [socket] = await once(server, 'connection');
  const [bytes] = (await once(socket, 'data')) as [Buffer];
  caller.destroy();
  socket.destroy();
  server.close();
  t.same(inspect(bytes), { isTls: true, serverName: 'shop.example', alpn: ['istio', 'h2'] });
  for (let i = 0; i < bytes.length; i++) t.equal(inspect(bytes.subarray(0, i)), 'more', `${i} bytes`);
  const first = Buffer.concat([Buffer.from([0x16, 3, 1, 0, 50]), bytes.subarray(5, 55)]);
  const second = Buffer.from([0x16, 3, 1, 0, 0]);
  second.writeUInt16BE(bytes.length - 55, 3);
  t.same(inspect(Buffer.concat([first, second, bytes.subarray(55)])), inspect(bytes), 'in two records');
  t.same(inspect(Buffer.from('GET / HTTP/1.1\r\n')), { isTls: false });
  fc.assert(
    fc.property(
      fc.uint8Array({ maxLength: 200 }),
      (noise) => void inspect(Buffer.concat([bytes.subarray(0, 60), noise])),
    ),
    { numRuns: 300 },
  );
});

t.test('allow-lists', async (t) => {
  const shape = message({
    a: anything,
    mode: ['x', 'y'],
    list: message({ b: anything }),
    any: anyOf({ 'T.A': message({ c: anything }) }),
  });
  t.equal(
    findUnsupported(
      { a: { anything: 1 }, mode: 'x', list: [{ b: 1 }], any: { '@type': 'type.googleapis.com/T.A', c: 1 } },
      shape,
    ),
    undefined,
  );
  t.match(findUnsupported({ z: 1 }, shape), { path: 'z', what: 'field' });
  t.match(findUnsupported({ mode: 'z' }, shape), { path: 'mode', what: 'value', value: '"z"' });
  t.match(findUnsupported({ list: [{ b: 1 }, { d: 1 }] }, shape), { path: 'list[1].d' });
  t.match(findUnsupported({ any: { '@type': 'type.googleapis.com/T.B' } }, shape), {
    path: 'any',
    what: 'type',
    value: 'T.B',
  });
  t.match(findUnsupported({ any: { '@type': 'type.googleapis.com/T.A', d: 1 } }, shape), { path: 'any.d' });
});

t.test('names', async (t) => {
  t.same(subjectAltNames('DNS:a, URI:spiffe://td/x, DNS:"b, \\"c\\""'), [
    ['DNS', 'a'],
    ['URI', 'spiffe://td/x'],
    ['DNS', 'b, "c"'],
  ]);
  t.same(subjectAltNames(undefined), []);
  const mirror = { cluster: 'c', perMillion: 1, hasShadowSuffix: true };
  t.equal(mirrorHost(mirror, 'shop:81'), 'shop-shadow:81');
  t.equal(mirrorHost({ ...mirror, hasShadowSuffix: false }, 'shop'), 'shop');
});
