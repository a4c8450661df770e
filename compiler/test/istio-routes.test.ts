// VirtualServices: what the Istio back end writes for each thing a route can say.
import t, { type Test } from 'tap';
import type * as m from '../model/index.ts';
import { emitted, type Fields } from './support/istio.ts';
import * as b from './support/mesh-builder.ts';

const shoes = b.to('shoes.shop');
const plain = { route: [{ destination: { host: 'shoes.shop.svc.cluster.local' } }], retries: { attempts: 0 } };
const forward = (fields = {}) => b.forward([shoes], { timeoutMs: 0, ...fields });

/** The HTTP routes of one table. */
function http(
  t: Test,
  ...routes: m.HttpRoute[]
): { readonly http: readonly Fields[]; readonly codes: readonly string[] } {
  const { one, codes } = emitted(
    t,
    b.mesh({ services: [b.service('shoes.shop')], routeTables: [b.table('shoes.shop', routes)] }),
  );
  return { http: one('VirtualService').http as readonly Fields[], codes };
}

t.test('matches', async (t) => {
  const table: readonly [string, Parameters<typeof b.match>[0], readonly Fields[] | undefined][] = [
    ['exact path', { path: b.path('/a') }, [{ uri: { exact: '/a' } }]],
    ['everything', { path: b.path('/*') }, undefined],
    ['no condition', {}, undefined],
    ['segments', { path: b.path('/a/*') }, [{ uri: { exact: '/a' } }, { uri: { prefix: '/a/' } }]],
    ['raw prefix', { path: b.path('/a*') }, [{ uri: { prefix: '/a' } }]],
    ['suffix', { path: b.path('*.js') }, [{ uri: { regex: '.*\\.js' } }]],
    ['regex', { path: b.path('~/v[0-9]+') }, [{ uri: { regex: '/v[0-9]+' } }]],
    ['one method', { methods: ['GET'] }, [{ method: { exact: 'GET' } }]],
    ['several methods', { methods: ['GET', 'M-SEARCH'] }, [{ method: { regex: '(?:GET)|(?:M-SEARCH)' } }]],
    [
      'ports',
      { ports: [80, 81], methods: ['GET'] },
      [
        { method: { exact: 'GET' }, port: 80 },
        { method: { exact: 'GET' }, port: 81 },
      ],
    ],
    ['header', { headers: [b.header('x-beta', 'true')] }, [{ headers: { 'x-beta': { exact: 'true' } } }]],
    ['header present', { headers: [b.header('x-beta')] }, [{ headers: { 'x-beta': {} } }]],
    ['header absent', { headers: [b.header('x-beta', undefined, true)] }, [{ withoutHeaders: { 'x-beta': {} } }]],
    ['header not', { headers: [b.header('x-beta', 'no', true)] }, [{ withoutHeaders: { 'x-beta': { exact: 'no' } } }]],
    [
      'neither of two values',
      { headers: [b.header('x', 'a.b', true), b.header('x', '~c+', true)] },
      [{ withoutHeaders: { x: { regex: '(?:a\\.b)|(?:c+)' } } }],
    ],
    [
      'a not that an empty value would break lets absence through all the same',
      { headers: [b.header('x', '~a*', true)] },
      [{ withoutHeaders: { x: {} } }, { withoutHeaders: { x: { regex: 'a*' } } }],
    ],
    [
      'presence follows from a value',
      { headers: [b.header('x'), b.header('x', 'a'), b.header('x', 'b', true)] },
      [{ headers: { x: { exact: 'a' } }, withoutHeaders: { x: { exact: 'b' } } }],
    ],
    ['an empty regex', { headers: [b.header('x', '~')] }, [{ headers: { x: { exact: '' } } }]],
  ];
  for (const [name, fields, match] of table) {
    const { http: routes, codes } = http(t, b.route(forward(), [b.match(fields)], { name: 'r' }));
    t.strictSame(routes, [{ name: 'r', ...(match && { match }), ...plain }], name);
    t.strictSame(codes, []);
  }
});

