// A mesh in which every rule of docs/semantics.md shows itself to a caller: for tests that send real requests.
import type { CorsPolicy, Fault, HeaderOperations, HttpRoute, Mesh, Mirror, RouteFeature } from '../../model/index.ts';
import * as b from './mesh-builder.ts';

interface RouteWords {
  readonly name?: string;
  readonly rewrite?: string;
  readonly match?: b.MatchFields;
  readonly feature?: RouteFeature;
}

const to = (path: string, { name, rewrite, match, feature }: RouteWords = {}) => {
  const forward = b.forward([b.to('shoes.shop', 'v1')], rewrite === undefined ? {} : { rewrite: { path: rewrite } });
  const fields = { features: feature ? [feature] : [], ...(name !== undefined && { name }) };
  return b.route(forward, [b.match({ path: b.path(path), ...match })], fields);
};

const cors: CorsPolicy = {
  kind: 'CorsPolicy',
  origin: b.at(),
  origins: [{ type: 'suffix', value: '.example.com' }],
  methods: ['PUT'],
  allowHeaders: ['x-a'],
  exposeHeaders: [],
  credentials: true,
  maxAgeSeconds: 60,
};

const headers: HeaderOperations = {
  kind: 'HeaderOperations',
  origin: b.at(),
  request: { set: { 'x-set': '100%', 'x-both': 'no' }, add: { 'x-add': 'more' }, remove: ['x-both', 'x-drop'] },
  response: { set: { 'x-from-app': 'changed' }, add: { 'x-extra': 'yes' }, remove: ['x-app-not-there'] },
};

const teapot: Fault = { kind: 'Fault', origin: b.at(), abort: { status: 418, percentage: 100 } };

const mirror: Mirror = {
  kind: 'Mirror',
  origin: b.at(),
  host: 'shoes.shop.svc.cluster.local',
  port: 0,
  subset: 'v2',
  percentage: 100,
};

function shoesRoutes(): readonly HttpRoute[] {
  return [
    to('/exact', { rewrite: '/exactly', name: 'exact' }),
    to('/api/v1/*', { rewrite: '/api/' }),
    to('/bare/*', { rewrite: '/new' }),
    to('/pre*', { rewrite: '/post' }),
    to('~/num/[0-9]+', { rewrite: '/number' }),
    to('*.php', { rewrite: '/script' }),
    to('/seg/*', { feature: headers }),
    to('/not-a', { match: { headers: [b.header('x-a', 'a', true)] }, name: 'not-a' }),
    to('/not-any', { match: { headers: [b.header('x-a', '~.*', true)] } }),
    to('/get-or-put', { match: { methods: ['GET', 'PUT'] } }),
    to('/cors', { feature: cors }),
    to('/teapot', { feature: teapot }),
    to('/mirrored', { feature: mirror }),
    b.route(b.redirect({ path: '/there', status: 308 }), [b.match({ path: b.path('/here') })]),
    b.route(b.redirect({ host: 'other.example.com', scheme: 'https' }), [b.match({ path: b.path('/away') })]),
    b.route(b.forward([b.to('shoes.shop', 'v9')]), [b.match({ path: b.path('/v9') })]),
    b.route(b.forward([b.to('shoes.shop', 'v1', 50), b.to('shoes.shop', 'v2', 50)]), [
      b.match({ path: b.path('/split') }),
    ]),
    b.route(b.forward([b.to('users.shop', '', 100, 80)]), [b.match({ path: b.path('/login') })]),
    to('/free/*'),
    to('/admin/*'),
  ];
}

/** `caller` may do almost everything, `other` little; `open` takes plain text; `edge` is a gateway. */
export function trafficMesh(): Mesh {
  return b.mesh({
    services: [
      b.service('shoes.shop'),
      b.service('users.shop', { ports: [b.port(80), b.port(5432, 'TCP')] }),
      b.service('open.shop', { ports: [b.port(80, 'HTTP', 8088), { ...b.port(81, 'HTTP', 8089), name: 'plain' }] }),
      b.service('secret.shop'),
    ],
    workloads: [
      ...['caller', 'other', 'shoes', 'users', 'open'].map((name) => b.workload(`${name}.shop`)),
      b.workload('edge.shop', { proxy: 'gateway' }),
    ],
    routeTables: [
      b.table('shoes.shop', shoesRoutes()),
      b.table(
        'public.shop',
        [b.route(b.forward([b.to('shoes.shop', 'v2', 100, 80)]), [b.match({ path: b.path('/free/*') })])],
        {
          hosts: ['shop.example.com'],
          attach: { mesh: false, gateways: ['shop/edge'] },
        },
      ),
    ],
    destinationPolicies: [b.versions('shoes.shop', { v1: { version: 'v1' }, v2: { version: 'v2' } })],
    authorizationPolicies: [
      b.policy('shoes.shop', 'ALLOW', [
        { ...b.rule([b.callers('caller.shop')]), name: 'shop/shoes/access/allow/0' },
        b.rule([b.callers('edge.shop')], [b.operation(['GET'], ['/free/*'])]),
      ]),
      b.policy('shoes.shop', 'DENY', [
        { ...b.rule([], [b.operation([], ['/admin/*'])]), name: 'shop/shoes/deny/0' },
        { ...b.rule([], [b.operation([], ['/seg/both'])]), name: 'shop/shoes/deny/2' },
        { ...b.rule([], [b.operation([], ['/seg/both'])]), name: 'shop/shoes/deny/10' },
      ]),
      b.policy('users.shop', 'ALLOW', [
        b.rule([b.callers('other.shop')], [b.operation(['GET'])]),
        b.rule([b.callers('caller.shop')]),
      ]),
    ],
    peerAuthentications: [b.peers('open.shop', 'PERMISSIVE', { '8089': 'DISABLE' })],
    gateways: [
      b.gateway('edge.shop', [
        { name: 'web', port: 80, hosts: ['old.example.com'], redirectToHttps: true },
        { name: 'open', port: 80, hosts: ['shop.example.com', 'empty.example.com'] },
        { name: 'secure', port: 443, protocol: 'HTTPS', hosts: ['shop.example.com'], tlsSecret: 'cert' },
      ]),
    ],
    egressScopes: [
      b.uses('caller.shop', ['shoes.shop', 'users.shop', 'open.shop']),
      b.uses('other.shop', ['shoes.shop', 'users.shop']),
    ],
  });
}
