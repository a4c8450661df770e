// One request at a time through a hand-built shop: every branch of docs/semantics.md.
import t from 'tap';
import { decide } from '../analysis/concrete/decide.ts';
import { describeVerdict } from '../analysis/words/describe-verdict.ts';
import { explainRequest, renderExplanationJson, renderExplanationText } from '../analysis/words/explain.ts';
import { normalizePath } from '../model/request-path.ts';
import { renderTestJson, renderTestText } from '../analysis/words/render-tests.ts';
import { formatRequest, parseRequest } from '../analysis/words/request-text.ts';
import { runTests } from '../analysis/concrete/run-tests.ts';
import { indexMesh } from '../model/index.ts';
import * as b from './support/mesh-builder.ts';
import { shopMesh } from './support/shop-mesh.ts';

const index = indexMesh(shopMesh());

/** from, request, headers, verdict in one line. */
const cases: readonly (readonly [string, string, Record<string, string>, string])[] = [
  ['shop/inventory', 'POST http://shoes/stock', {}, 'allowed (200), v1 90%, v2 10% of shoes.shop.svc.cluster.local'],
  [
    'shop/inventory',
    'POST http://SHOES.shop.svc/stock',
    {},
    'allowed (200), v1 90%, v2 10% of shoes.shop.svc.cluster.local',
  ],
  ['shop/inventory', 'GET http://shoes/stock', {}, 'denied (403): access rules do not let the caller in'],
  ['shop/inventory', 'POST http://shoes/internal/x', {}, 'denied (403): access rules do not let the caller in'],
  ['shop/inventory', 'POST http://shoes/a/../%69nternal/x', {}, 'denied (403): access rules do not let the caller in'],
  ['shop/inventory', 'GET http://shoes/api/v1/x?q=1', {}, 'allowed (200), v1 of shoes.shop.svc.cluster.local'],
  [
    'shop/inventory',
    'GET http://shoes/public',
    { 'x-beta': 'true' },
    'allowed (200), v2 of shoes.shop.svc.cluster.local',
  ],
  ['shop/inventory', 'GET http://shoes/old/x?a=b', {}, 'redirected (302) to http://shoes/new?a=b'],
  ['shop/inventory', 'GET http://shoes/broken', {}, 'unavailable (503): nobody can answer'],
  ['shop/inventory', 'GET http://shoes/abort', {}, 'aborted by a fault (418)'],
  [
    'shop/inventory',
    'OPTIONS http://shoes/cors',
    { origin: 'https://a.example.com', 'access-control-request-method': 'GET' },
    'answered by the proxy (200)',
  ],
  [
    'shop/inventory',
    'OPTIONS http://shoes/cors',
    { origin: 'https://a.example.org', 'access-control-request-method': 'GET' },
    'denied (403): access rules do not let the caller in',
  ],
  ['shop/inventory', 'GET http://nowhere/', {}, 'denied (502): the caller does not declare that it uses this host'],
  ['shop/inventory', 'GET http://shoes:81/', {}, 'unavailable: nobody can answer'],
  ['shop/inventory', 'GET https://api.stripe.com/', {}, 'denied: the caller does not declare that it uses this host'],
  ['shop/inventory', 'GET http://legacy/', {}, 'allowed (200), to legacy.shop.svc.cluster.local'],
  ['shop/inventory', 'tcp://db:5432', {}, 'allowed, to db.shop.svc.cluster.local'],
  ['shop/inventory', 'tcp://users:9000', {}, 'denied: access rules do not let the caller in'],
  ['shop/inventory', 'GET http://users/', {}, 'allowed (200), to users.shop.svc.cluster.local'],
  ['shop/users', 'GET http://shoes/', {}, 'denied: the caller does not declare that it uses this host'],
  ['shop/legacy', 'GET http://shoes/', {}, 'denied: the connection is closed for lack of mutual TLS'],
  ['infra/ops', 'GET http://shoes/', {}, 'denied (502): the caller does not declare that it uses this host'],
  ['infra/ops', 'GET http://shoes.shop/', {}, 'denied (403): access rules do not let the caller in'],
  ['infra/ops', 'GET https://api.stripe.com/', {}, 'allowed, to api.stripe.com'],
  ['infra/ops', 'tcp://users.shop:9000', {}, 'denied: the connection is closed for lack of mutual TLS'],
  ['shop/nobody', 'GET http://shoes/', {}, 'unavailable: nobody can answer'],
  ['outside', 'GET http://hello.com/x?y', {}, 'redirected (301) to https://hello.com/x?y'],
  ['outside', 'GET http://other.com/', {}, 'denied (404): no route matches'],
  ['outside', 'GET https://shop.example.com/shoes/1', {}, 'allowed (200), v1 of shoes.shop.svc.cluster.local'],
  ['outside', 'GET https://shop.example.com/else', {}, 'denied (404): no route matches'],
  ['outside', 'GET https://b.example.com/', {}, 'denied (404): no route matches'],
  ['outside', 'GET http://shoes:8080/', {}, 'unavailable: nobody can answer'],
];