t.test('conditions that only the model can put together', async (t) => {
  const condition = (fields: m.Condition): m.Condition => fields;
  const exact = (...values: string[]) => values.map((value) => ({ type: 'exact' as const, value }));
  const path = (...texts: string[]) => condition({ kind: 'path', anyOf: b.some(texts.map(b.path)), not: false });
  const method = (not: boolean, ...values: string[]) =>
    condition({ kind: 'method', anyOf: b.some(exact(...values)), not });
  const header = (not: boolean, ...values: string[]) =>
    condition({ kind: 'header', name: 'x', anyOf: b.some(exact(...values)), not });
  const port = (not: boolean, ...anyOf: m.OneOrMore<number>) => condition({ kind: 'port', anyOf, not });
  const uris = (...list: Fields[]) => list.map((uri) => ({ uri }));
  const table: readonly [string, readonly m.Condition[], readonly Fields[]][] = [
    ['several paths', [path('/a', '/b/*')], uris({ exact: '/a' }, { exact: '/b' }, { prefix: '/b/' })],
    ['several values of a header', [header(false, 'a', 'b')], [{ headers: { x: { regex: '(?:a)|(?:b)' } } }]],
    ['the same of a header twice', [header(false, 'a'), header(false, 'a')], [{ headers: { x: { exact: 'a' } } }]],
    [
      'none of several values of a header',
      [header(true, 'a', 'b'), header(true, 'c')],
      [{ withoutHeaders: { x: { regex: '(?:a)|(?:b)|(?:c)' } } }],
    ],
    ['listed ports without one', [port(false, 80, 81), port(true, 81)], [{ port: 80 }]],
  ];
  const withClause = (all: readonly m.Condition[]) =>
    http(t, b.route(forward(), [{ ...b.match(), all }, b.match({ path: b.path('/z') })], { name: 'r' }));
  const z = { uri: { exact: '/z' } };
  for (const [name, all, match] of table) {
    const { http: routes, codes } = withClause(all);
    t.strictSame(routes, [{ name: 'r', match: [...match, z], ...plain }], name);
    t.strictSame(codes, []);
  }
  const who = { anyOf: b.some(exact('x')), not: false };
  const refused: readonly (readonly m.Condition[])[] = [
    [{ kind: 'path', anyOf: [b.path('/a')], not: true }],
    [path('/a'), path('/b')],
    [method(true, 'GET')],
    [method(false, 'GET'), method(false, 'PUT')],
    [port(true, 80)],
    [{ kind: 'principal', ...who }],
    [{ kind: 'namespace', ...who }],
  ];
  for (const all of refused) {
    const { http: routes, codes } = withClause(all);
    t.strictSame(routes, [{ name: 'r', match: [z], ...plain }], 'the clause is left out, and no more');
    t.strictSame(codes, ['FL0516'], JSON.stringify(all));
  }
});

t.test('a route that never holds is left out', async (t) => {
  const never = { ...b.route(forward()), matches: [] };
  const moved = { ...b.route(b.redirect({ path: '/new' })), matches: [] };
  const { http: routes, codes } = http(t, never, moved, b.route(forward(), [], { name: 'r' }));
  t.strictSame(routes, [{ name: 'r', ...plain }]);
  t.strictSame(codes, []);
});

t.test('alternatives that leave nothing out make the route a catch-all', async (t) => {
  const { http: routes } = http(t, b.route(forward(), [b.match({ methods: ['GET'] }), b.match()], { name: 'r' }));
  t.strictSame(routes, [{ name: 'r', ...plain }]);
});

t.test('rewrites replace what was matched', async (t) => {
  const table: readonly [string, string, readonly [readonly Fields[] | undefined, string][]][] = [
    ['/api/v1/*', '/api/', [[[{ uri: { exact: '/api/v1' } }, { uri: { prefix: '/api/v1/' } }], '/api/']]],
    ['/api/v1/*', '/', [[[{ uri: { exact: '/api/v1' } }, { uri: { prefix: '/api/v1/' } }], '/']]],
    [
      '/api/v1/*',
      '/api',
      [
        [[{ uri: { exact: '/api/v1' } }], '/api'],
        [[{ uri: { prefix: '/api/v1/' } }], '/api/'],
      ],
    ],
    ['/a', '/b', [[[{ uri: { exact: '/a' } }], '/b']]],
    ['/a*', '/b', [[[{ uri: { prefix: '/a' } }], '/b']]],
    ['/*', '/b/', [[undefined, '/b/']]],
  ];
  for (const [path, to, expected] of table) {
    const action = forward({ rewrite: { path: to, host: 'in.side' } });
    const { http: routes } = http(t, b.route(action, [b.match({ path: b.path(path) })], { name: 'r' }));
    const wanted = expected.map(([match, uri]) => ({
      name: 'r',
      ...(match && { match }),
      rewrite: { uri, authority: 'in.side' },
      ...plain,
    }));
    t.strictSame(routes, wanted, `${path} to ${to}`);
  }
});

t.test('the first match that holds decides the rewrite', async (t) => {
  const matches = ['/a/*', '/a/b'].map((path) => b.match({ path: b.path(path) }));
  const { http: routes } = http(t, b.route(forward({ rewrite: { path: '/x' } }), matches));
  t.strictSame(
    routes.map((r) => [r.match, (r.rewrite as Fields).uri]),
    [
      [[{ uri: { exact: '/a' } }], '/x'],
      [[{ uri: { prefix: '/a/' } }], '/x/'],
      [[{ uri: { exact: '/a/b' } }], '/x'],
    ],
  );
});

