// A mesh that uses every field of the model, many of them twice: for tests that ask "is it accepted at all".
import type { DestinationFeature, HttpRoute, LoadBalancing, Mesh, MtlsMode, RouteFeature } from '../../model/index.ts';
import * as b from './mesh-builder.ts';

const shoes = b.to('shoes.shop');

function routes(): readonly HttpRoute[] {
  const odd = b.match({
    methods: ['GET', 'POST'],
    headers: [
      b.header('x-exact', 'a.b'),
      b.header('x-not-empty', '', true),
      b.header('x-not-any', '~.*', true),
      b.header('x-not-there', undefined, true),
      b.header('x-there'),
      { kind: 'header', name: 'x-prefix', anyOf: [{ type: 'prefix', value: 'p' }], not: false },
      { kind: 'header', name: 'x-suffix', anyOf: [{ type: 'suffix', value: 's' }], not: true },
    ],
  });
  return [
    b.route(b.forward([shoes]), [odd], { name: 'odd' }),
    b.route(b.forward([shoes], { rewrite: { path: '/new', host: 'other' } }), [
      b.match({ path: b.path('/exact') }),
      b.match({ path: b.path('/segments/*') }),
      b.match({ path: b.path('/prefix*') }),
      b.match({ path: b.path('*.suffix+') }),
      b.match({ path: b.path('~/regex/[0-9]+') }),
      b.match({ headers: [b.header('x-rewrite')] }),
    ]),
    b.route(b.redirect({ path: '/there', host: 'example.com', scheme: 'https', port: 8443, status: 308 }), [
      b.match({ path: b.path('/here'), ports: [80] }),
    ]),
    b.route(b.forward([shoes]), [b.match({ path: b.path('/elsewhere'), ports: [9999] })]),
    b.route(
      b.forward([b.to('shoes.shop', 'v1', 60), b.to('shoes.shop', 'v2', 40), b.to('grpc.shop', '', 0, 9000)], {
        timeoutMs: 0,
      }),
      [],
      { features: Object.values(features()) },
    ),
  ];
}

function features(): { readonly [K in RouteFeature['kind']]: Extract<RouteFeature, { readonly kind: K }> } {
  const origin = b.at();
  return {
    RetryPolicy: {
      kind: 'RetryPolicy',
      origin,
      attempts: 3,
      perTryTimeoutMs: 250,
      on: ['5xx', '409', 'connect-failure'],
    },
    Mirror: { kind: 'Mirror', origin, host: shoes.host, port: 0, subset: 'v2', percentage: 0.0125 },
    HeaderOperations: {
      kind: 'HeaderOperations',
      origin,
      request: { set: { 'x-set': '100%', host: 'renamed' }, add: { 'x-add': 'a', 'x-gone': 'b' }, remove: ['x-gone'] },
      response: { set: { 'x-set': '' }, add: { 'x-add': 'a' }, remove: ['server'] },
    },
    CorsPolicy: {
      kind: 'CorsPolicy',
      origin,
      origins: [
        { type: 'exact', value: 'https://a.example.com' },
        { type: 'suffix', value: '.example.com' },
        { type: 'regex', value: 'https://[a-z]+' },
      ],
      methods: ['GET', 'PUT'],
      allowHeaders: ['x-a', 'x-b'],
      exposeHeaders: ['x-c'],
      credentials: true,
      maxAgeSeconds: 86_400,
    },
    Fault: {
      kind: 'Fault',
      origin,
      delay: { durationMs: 1, percentage: 0.5 },
      abort: { status: 503, percentage: 12.5 },
    },
  };
}

function policies() {
  const all = ['exact', 'prefix', 'suffix', 'regex'] as const;
  const values = all.map((type) => ({ type, value: 'shop' }));
  const paths = [...values, { type: 'segments' as const, value: '/a' }];
  const rule = b.rule(
    [
      b.from({ principals: [...values, { type: 'present' }], notPrincipals: values }),
      b.from({ namespaces: [...values, { type: 'present' }], notNamespaces: values }),
      b.callers('caller.shop'),
    ],
    [
      b.operation(['GET', 'POST'], [], { notMethods: [{ type: 'present' }], paths, notPaths: paths }),
      b.operation([], [], { ports: [8080] }),
      b.operation(['PUT'], [], { ports: [1] }),
    ],
  );
  return [
    b.policy('shoes.shop', 'ALLOW', [rule, b.rule([], [])]),
    b.policy('shoes.shop', 'DENY', [rule]),
    b.policy('db.shop', 'ALLOW', [rule, b.rule([b.callers('caller.shop')])]),
    b.policy('db.shop', 'DENY', [b.rule([b.callers('x.shop')], [b.operation(['GET'])])]),
    b.policy('nobody.shop', 'ALLOW', []),
  ];
}

const outside = { location: 'external', registry: 'mesh', selector: {}, identities: [] } as const;

function balanced(algorithm: LoadBalancing['algorithm']): readonly DestinationFeature[] {
  return [
    { kind: 'LoadBalancing', algorithm, origin: b.at() },
    { kind: 'ConnectionPool', connectTimeoutMs: 1000, origin: b.at() },
  ];
}