t.test('verdicts', async (t) => {
  for (const [from, text, headers, expected] of cases) {
    // Node's URL resolves dot segments, so the builder keeps the written path.
    const verdict = decide(
      index,
      { from, request: b.request(text, headers) },
      from === 'infra/ops' && text === 'GET http://shoes/' ? { placement: 'explicit' } : {},
    );
    t.equal(describeVerdict(verdict), expected, `${from} ${text}`);
    t.ok(verdict.steps.length > 0);
  }
});

t.test('what is forwarded', async (t) => {
  const verdict = decide(index, { from: 'shop/inventory', request: b.request('GET http://shoes/api/v1/x?q=1') });
  t.match(verdict, { forwarded: { host: 'shoes.internal', path: '/api/x?q=1' }, timeoutMs: 3000 });
  const bare = decide(index, { from: 'shop/inventory', request: b.request('GET http://shoes/api/v1') });
  t.equal(bare.forwarded?.path, '/api/');
});

t.test('identity is lost where the server takes plain text', async (t) => {
  const mesh = shopMesh();
  const off = indexMesh(b.mesh({ ...mesh, peerAuthentications: [b.peers('shoes.shop', 'DISABLE')] }));
  const verdict = decide(off, { from: 'shop/inventory', request: b.request('POST http://shoes/stock') });
  t.match(verdict, { outcome: 'denied', reason: 'access' });
});

t.test('TCP drops HTTP conditions', async (t) => {
  const build = (action: 'ALLOW' | 'DENY') =>
    indexMesh(
      b.mesh({
        services: [b.service('db.shop', { ports: [b.port(1, 'TCP')] })],
        workloads: [b.workload('a.shop'), b.workload('db.shop')],
        egressScopes: [b.uses('a.shop', ['db.shop'])],
        authorizationPolicies: [b.policy('db.shop', action, [b.rule([], [b.operation(['GET'])])])],
      }),
    );
  const call = { from: 'shop/a', request: b.request('tcp://db:1') };
  t.equal(decide(build('ALLOW'), call).outcome, 'denied', 'an ALLOW rule goes');
  t.equal(decide(build('DENY'), call).outcome, 'denied', 'a DENY rule widens');
});

t.test('normal paths', async (t) => {
  const table = {
    '/a/./b': '/a/b',
    '/a/../b': '/b',
    '/..': '/',
    '/a/..': '/',
    '/a/.': '/a/',
    '/a//b': '/a//b',
    '/%2e%2e/a': '/a',
    '/a%2Fb': '/a%2Fb',
    '/a\\..\\b': '/b',
    '/%41%7E%2d': '/A~-',
    '/': '/',
    '/a/...': '/a/...',
    '/a/b/../../..': '/',
    '//..': '/',
    '/%252e': '/%252e',
  };
  for (const [path, normal] of Object.entries(table)) {
    t.equal(normalizePath(path), normal, path);
    t.equal(normalizePath(normal), normal, `${normal} stays`);
  }
});

t.test('the decision path is explained', async (t) => {
  const explained = explainRequest(index, { from: 'shop/inventory', request: b.request('GET http://shoes/stock') });
  const text = renderExplanationText(explained);
  t.match(text, /^GET http:\/\/shoes\/stock, from shop\/inventory\n/);
  t.match(text, /not route route-\d+: the path is \/[^\n]*, wanted \/old\/\*\n +at mesh\.yaml:\d+:1\n/);
  t.match(text, /no rule allows it \(policy shop\/shoes\)/);
  t.match(text, /\ndenied \(403\): access rules do not let the caller in\n/);
  t.match(JSON.parse(renderExplanationJson(explained)), {
    from: 'shop/inventory',
    verdict: { outcome: 'denied', reason: 'access' },
  });
  t.equal('forwarded' in JSON.parse(renderExplanationJson(explained)).verdict, false, 'C9');
  t.notMatch(text, '\u001b');
  t.match(renderExplanationText(explained, { color: true }), '\u001b');
});

