import fc from 'fast-check';
import t from 'tap';
import { setFilterState } from '../proxy/filters/set-filter-state.ts';
import { compileFormat, compileTypedFormat } from '../proxy/http/format.ts';
import { HeaderList } from '../proxy/http/header-list.ts';
import { settlePath } from '../proxy/http/path-normalization.ts';
import { backOffMs, compileRetryPolicy, isRetriableReset, isRetriableStatus } from '../proxy/http/retry-policy.ts';
import { compileRedirect, compileSubstitution } from '../proxy/http/rewrite.ts';
import { compileRouteTable, findRoute } from '../proxy/http/route-table.ts';
import type { RequestHead } from '../proxy/http/request-head.ts';
import type { StreamInfo } from '../proxy/http/stream-info.ts';
import { chooseWeighted, perMillion } from '../proxy/http/weighted-choice.ts';
import { Balancer } from '../proxy/upstream/balancer.ts';
import { backOffWaitMs } from '../proxy/xds/back-off.ts';
import { connection, head } from './support/proxy-requests.ts';
import { forward, routes } from './support/resources.ts';

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
    '/a|b': '/a%7Cb',
    '/%zz': '/%zz',
    '/...': '/...',
  };
  for (const [path, wanted] of Object.entries(table))
    t.same(settlePath(path, options), { kind: 'path', path: wanted }, path);
  for (const path of ['/%00', '/a b']) t.same(settlePath(path, options), { kind: 'reject' }, path);
  t.same(settlePath('/a%2fb', { ...options, escapedSlashes: 'UNESCAPE_AND_REDIRECT' }), {
    kind: 'redirect',
    path: '/a/b',
  });
  fc.assert(
    fc.property(fc.stringMatching(/^\/[a-c./%25e\\]{0,12}$/), (path) => {
      const once = settlePath(path, options);
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
    filterState: new Map([['asked', '/asked']]),
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
    '%PATH(NQ:PATH)%': '/p',
    '%PATH(NQ:ORIG)%': undefined,
    '%FILTER_STATE(asked:PLAIN)%': '/asked',
    '%FILTER_STATE(other:PLAIN)%': undefined,
    '%RESPONSE_FLAGS%': '-',
    '%START_TIME%': '1970-01-01T00:00:00.000Z',
  };
  for (const [text, wanted] of Object.entries(table)) t.equal(compileTypedFormat(text)(info), wanted, text);
  t.equal(compileFormat('%REQ(none)%')(info), '-');
  t.throws(() => compileFormat('%NEVER_HEARD_OF%'), /does not know the format operator %NEVER_HEARD_OF%/);
  t.throws(() => compileFormat('100% sure'), /is not an operator/);
});

t.test('the status of gRPC in a log, of what is asked by gRPC', async (t) => {
  const log = (type: string, answer: readonly string[], responseCode = 200) => {
    const info: StreamInfo = {
      connection: connection(),
      startTime: 0,
      startedAt: 0,
      head: head('/', type === '' ? [] : ['content-type', type]),
      responseHeaders: new HeaderList([...answer]),
      responseCode,
      flags: [],
      bytesReceived: 0,
      bytesSent: 0,
      attempts: 1,
    };
    return compileTypedFormat('%GRPC_STATUS_NUMBER%')(info);
  };
  t.equal(log('application/grpc', ['grpc-status', '7']), 7);
  t.equal(log('application/grpc+proto', ['grpc-status', '0']), 0);
  t.equal(log('application/grpc', ['grpc-status', '99']), 99, 'of the application');
  t.equal(log('application/grpc', ['grpc-status', 'x']), -1);
  t.equal(log('application/grpc', [], 503), 14, 'what the status of HTTP comes to');
  t.equal(log('application/grpc', []), 2);
  t.equal(log('application/grpc', [], 0), undefined, 'no answer');
  t.equal(log('application/json', ['grpc-status', '7']), undefined);
  t.equal(log('', ['grpc-status', '7']), undefined);
});

t.test('A11: what a request asked for is kept as it came, whatever its headers claim', async (t) => {
  const text = (inlineString: string) => ({ textFormatSource: { inlineString } });
  const kept = setFilterState.compile('asked', {
    onRequestHeaders: [
      { objectKey: 'path', factoryKey: 'envoy.string', formatString: text('%PATH(NQ:PATH)%') },
      { objectKey: 'authority', factoryKey: 'envoy.string', formatString: text('%REQ(:AUTHORITY)%') },
      { objectKey: 'nothing', factoryKey: 'envoy.string', formatString: text(''), skipIfEmpty: true },
    ],
  });
  const request = head('/asked?token=hidden', ['x-envoy-original-path', '/forged', 'x-envoy-original-host', 'forged']);
  const info: StreamInfo = {
    connection: connection(),
    startTime: 0,
    startedAt: 0,
    head: request,
    responseCode: 0,
    flags: [],
    bytesReceived: 0,
    bytesSent: 0,
    attempts: 0,
  };
  const never = () => t.fail('the filter only looks');
  const stream = { head: request, info, route: undefined, random: () => 0, reply: never, resume: never, after: never };
  t.equal(kept.onRequest(stream, undefined), 'continue');
  request.path = '/rewritten';
  request.authority = 'rewritten';
  const read = (format: string) => compileTypedFormat(format)(info);
  t.equal(read('%FILTER_STATE(path:PLAIN)%'), '/asked');
  t.equal(read('%FILTER_STATE(authority:PLAIN)%'), 'a.example');
  t.equal(read('%FILTER_STATE(nothing:PLAIN)%'), undefined);
  t.equal(read('%PATH(NQ:ORIG_OR_PATH)%'), '/forged', 'as in Envoy, this is whatever the header says');
  t.equal(read('%PATH(NQ:PATH)%'), '/rewritten');
});
