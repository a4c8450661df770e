// A small shop, built by hand, that holds one of everything the analysis decides about.
import type { Mesh, MeshSettings } from '../../model/index.ts';
import * as b from './mesh-builder.ts';

export interface ShopChanges {
  readonly settings?: Partial<MeshSettings>;
}

/** `shoes` has two versions, access rules and every kind of route; `db` is a VM; `stripe` is outside; `legacy` has no proxy. */
export function shopMesh({ settings = {} }: ShopChanges = {}): Mesh {
  const old = b.route(b.redirect({ path: '/new', status: 302 }), [b.match({ path: b.path('/old/*') })]);
  const beta = b.route(b.forward([b.to('shoes.shop', 'v2')]), [
    b.match({ headers: [b.header('x-beta', 'true')], methods: ['GET'] }),
  ]);
  const api = b.route(
    b.forward([b.to('shoes.shop', 'v1')], { rewrite: { path: '/api/', host: 'shoes.internal' }, timeoutMs: 3000 }),
    [b.match({ path: b.path('/api/v1/*') })],
  );
  const broken = b.route(b.forward([b.to('shoes.shop', 'v9')]), [b.match({ path: b.path('/broken') })]);
  const aborted = b.route(b.forward([b.to('shoes.shop')]), [b.match({ path: b.path('/abort') })], {
    features: [{ kind: 'Fault', abort: { status: 418, percentage: 100 }, origin: b.at() }],
  });
  const cors = b.route(b.forward([b.to('shoes.shop')]), [b.match({ path: b.path('/cors') })], {
    features: [
      {
        kind: 'CorsPolicy',
        origins: [{ type: 'suffix', value: '.example.com' }],
        methods: [],
        allowHeaders: [],
        exposeHeaders: [],
        credentials: false,
        origin: b.at(),
      },
    ],
  });
  const split = b.route(b.forward([b.to('shoes.shop', 'v1', 90), b.to('shoes.shop', 'v2', 10)]));
  return b.mesh({
    settings: { ...b.settings, ...settings },
    services: [
      b.service('shoes.shop'),
      b.service('users.shop', { ports: [b.port(80), b.port(9000, 'TCP')] }),
      b.service('ops.infra'),
      b.service('db.shop', {
        registry: 'mesh',
        resolution: 'static',
        ports: [b.port(5432, 'TCP', 5432)],
        selector: {},
        identities: [],
        addresses: ['10.0.0.7'],
      }),
      b.service('stripe.shop', {
        registry: 'mesh',
        hosts: ['api.stripe.com'],
        location: 'external',
        resolution: 'dns',
        ports: [b.port(443, 'TLS', 443)],
        selector: {},
        identities: [],
      }),
      b.service('legacy.shop'),
    ],
    workloads: [
      b.workload('inventory.shop'),
      b.workload('legacy.shop', { proxy: 'none' }),
      b.workload('ops.infra'),
      b.workload('public.shop', { proxy: 'gateway' }),
      b.workload('shoes.shop', { labels: { app: 'shoes', version: 'v1' } }),
      b.workload('shoes-v2.shop', { labels: { app: 'shoes', version: 'v2' }, serviceAccount: 'shoes' }),
      b.workload('users.shop'),
    ],
    routeTables: [
      b.table('shoes.shop', [old, beta, api, broken, aborted, cors, split]),
      b.table(
        'web.shop',
        [b.route(b.forward([b.to('shoes.shop', 'v1', 100, 80)]), [b.match({ path: b.path('/shoes/*') })])],
        {
          hosts: ['shop.example.com'],
          attach: { mesh: false, gateways: ['shop/public'] },
        },
      ),
    ],
    destinationPolicies: [b.versions('shoes.shop', { v1: { version: 'v1' }, v2: { version: 'v2' } })],
    authorizationPolicies: [
      b.policy('shoes.shop', 'ALLOW', [
        b.rule([b.callers('inventory.shop')], [b.operation(['POST'])]),
        b.rule([b.callers('inventory.shop', 'public.shop')], [b.operation([], ['/api/*', '/shoes/*', '/public*'])]),
      ]),
      b.policy('shoes-deny.shop', 'DENY', [b.rule([], [b.operation([], ['/internal/*'])])], {
        target: { namespace: 'shop', labels: { app: 'shoes' } },
      }),
      b.policy('users.shop', 'ALLOW', [b.rule([b.callers('inventory.shop')], [b.operation(['GET'])])]),
    ],
    gateways: [
      b.gateway('public.shop', [
        { port: 80, hosts: ['hello.com'], redirectToHttps: true },
        { port: 443, protocol: 'HTTPS', hosts: ['*.example.com'], tlsSecret: 'cert' },
      ]),
    ],
    egressScopes: [
      b.uses('inventory.shop', ['shoes.shop', 'users.shop', 'db.shop', 'legacy.shop']),
      b.uses('ops.infra', ['shoes.shop', { host: 'users.shop', ports: [80] }], 'any'),
      b.uses('users.shop', []),
    ],
  });
}