t.test('mesh tests', async (t) => {
  const expectations = [
    [
      'shop/inventory',
      'POST http://shoes/stock',
      { allowed: true, versions: { v1: 90, v2: 10 }, service: b.hostFor('shoes.shop'), timeoutMs: 15_000 },
    ],
    ['shop/inventory', 'GET http://shoes/stock', { denied: 'access' }],
    ['shop/inventory', 'GET http://shoes/stock', { denied: 'any', status: 403 }],
    ['shop/inventory', 'GET http://shoes/api/v1/x?q', { path: '/api/x' }],
    ['shop/inventory', 'GET http://shoes/old/x', { redirect: { location: '/new', status: 302 } }],
    ['shop/inventory', 'POST http://shoes/stock', { versions: { v1: 100 } }],
    ['shop/inventory', 'POST http://shoes/stock', { denied: 'egress' }],
    ['shop/inventory', 'POST http://shoes/stock', { path: '/else' }],
    ['shop/inventory', 'POST http://shoes/stock', { timeoutMs: 3000 }],
  ] as const;
  const cases = expectations.map(([from, request, expect]) => ({
    kind: 'TestCase' as const,
    from,
    request: b.request(request),
    expect,
    origin: b.at('tests.yaml'),
  }));
  const report = runTests(
    b.mesh({ ...shopMesh(), tests: [{ kind: 'MeshTest', name: 'shoes', namespace: 'shop', cases, origin: b.at() }] }),
  );
  t.match(report, { passed: 5, failed: 4 });
  t.same(
    report.results.flatMap((r) => r.failures).map((f) => `${f.field}: ${f.expected} / ${f.actual}`),
    [
      'versions: v1 100% / v1 90%, v2 10%',
      'denied: denied by egress / allowed (200), v1 90%, v2 10% of shoes.shop.svc.cluster.local',
      'path: /else / /stock',
      'timeout: 3s / 15s',
    ],
  );
  const text = renderTestText(report);
  t.match(text, /pass {2}shop\/shoes: shop\/inventory POST http:\/\/shoes\/stock: allowed/);
  t.match(
    text,
    /FAIL {2}shop\/shoes: .*\n +at tests\.yaml:\d+:1\n +versions: expected v1 100%, but it is v1 90%, v2 10%\n/,
  );
  t.match(text, /\n5 passed, 4 failed\n$/);
  t.match(JSON.parse(renderTestJson(report)), { passed: 5, failed: 4, results: [{ passed: true }] });
});

t.test('requests as text', async (t) => {
  const table: Record<string, string> = {
    'POST http://shoes/stock': 'POST http://shoes/stock',
    'http://shoes': 'GET http://shoes/',
    'get HTTP://shoes:81?x=1': 'get http://shoes:81/?x=1',
    'https://shop.example.com:443/a/../b': 'GET https://shop.example.com/a/../b',
    'tcp://postgres:5432': 'tcp://postgres:5432',
  };
  for (const [text, expected] of Object.entries(table)) {
    const { request } = parseRequest(text);
    t.equal(request && formatRequest(request), expected, text);
  }
  for (const method of ['get', 'M-SEARCH']) t.equal(parseRequest(`${method} http://a/`).request?.method, method);
  t.match(parseRequest('http://a/', ['X-Beta: true', 'x-beta:  two ']), {
    request: { headers: { 'x-beta': ['true', 'two'] } },
  });
  t.match(
    parseRequest('http://a/', ['Host: b']).problem,
    /the host stands in the request/,
    'no second one is overlooked',
  );
  for (const bad of [
    '',
    'shoes',
    'GET shoes/x',
    'ftp://a/',
    'tcp://a',
    'http://a:0/',
    'http://a:99999/',
    'GET tcp://a:1',
    'http://a/b c',
    'http://a/#f',
  ]) {
    t.type(parseRequest(bad).problem, 'string', bad);
  }
  t.type(parseRequest('http://a/', ['no colon']).problem, 'string');
});

t.test(
  'F7: what a caller does not use is answered where its proxy reads requests, and cut off elsewhere',
  async (t) => {
    const services = [
      b.service('web.shop', { ports: [b.port(8080)] }),
      b.service('db.shop', { ports: [b.port(5432, 'TCP')] }),
      b.service('other.shop', { ports: [b.port(80), b.port(8080)] }),
    ];
    const mode = (egress: 'declared' | 'any') =>
      indexMesh(
        b.mesh({
          services,
          workloads: ['caller', 'lonely'].map((name) => b.workload(`${name}.shop`)),
          egressScopes: [b.uses('caller.shop', ['web.shop', 'db.shop'], egress), b.uses('lonely.shop', [], egress)],
        }),
      );
    const ask = (
      from: string,
      url: string,
      placement: 'redirect' | 'explicit' = 'redirect',
      egress = mode('declared'),
    ) => decide(egress, { from: `shop/${from}`, request: b.request(`GET ${url}`) }, { placement });
    for (const [url, outcome] of [
      ['http://other:8080/', 'denied'],
      ['http://nowhere.example:8080/', 'denied'],
      ['http://db:8080/', 'unavailable'],
    ] as const) {
      t.match(ask('caller', url), { outcome, status: 502 }, url);
      t.match(ask('lonely', url), { outcome, status: undefined }, `${url} without any HTTP on the port`);
      t.match(ask('lonely', url, 'explicit'), { outcome, status: 502 }, `${url} where the proxy reads everything`);
    }
    for (const port of [80, 5432]) t.equal(ask('caller', `http://other:${port}/`).status, undefined, `port ${port}`);
    const told = (from: string, egress: 'declared' | 'any') =>
      ask(from, 'http://other:8080/', 'redirect', mode(egress))
        .steps.map(({ text }) => text)
        .join('\n');
    t.match(told('lonely', 'declared'), /uses nothing that speaks HTTP on port 8080: the connection is closed/);
    t.match(told('lonely', 'any'), /passed through to the dialled address, byte by byte/);
    t.notMatch(told('caller', 'any'), /byte by byte/);
  },
);