t.test('what happens to a request', async (t) => {
  const split = b.forward([b.to('shoes.shop', 'v1', 95), b.to('shoes.shop', 'v2', 5, 8080)], {
    timeoutMs: 250,
  });
  const origin = b.at();
  // Not in the order of Istio's fields: the list of features has none.
  const features: readonly m.RouteFeature[] = [
    {
      kind: 'HeaderOperations',
      request: { set: { 'x-a': '5%', 'x-c': '0' }, add: { 'x-b': '2' }, remove: ['x-c'] },
      response: { set: {}, add: {}, remove: ['server'] },
      origin,
    },
    {
      kind: 'CorsPolicy',
      origins: [
        { type: 'exact', value: 'https://a.com' },
        { type: 'suffix', value: '.b.com' },
        { type: 'regex', value: 'https://c.*' },
      ],
      methods: ['GET'],
      allowHeaders: ['x-a'],
      exposeHeaders: ['x-b'],
      credentials: true,
      maxAgeSeconds: 86_400,
      origin,
    },
    { kind: 'Mirror', host: b.hostFor('users.shop'), port: 0, subset: 'v2', percentage: 0.5, origin },
    {
      kind: 'Fault',
      delay: { durationMs: 2000, percentage: 10 },
      abort: { status: 503, percentage: 1.25 },
      origin,
    },
    { kind: 'RetryPolicy', attempts: 2, perTryTimeoutMs: 1500, on: ['gateway-error', 'connect-failure'], origin },
  ];
  const { http: routes } = http(t, b.route(split, [], { name: 'r', features }));
  t.strictSame(routes, [
    {
      name: 'r',
      route: [
        { destination: { host: 'shoes', subset: 'v1' }, weight: 95 },
        { destination: { host: 'shoes', subset: 'v2', port: { number: 8080 } }, weight: 5 },
      ],
      timeout: '0.25s',
      retries: { attempts: 2, perTryTimeout: '1.5s', retryOn: 'gateway-error,connect-failure' },
      fault: {
        delay: { fixedDelay: '2s', percentage: { value: 10 } },
        abort: { httpStatus: 503, percentage: { value: 1.25 } },
      },
      mirrors: [{ destination: { host: 'users.shop.svc.cluster.local', subset: 'v2' }, percentage: { value: 0.5 } }],
      corsPolicy: {
        allowOrigins: [{ exact: 'https://a.com' }, { regex: '.*\\.b\\.com' }, { regex: 'https://c.*' }],
        allowMethods: ['GET'],
        allowHeaders: ['x-a'],
        exposeHeaders: ['x-b'],
        maxAge: '86400s',
        allowCredentials: true,
      },
      headers: {
        request: { set: { 'x-a': '5%%' }, add: { 'x-b': '2' }, remove: ['x-c'] },
        response: { remove: ['server'] },
      },
    },
  ]);
});

t.test('retries without a condition never happen, while Istio would choose conditions', async (t) => {
  const policy: m.RetryPolicy = { kind: 'RetryPolicy', attempts: 3, perTryTimeoutMs: 0, on: [], origin: b.at() };
  const { http: routes } = http(t, b.route(forward(), [], { features: [policy] }));
  t.strictSame(routes[0]?.retries, { attempts: 0 });
});

t.test('a forward without features is told not to retry, a redirect is told nothing', async (t) => {
  const bare = { name: 'r', features: [] };
  t.strictSame(http(t, b.route(forward(), [], bare)).http, [{ name: 'r', ...plain }]);
  t.strictSame(http(t, b.route(b.redirect({ path: '/new' }), [], bare)).http, [
    { name: 'r', redirect: { uri: '/new', redirectCode: 301 } },
  ]);
});

t.test('redirects', async (t) => {
  const action = b.redirect({ path: '/new', host: 'b.com', scheme: 'https', port: 8443, status: 308 });
  const { http: routes } = http(t, b.route(action, [b.match({ path: b.path('/old') })], { name: 'r' }));
  t.strictSame(routes, [
    {
      name: 'r',
      match: [{ uri: { exact: '/old' } }],
      redirect: { uri: '/new', authority: 'b.com', scheme: 'https', port: 8443, redirectCode: 308 },
    },
  ]);
});

t.test('where tables are attached, and what is in none', async (t) => {
  const attach = { mesh: false, gateways: ['infra/public'] };
  const mesh = b.mesh({
    routeTables: [
      b.table('both.shop', [b.route(forward())], { attach: { mesh: true, gateways: ['infra/public'] } }),
      b.table('edge.shop', [b.route(forward())], { attach, hosts: ['*.example.com'] }),
      b.table('empty.shop', []),
      b.table('nobody.shop', [b.route(forward())], { attach: { mesh: false, gateways: [] } }),
    ],
  });
  const [both, edge, empty, nobody] = emitted(t, mesh).all('VirtualService');
  t.strictSame(both?.gateways, ['mesh', 'infra/public']);
  t.match(edge, { hosts: ['*.example.com'], gateways: ['infra/public'] });
  t.strictSame(empty?.http, [{ directResponse: { status: 404 } }], 'no route is a 404, not Istio\u2019s default');
  t.equal(nobody, undefined, 'Istio would take no gateways for all sidecars');
});
