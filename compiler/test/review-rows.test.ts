// What reviews say about changes that people make: one table, from the change to the rows.
import t from 'tap';
import { indexMesh, type Mesh } from '../model/index.ts';
import { reach } from '../analysis/index.ts';
import { reviewMeshes } from '../review/index.ts';
import * as b from './support/mesh-builder.ts';
import { changeOf } from '../review/words.ts';
import { shopMesh } from './support/shop-mesh.ts';

const shop = shopMesh();

function withRules(
  change: (rules: readonly ReturnType<typeof b.rule>[]) => readonly ReturnType<typeof b.rule>[],
): Mesh {
  return {
    ...shop,
    authorizationPolicies: shop.authorizationPolicies.map((p) =>
      p.name === 'shoes' ? { ...p, rules: change(p.rules) } : p,
    ),
  };
}

function withRoute(i: number, change: (route: ReturnType<typeof b.route>) => ReturnType<typeof b.route>): Mesh {
  return {
    ...shop,
    routeTables: shop.routeTables.map((table) =>
      table.name === 'shoes' ? { ...table, http: table.http.map((r, at) => (at === i ? change(r) : r)) } : table,
    ),
  };
}

function forwarded(
  route: ReturnType<typeof b.route>,
  fields: Parameters<typeof b.forward>[1],
): ReturnType<typeof b.route> {
  if (route.action.kind !== 'ForwardAction') return route;
  const { destinations, kind: _kind, ...known } = route.action;
  return { ...route, action: b.forward(destinations, { ...known, ...fields }) };
}

/** Severity, kind, effect, title, change, requests, witness: as much of it as the case names. */
const cases: Record<string, { head: Mesh; rows: readonly (readonly string[])[]; hasMore?: true }> = {
  'an access by accident': {
    head: withRules((rules) => [
      ...rules,
      b.rule([b.from({ namespaces: [{ type: 'exact', value: 'infra' }] })], [b.operation(['GET'], ['/admin/*'])]),
    ]),
    rows: [
      [
        'high',
        'access',
        'gained',
        'infra/ops, any further workload of namespace infra may newly call shoes.shop:80',
        'denied by access rules (403) -> v1 90%, v2 10% of shoes.shop; v2 of shoes.shop',
        'GET /admin/*',
        'GET http://shoes.shop/admin from infra/ops',
      ],
    ],
  },
  'an access taken away': {
    head: withRules((rules) => rules.slice(1)),
    rows: [['medium', 'access', 'lost', 'shop/inventory may no longer call shoes.shop:80']],
  },
  'a canary step': {
    head: withRoute(6, (r) =>
      forwarded(r, { destinations: [b.to('shoes.shop', 'v1', 50), b.to('shoes.shop', 'v2', 50)] }),
    ),
    rows: [
      [
        'medium',
        'traffic',
        'changed',
        'calls from shop/inventory to shoes.shop:80 are split otherwise',
        'split: v1 90%, v2 10% of shoes.shop -> v1 50%, v2 50% of shoes.shop',
      ],
    ],
  },
  'a timeout': {
    head: withRoute(2, (r) => forwarded(r, { timeoutMs: 5000 })),
    rows: [
      [
        'low',
        'behavior',
        'changed',
        'calls from shop/inventory to shoes.shop:80 are handled differently: timeout',
        'timeout: 3s -> 5s',
      ],
    ],
  },
  'an access that only a rewrite opens': {
    head: withRoute(2, (r) => forwarded(r, { rewrite: { path: '/private/', host: 'shoes.internal' } })),
    rows: [
      ['medium', 'access', 'lost', 'shop/inventory may no longer call shoes.shop:80'],
      ['low', 'behavior'],
    ],
  },
  'mTLS weakened': {
    head: { ...shop, peerAuthentications: [b.peers('shoes.shop', 'PERMISSIVE')] },
    rows: [['high', 'mtls', 'changed', 'mTLS of shoes.shop:80 is PERMISSIVE, was STRICT']],
  },
  'mTLS weakened where nobody checks access': {
    head: {
      ...shop,
      authorizationPolicies: shop.authorizationPolicies.filter((p) => p.name !== 'users'),
      peerAuthentications: [b.peers('users.shop', 'PERMISSIVE')],
    },
    hasMore: true,
    rows: [
      ['high', 'access', 'gained', 'infra/ops, any further workload may newly call users.shop:80'],
      ['high', 'mtls', 'gained', 'mTLS of users.shop:80 is PERMISSIVE, was STRICT'],
    ],
  },
  'a new use': {
    head: {
      ...shop,
      egressScopes: shop.egressScopes.map((s) =>
        s.workload === 'shop/inventory'
          ? b.uses('inventory.shop', ['shoes.shop', 'users.shop', 'db.shop', 'legacy.shop', 'api.stripe.com'])
          : s,
      ),
    },
    rows: [['high', 'egress', 'gained', 'shop/inventory may newly call api.stripe.com:443, outside the mesh']],
  },
  'a host exposed': {
    head: {
      ...shop,
      routeTables: [
        ...shop.routeTables,
        b.table(
          'more.shop',
          [b.route(b.forward([b.to('legacy.shop', '', 100, 80)]), [b.match({ path: b.path('/x/*') })])],
          { hosts: ['legacy.example.com'], attach: { mesh: false, gateways: ['shop/public'] } },
        ),
      ],
    },
    rows: [
      [
        'high',
        'exposure',
        'gained',
        'https://legacy.example.com:443 is newly open to the outside through gateway shop/public',
        'no route (404) -> legacy.shop',
        'any method /x/*',
        'GET https://legacy.example.com/x from outside',
      ],
    ],
  },
  'a workload without its proxy': {
    head: {
      ...shop,
      workloads: shop.workloads.map((w) => (w.name === 'users' ? { ...w, proxy: 'none' as const } : w)),
    },
    hasMore: true,
    rows: [
      [
        'high',
        'access',
        'gained',
        'shop/inventory may newly call users.shop:80',
        'denied by access rules (403) -> users.shop',
        'any method but GET',
      ],
      ['high', 'mtls', 'changed', 'mTLS of users.shop:80 is none, was STRICT', 'TLS to shop/users: mutual -> plain'],
    ],
  },
  'a new service': {
    head: {
      ...shop,
      services: [...shop.services, b.service('new.shop')],
      workloads: [...shop.workloads, b.workload('new.shop')],
      egressScopes: [...shop.egressScopes, b.uses('new.shop', ['users.shop'])],
    },
    rows: [['low', 'inventory', 'added', 'service added: shop/new']],
  },
  'nothing but order': {
    head: withRules((rules) => rules.toReversed()),
    rows: [],
  },
  'two disjoint routes swapped': {
    head: {
      ...shop,
      routeTables: shop.routeTables.map((table) => ({
        ...table,
        http: [...table.http.slice(0, 3), ...table.http.slice(3, 6).reverse(), ...table.http.slice(6)].map((r, i) => ({
          ...r,
          name: `r${i}`,
        })),
      })),
    },
    rows: [],
  },
};