export function everythingMesh(): Mesh {
  const names = ['shoes', 'grpc', 'db', 'nobody', 'tls', 'caller', 'free'];
  const modes: Readonly<Record<string, MtlsMode>> = { grpc: 'PERMISSIVE', tls: 'PERMISSIVE', nobody: 'DISABLE' };
  const targets = ['shoes', 'grpc', 'db', 'nobody', 'tls', 'api', 'plain', 'bucket', 'star', 'vm', 'cluster'];
  const hosts = targets.map((name) => services().find((s) => s.name === name)?.hosts[0] ?? name);
  return b.mesh({
    services: services(),
    workloads: [...names.map((name) => b.workload(`${name}.shop`)), b.workload('edge.shop', { proxy: 'gateway' })],
    routeTables: [
      b.table('shoes.shop', routes()),
      b.table('db.shop', [], {
        tcp: [
          {
            kind: 'TcpRoute',
            origin: b.at(),
            name: 'db',
            matches: [b.match({ ports: [5432] })],
            destinations: [b.to('db.shop', 'v1', 70), b.to('db.shop', 'v2', 30), b.to('vm.shop', '', 0, 5433)],
          },
        ],
      }),
      b.table('public.shop', [b.route(b.forward([b.to('shoes.shop', 'v1', 100, 80)]))], {
        hosts: ['shop.example.com', '*.wild.example.com'],
        attach: { mesh: false, gateways: ['shop/edge'] },
      }),
    ],
    destinationPolicies: [
      b.versions('shoes.shop', { v1: { version: 'v1' }, v2: { version: 'v2' } }, { features: balanced('ROUND_ROBIN') }),
      b.versions('db.shop', { v1: { version: 'v1' }, v2: { version: 'v2' } }, { features: balanced('RANDOM') }),
      b.versions('api', {}, { host: 'api.example.com', tls: { mode: 'SIMPLE', sni: 'api.example.com' } }),
      b.versions('plain', {}, { host: 'plain.example.com', tls: { mode: 'DISABLE' } }),
    ],
    authorizationPolicies: policies(),
    peerAuthentications: Object.entries(modes).map(([name, mode]) =>
      b.peers(`${name}.shop`, mode, { '8081': 'STRICT' }),
    ),
    gateways: [
      b.gateway('edge.shop', [
        { name: 'web', port: 80, hosts: ['shop.example.com', 'plain.example.com'], redirectToHttps: true },
        { name: 'open', port: 80, hosts: ['*.example.com'] },
        {
          name: 'secure',
          port: 443,
          protocol: 'HTTPS',
          hosts: ['shop.example.com', '*.wild.example.com'],
          tlsSecret: 'a',
        },
        { name: 'rest', port: 443, protocol: 'HTTPS', hosts: ['*'], tlsSecret: 'b' },
      ]),
    ],
    egressScopes: [b.uses('caller.shop', hosts), b.uses('free.shop', hosts.slice(0, 6), 'any')],
    ...unseen(),
  });
}

/** What no proxy is told of. */
function unseen(): Pick<Mesh, 'tests' | 'passthrough'> {
  const origin = b.at();
  const request = b.request('GET http://shoes/');
  const asked = { kind: 'TestCase', origin, from: 'shop/caller', request, expect: { allowed: true } } as const;
  return {
    tests: [{ kind: 'MeshTest', origin, name: 'calls', namespace: 'shop', cases: [asked] }],
    passthrough: [
      { kind: 'RawObject', origin, object: { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'raw' } } },
    ],
  };
}

function services() {
  return [
    b.service('shoes.shop'),
    b.service('grpc.shop', { ports: [b.port(9000, 'GRPC'), b.port(9001, 'HTTP2')] }),
    b.service('db.shop', { ports: [b.port(5432, 'TCP')] }),
    b.service('nobody.shop', { ports: [b.port(80), b.port(81, 'HTTP', 8081)] }),
    b.service('tls.shop', { ports: [b.port(443, 'HTTPS', 8443)] }),
    b.service('caller.shop'),
    b.service('free.shop'),
    b.service('api.shop', {
      ...outside,
      hosts: ['api.example.com'],
      resolution: 'dns',
      ports: [b.port(443, 'HTTPS', 443)],
    }),
    b.service('plain.shop', {
      ...outside,
      hosts: ['plain.example.com'],
      resolution: 'none',
      ports: [b.port(80, 'HTTP', 80)],
    }),
    b.service('bucket.shop', {
      ...outside,
      hosts: ['bucket.example.com', 'bucket2.example.com'],
      resolution: 'static',
      addresses: ['192.0.2.7', '192.0.2.8'],
      ports: [b.port(443, 'TLS', 443)],
    }),
    b.service('star.shop', {
      ...outside,
      hosts: ['*.star.example.com'],
      resolution: 'none',
      ports: [b.port(80, 'HTTP', 80)],
    }),
    b.service('vm.shop', {
      ...outside,
      resolution: 'static',
      addresses: ['192.0.2.9'],
      ports: [b.port(5433, 'TCP', 5433)],
    }),
    b.service('cluster.shop', {
      ...outside,
      hosts: ['cluster.example.com'],
      resolution: 'dns',
      addresses: ['a.example.com', 'b.example.com'],
      ports: [b.port(6379, 'TCP', 6379)],
    }),
  ];
}
