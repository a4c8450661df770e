// The Istio back end as a whole: what it cannot say, where objects come from, how they are written.
import t from 'tap';
import { emitIstio, istioFileName, renderIstio } from '../backends/istio/index.ts';
import { catalogue, type ExampleFiles } from '../diagnostics/index.ts';
import * as m from '../model/index.ts';
import { compile } from '../pipeline.ts';
import type { Fields } from './support/istio.ts';
import * as b from './support/mesh-builder.ts';
import { shopMesh } from './support/shop-mesh.ts';

const shoes = b.to('shoes.shop');
const forward = (fields = {}) => b.forward([shoes], { timeoutMs: 0, ...fields });

/** Two services at one gateway host, with a route a path. */
function edges(...paths: readonly (readonly string[])[]): m.Mesh {
  const attach = { mesh: false, gateways: ['infra/public'] };
  const routes = (list: readonly string[], timeoutMs: number) =>
    list.map((p) => b.route(forward({ timeoutMs }), [b.match({ path: b.path(p) })]));
  const tables = paths.map((list, i) =>
    b.table(`t${i}.shop`, routes(list, i), { attach, hosts: ['shop.example.com'] }),
  );
  return b.mesh({ routeTables: tables });
}

t.test('what Istio has no words for is said', async (t) => {
  const operations = (...paths: m.PathMatch[]) =>
    b.policy('x', 'ALLOW', [b.rule([], [b.operation([], [], { paths })])]);
  const routeOf = (
    action: m.HttpAction,
    match: Parameters<typeof b.match>[0] = {},
    features: readonly m.RouteFeature[] = [],
  ) => b.mesh({ routeTables: [b.table('shoes', [b.route(action, [b.match(match)], { features })])] });
  const setting = (set: m.Labels): m.HeaderOperations => ({
    kind: 'HeaderOperations',
    ...m.noHeaderEdits,
    request: { set, add: {}, remove: [] },
    origin: b.at(),
  });
  const long = Array.from({ length: 300 }, (_, i) => `METHOD${i}`);
  const fault: m.Fault = { kind: 'Fault', abort: { status: 500, percentage: 1 }, origin: b.at() };
  const cors: m.CorsPolicy = {
    kind: 'CorsPolicy',
    origins: [],
    methods: [],
    allowHeaders: [],
    exposeHeaders: [],
    credentials: false,
    maxAgeSeconds: 0,
    origin: b.at(),
  };
  const twice = b.header('x', 'a');
  const suffix = b.header('x', '~.*b');
  const negated: m.Clause = { ...b.match(), all: [{ kind: 'path', anyOf: [b.path('/a')], not: true }] };
  const raw = (object: Fields): m.RawObject => ({ kind: 'RawObject', object, origin: b.at('raw.yaml') });
  const inRoot = {
    ...b.peers('p.istio-system', 'STRICT'),
    target: { namespace: 'istio-system', labels: { app: 'p' } },
  };
  const services = [b.service('web.shop'), b.service('redis.shop', { ports: [b.port(80, 'TCP')] })];
  const table: readonly [string, m.Mesh][] = [
    ['FL0501', b.mesh({ authorizationPolicies: [operations(b.path('~/a.c'))] })],
    ['FL0502', b.mesh({ authorizationPolicies: [operations({ type: 'exact', value: '/a*' })] })],
    ['FL0502', b.mesh({ authorizationPolicies: [operations({ type: 'prefix', value: '*a' })] })],
    ['FL0502', b.mesh({ authorizationPolicies: [operations({ type: 'segments', value: '/a/{*}' })] })],
    ['FL0502', b.mesh({ authorizationPolicies: [operations({ type: 'exact', value: '' })] })],
    ['FL0503', routeOf(forward(), { headers: [twice, suffix] })],
    ['FL0504', routeOf(b.redirect({}))],
    ['FL0504', routeOf(b.redirect({ path: '/' }), {}, [fault])],
    ['FL0505', routeOf(forward(), {}, [cors])],
    ['FL0506', b.mesh({ peerAuthentications: [inRoot] })],
    ['FL0506', b.mesh({ authorizationPolicies: [b.policy('x', 'ALLOW', [], { namespace: 'other' })] })],
    [
      'FL0507',
      b.mesh({ passthrough: [1, 2].map((v) => raw({ apiVersion: `x/v${v}`, kind: 'K', metadata: { name: 'n' } })) }),
    ],
    ['FL0508', b.mesh({ services: [b.service('x', { registry: 'mesh', hosts: ['*.a.com'], resolution: 'dns' })] })],
    ['FL0509', b.mesh({ workloads: [b.workload('w', { labels: {} })], egressScopes: [b.uses('w', [])] })],
    [
      'FL0509',
      b.mesh({
        services,
        workloads: [b.workload('w')],
        egressScopes: [b.uses('w', ['web.shop', { host: 'redis.shop', ports: [80] }])],
      }),
    ],
    [
      'FL0509',
      b.mesh({
        services: [b.service('db.shop', { hosts: ['db'], location: 'external' })],
        workloads: [b.workload('w')],
        egressScopes: [b.uses('w', [{ host: 'db', ports: [] }])],
      }),
    ],
    ['FL0510', b.mesh({ passthrough: [raw({ kind: 'EnvoyFilter' })] })],
    ['FL0511', b.mesh({ gateways: [b.gateway('g', [{ protocol: 'HTTPS' }])] })],
    ['FL0520', b.mesh({ gateways: [b.gateway('g', [{ hosts: ['localhost'] }])] })],
    ['FL0513', routeOf(forward({ rewrite: { host: 'a' } }), {}, [setting({ host: 'b' })])],
    ['FL0512', edges(['/a/*'], ['/a/b'])],
    ['FL0512', edges(['/*'], ['/*'])],
    ['FL0515', routeOf(forward(), {}, [setting({ x: '' })])],
    ['FL0514', routeOf(forward(), { methods: long })],
    ['FL0516', b.mesh({ routeTables: [b.table('shoes', [b.route(forward(), [negated])])] })],
  ];
  for (const [code, mesh] of table) {
    const { diagnostics } = emitIstio(mesh);
    t.strictSame(
      diagnostics.map((d) => d.code),
      [code],
      code,
    );
    for (const { message, span } of diagnostics) {
      t.ok(span, `${code} has a place`);
      t.match(message, /^[^.]*.*[^.]$/, `${code}: ${message}`);
    }
  }
});