t.test('changes', async (t) => {
  for (const [name, { head, rows, hasMore }] of Object.entries(cases)) {
    const found = reviewMeshes(shop, head).rows;
    const texts = found.map((r) => [
      r.severity,
      r.kind,
      r.effect,
      r.title,
      changeOf(r),
      r.requests.join('; '),
      r.witness && `${r.witness.text} from ${r.witness.call.from}`,
    ]);
    if (!hasMore) t.equal(found.length, rows.length, `${name}: ${JSON.stringify(texts)}`);
    for (const row of rows) {
      const isFound = texts.some((text) => JSON.stringify(text.slice(0, row.length)) === JSON.stringify(row));
      t.ok(isFound, `${name}: ${row.join(', ')}\n${isFound ? '' : JSON.stringify(texts)}`);
    }
    for (const row of found.filter((r) => r.witness))
      t.ok(row.base.length > 0 && row.head.length > 0, `${name}: places on both sides`);
  }
});

t.test('whose proxies are touched', async (t) => {
  t.same(
    reviewMeshes(shop, cases['a canary step']?.head ?? shop).touched,
    ['infra/ops', 'shop/inventory', 'shop/public'].filter((k) => k !== 'shop/public'),
  );
  t.same(reviewMeshes(shop, cases['an access by accident']?.head ?? shop).touched, ['shop/shoes', 'shop/shoes-v2']);
  t.same(reviewMeshes(shop, shop), { rows: [], touched: [], notAnalysed: [] });
});

t.test('many callers are one row', async (t) => {
  const names = Array.from({ length: 12 }, (_, i) => `w${i}.qa`);
  const build = (rules: ReturnType<typeof b.rule>[]) =>
    b.mesh({
      services: [b.service('a.shop'), b.service('b.shop')],
      workloads: [b.workload('a.shop'), b.workload('b.shop'), ...names.map((n) => b.workload(n))],
      egressScopes: names.map((n) => b.uses(n, ['a.shop', 'b.shop'])),
      authorizationPolicies: ['a.shop', 'b.shop'].map((n) => b.policy(n, 'ALLOW', rules)),
    });
  const { rows } = reviewMeshes(build([]), build([b.rule([b.from({ namespaces: [{ type: 'exact', value: 'qa' }] })])]));
  t.equal(rows.length, 1);
  t.match(rows[0], {
    title: /^every workload of namespace qa \(12\), any further .* may newly call a.shop:80, b.shop:80$/,
  });
  t.equal(rows[0]?.callers.length, 13);
});

t.test('reach', async (t) => {
  const index = indexMesh(shop);
  const rows = reach(index, { to: 'shop/shoes' });
  t.match(rows, [{ from: ['shop/inventory'], port: 80, reach: 'some', example: { verdict: { outcome: 'allowed' } } }]);
  t.match(reach(index, { from: 'shop/users', to: 'shop/shoes' }), [
    { reach: 'none', example: { verdict: { reason: 'egress' } } },
  ]);
  t.match(reach(index, { from: 'shop/inventory', to: 'shop/db' }), [
    { reach: 'all', requests: ['every connection'], example: { text: 'tcp://db.shop.svc.cluster.local:5432' } },
  ]);
  t.ok(reach(index).every((row) => row.reach !== 'none'));
});