t.test('tables of one gateway host that do not get in each other\u2019s way', async (t) => {
  const tables: readonly [string[], string[]][] = [
    [['/a/*'], ['/b/*']],
    [['/a/*'], ['/ab']],
    [['/a/*', '/*'], ['/b/*']],
  ];
  for (const [one, other] of tables) t.strictSame(emitIstio(edges(one, other)).diagnostics, [], `${one} and ${other}`);
});

t.test('every object can be traced back', async (t) => {
  const labels = { team: 'catalog' };
  const mesh = shopMesh();
  const { objects } = emitIstio(b.mesh({ ...mesh, services: mesh.services.map((s) => ({ ...s, labels })) }), {
    commit: 'c0ffee',
  });
  for (const { kind, metadata } of objects) {
    t.match(
      metadata.annotations,
      { 'fairlead.dev/origin': /^[^#]+#L\d+/, 'fairlead.dev/commit': 'c0ffee' },
      `${kind} ${metadata.name}`,
    );
    t.equal(metadata.labels?.['app.kubernetes.io/managed-by'], 'fairlead');
  }
  const ofShoes = objects.filter((o) => o.metadata.name === 'shoes');
  t.strictSame(
    ofShoes.map((o) => [o.kind, o.metadata.labels?.team]),
    [
      ['AuthorizationPolicy', 'catalog'],
      ['Sidecar', 'catalog'],
      ['DestinationRule', 'catalog'],
      ['VirtualService', 'catalog'],
    ],
  );
});

t.test('rendering', async (t) => {
  const raw = {
    metadata: { name: '../../x', labels: {} },
    spec: { b: 1, a: 2 },
    kind: 'Thing',
    apiVersion: 'v1',
    extra: true,
  };
  const mesh = b.mesh({ passthrough: [{ kind: 'RawObject', object: raw, origin: b.at() }] });
  const { objects } = emitIstio(mesh);
  t.equal(
    renderIstio(objects.slice(1)),
    '---\napiVersion: v1\nkind: Thing\nmetadata:\n  name: ../../x\n  labels: {}\nspec:\n  b: 1\n  a: 2\nextra: true\n',
    'raw objects are untouched but for the order of their first keys',
  );
  t.strictSame(objects.map(istioFileName), [
    'istio-system/peerauthentication-default.yaml',
    '_cluster/thing-__.._x.yaml',
  ]);
  const gatewayApi = {
    apiVersion: 'gateway.networking.k8s.io/v1',
    kind: 'Gateway',
    metadata: { name: 'web', namespace: 'shop' },
  };
  t.equal(istioFileName(gatewayApi), 'shop/gateway.gateway.networking.k8s.io-web.yaml');
  t.equal(renderIstio([]), '');
});

t.test('equal meshes give equal bytes', async (t) => {
  const mesh = shopMesh();
  const shuffled = b.mesh({
    ...mesh,
    services: mesh.services.toReversed(),
    routeTables: mesh.routeTables.toReversed(),
  });
  t.equal(renderIstio(emitIstio(shuffled).objects), renderIstio(emitIstio(mesh).objects));
});

t.test('the examples of the catalogue', async (t) => {
  for (const { code, bad, good } of catalogue.filter((entry) => /^FL05[0-4]/.test(entry.code))) {
    if ('intent' in bad) t.strictSame(codesOf(bad.intent), [code], `bad example of ${code}`);
    if ('intent' in good) t.strictSame(codesOf(good.intent), [], `good example of ${code}`);
  }
});

function codesOf(intent: ExampleFiles): readonly string[] {
  const files = Object.entries(intent).map(([path, text]) => ({ path, text }));
  const { mesh, diagnostics } = compile({ label: 'example', files, diagnostics: [] });
  if (!mesh) return diagnostics.map((d) => d.code);
  return [...new Set(emitIstio(mesh).diagnostics.map((d) => d.code))];
}

t.test('raw objects that were emitted once are told to be output', (t) => {
  const labels = { 'app.kubernetes.io/managed-by': 'fairlead' };
  const hintOf = (label: Readonly<Record<string, string>>) => {
    const object = { apiVersion: 'x/v1', kind: 'K', metadata: { name: 'n', labels: label } };
    const raw = [object, { ...object }].map(
      (each): m.RawObject => ({ kind: 'RawObject', object: each, origin: b.at('raw.yaml') }),
    );
    const { diagnostics } = emitIstio(b.mesh({ passthrough: raw }));
    return diagnostics.map(({ code, hint }) => `${code} ${hint}`);
  };
  t.match(hintOf(labels), [/^FL0507 compiled output of Fairlead lies inside the intent folder: move it out/]);
  t.same(hintOf({}), ['FL0507 rename one of them']);
  t.end();
});
