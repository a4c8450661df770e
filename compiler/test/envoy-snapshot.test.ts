// What is in the snapshots, as far as it can be told without an Envoy: names, scope, sharing, stability, findings.
import t from 'tap';
import {
  assignmentFrom,
  buildClusterLoadAssignment,
  checkSnapshot,
  type ExplicitPlacement,
  indexInstances,
  type Placement,
  planEnvoy,
  type ProxySnapshot,
  snapshotFor,
} from '../backends/envoy/index.ts';
import type { Mesh, WorkloadInstance } from '../model/index.ts';
import { everythingMesh } from './support/everything-mesh.ts';
import * as b from './support/mesh-builder.ts';
import { smallMesh as small } from './support/small-mesh.ts';

const redirect: Placement = { mode: 'redirect' };
const here = (port: number) => ({ address: '127.0.0.1', port });
const explicit: ExplicitPlacement = {
  mode: 'explicit',
  inbound: { '8080': { bind: here(20), app: here(21) }, '13432': { bind: here(22), app: here(23) } },
  outboundHttp: here(10),
  outboundTcp: { 'db.shop.svc.cluster.local:5432': here(11) },
  gateway: { 80: here(30) },
  external: { 'api.example.com:443': here(40), '10.0.0.9:5432': here(41) },
};

function snapshot(mesh: Mesh, workload: string, placement: Placement = redirect): ProxySnapshot {
  const found = snapshotFor(planEnvoy(mesh), { workload, placement });
  if (!found) throw new Error(`no snapshot for ${workload}`);
  return found;
}

const names = (list: readonly { readonly name?: string }[]) => list.map(({ name }) => name);
const text = (value: unknown) => JSON.stringify(value);

t.test('names and scope', async (t) => {
  const redirected = snapshot(small(), 'shop/caller');
  t.same(names(redirected.listeners), [
    'outbound_80',
    'outbound_tcp_db.shop.svc.cluster.local_5432',
    'virtualInbound',
    'virtualOutbound',
  ]);
  t.same(names(redirected.routes), ['80']);
  t.same(names(redirected.clusters), [
    'BlackHoleCluster',
    'inbound|8080||',
    'outbound|5432||db.shop.svc.cluster.local',
    'outbound|80|v1|shoes.shop.svc.cluster.local',
    'outbound|80|v2|shoes.shop.svc.cluster.local',
    'outbound|80||shoes.shop.svc.cluster.local',
  ]);
  const placed = snapshot(small(), 'shop/caller', explicit);
  t.same(names(placed.listeners), ['inbound_8080', 'outbound-http', 'outbound_tcp_db.shop.svc.cluster.local_5432']);
  t.same(names(placed.routes), ['http']);
  t.same(names(placed.secrets), ['ROOTCA', 'default']);
  t.equal(placed.identity, 'spiffe://cluster.local/ns/shop/sa/caller');
  t.notMatch(text(placed), /secret\.shop/, 'nothing of what is not used');
  t.same([...placed.origins.keys()].sort(), [...names(placed.clusters), ...names(placed.listeners), 'http'].sort());
  t.equal(snapshotFor(planEnvoy(small()), { workload: 'shop/plain', placement: redirect }), undefined);
  t.equal(snapshotFor(planEnvoy(small()), { workload: 'shop/nobody', placement: redirect }), undefined);
});

t.test('domains', async (t) => {
  const mesh = small({
    services: [b.service('shoes.shop', { ports: [b.port(80), b.port(9000)] }), b.service('caller.shop')],
  });
  const [vhost, other, rest] = snapshot(mesh, 'shop/caller', explicit).routes[0]?.virtualHosts ?? [];
  const aliases = [
    'shoes.shop.svc.cluster.local',
    'shoes.shop.svc.cluster.local.',
    'shoes.shop.svc',
    'shoes.shop',
    'shoes',
  ];
  t.same(
    vhost?.domains,
    aliases.flatMap((name) => [name, `${name}:80`]),
  );
  t.same(
    other?.domains,
    aliases.map((name) => `${name}:9000`),
  );
  t.match(rest, { name: 'block_all', domains: ['*'], routes: [{ directResponse: { status: 502 } }] });
  const open = snapshot(small({ egressScopes: [b.uses('caller.shop', ['shoes.shop'], 'any')] }), 'shop/caller');
  t.match(open.routes[0]?.virtualHosts?.at(-1), {
    name: 'allow_any',
    routes: [{ route: { cluster: 'PassthroughCluster' } }],
  });
});

t.test('proxies share clusters and route configurations by identity', async (t) => {
  const plan = planEnvoy(
    small({ egressScopes: [b.uses('caller.shop', ['shoes.shop']), b.uses('db.shop', ['shoes.shop'])] }),
  );
  const [one, two] = ['shop/caller', 'shop/db'].map((workload) => snapshotFor(plan, { workload, placement: explicit }));
  const find = (s: ProxySnapshot | undefined) =>
    s?.clusters.find((c) => c.name === 'outbound|80|v1|shoes.shop.svc.cluster.local');
  t.ok(find(one));
  t.equal(find(one), find(two));
  t.equal(one?.routes[0], two?.routes[0]);
});

t.test('a change of weights is a change of routes only', async (t) => {
  const weights = (v1: number) =>
    small({
      routeTables: [
        b.table('shoes.shop', [
          b.route(b.forward([b.to('shoes.shop', 'v1', v1), b.to('shoes.shop', 'v2', 100 - v1)]), [], { name: 'r' }),
        ]),
      ],
    });
  const [before, after] = [weights(90), weights(0)].map((mesh) => snapshot(mesh, 'shop/caller', explicit));
  t.not(text(before?.routes), text(after?.routes));
  for (const part of ['listeners', 'clusters', 'endpoints', 'secrets'] as const)
    t.equal(text(before?.[part]), text(after?.[part]), part);
});

t.test('the order of the mesh does not matter', async (t) => {
  const mesh = everythingMesh();
  const reversed = Object.fromEntries(
    Object.entries(mesh).map(([key, value]) => [key, Array.isArray(value) ? value.toReversed() : value]),
  ) as unknown as Mesh;
  for (const workload of mesh.workloads) {
    const target = { workload: `${workload.namespace}/${workload.name}`, placement: redirect };
    t.equal(
      text(snapshotFor(planEnvoy(mesh), target)),
      text(snapshotFor(planEnvoy(reversed), target)),
      target.workload,
    );
  }
});

t.test('access', async (t) => {
  const rules = (layer: 'http' | 'tcp', policies: Mesh['authorizationPolicies'], settings = b.settings) => {
    const name = layer === 'http' ? 'shoes' : 'db';
    const targeted = policies.map((p) => ({ ...p, target: { namespace: 'shop', labels: { app: name } } }));
    const { listeners } = snapshot(small({ authorizationPolicies: targeted, settings }), `shop/${name}`, explicit);
    const found = [...text(listeners[0]).matchAll(/"rules":({"action":"(\w+)","policies":{(?:"([^"]*)")?)/g)];
    return found.map((m) => `${m[2]} ${m[3] ?? ''}`.trim());
  };
  const named = (name: string, rule: ReturnType<typeof b.rule>) => ({ ...rule, name });
  const get = [b.operation(['GET'])];
  const on = (port: number) => [b.operation([], [], { ports: [port] })];
  const caller = [b.callers('caller.shop')];
  t.same(rules('http', []), [], 'no policy, no filter');
  t.same(rules('http', [], { ...b.settings, accessDefault: 'deny' }), ['ALLOW'], 'denied by default');
  t.same(rules('http', [b.policy('x', 'ALLOW', [])]), ['ALLOW'], 'ALLOW without rules denies all');
  t.same(rules('http', [b.policy('x', 'DENY', [])]), [], 'DENY without rules denies nothing');
  const both = [
    b.policy('x', 'ALLOW', [named('a', b.rule(caller))]),
    b.policy('y', 'DENY', [named('d', b.rule([], get))]),
  ];
  t.same(rules('http', both), ['DENY d', 'ALLOW a'], 'deny first');
  t.same(rules('http', [b.policy('x', 'ALLOW', [named('a', b.rule(caller, on(8080)))])]), ['ALLOW a'], 'its port');
  t.same(rules('http', [b.policy('x', 'ALLOW', [named('a', b.rule(caller, on(9)))])]), ['ALLOW'], 'another port');
  t.same(
    rules('tcp', [b.policy('x', 'ALLOW', [named('a', b.rule(caller, get))])]),
    ['ALLOW'],
    'ALLOW with a method: dropped',
  );
  t.same(rules('tcp', [b.policy('x', 'DENY', [named('d', b.rule(caller, get))])]), ['DENY d'], 'DENY loses the method');
});

t.test('external services', async (t) => {
  const outside = { location: 'external', registry: 'mesh', selector: {}, identities: [] } as const;
  const mesh = small({
    services: [
      b.service('api.shop', {
        ...outside,
        hosts: ['api.example.com'],
        resolution: 'dns',
        ports: [b.port(443, 'HTTPS', 443)],
      }),
      b.service('vm.shop', {
        ...outside,
        resolution: 'static',
        addresses: ['10.0.0.9'],
        ports: [b.port(5432, 'TCP', 5432)],
      }),
    ],
    routeTables: [b.table('api.shop', [], { hosts: ['api.example.com'] })],
    destinationPolicies: [
      b.versions('api', {}, { host: 'api.example.com', tls: { mode: 'SIMPLE', sni: 'api.example.com' } }),
    ],
    egressScopes: [b.uses('caller.shop', ['api.example.com', 'vm.shop'])],
  });
  const clusters = (placement: Placement) =>
    snapshot(mesh, 'shop/caller', placement).clusters.filter((c) => c.name?.startsWith('outbound'));
  const [api, vm] = clusters(redirect);
  t.match(api, { type: 'STRICT_DNS', transportSocket: { typedConfig: { sni: 'api.example.com' } } });
  const [vhost] = snapshot(mesh, 'shop/caller', explicit).routes[0]?.virtualHosts ?? [];
  t.match(vhost, {
    domains: ['api.example.com:443'],
    routes: [{ route: { cluster: 'outbound|443||api.example.com' } }],
  });
  t.match(vm, { type: 'STATIC' });
  t.notOk(vm?.transportSocket);
  t.match(text(vm), /"address":"10.0.0.9","portValue":5432/);
  const [movedApi, movedVm] = clusters(explicit);
  t.match(text(movedApi), /"type":"STATIC".*"portValue":40/);
  t.match(text(movedVm), /"portValue":41/);
});

t.test('endpoints', async (t) => {
  const instance = (name: string, more: Partial<WorkloadInstance> = {}): WorkloadInstance => ({
    name,
    namespace: 'shop',
    labels: { app: 'shoes' },
    serviceAccount: 'shoes',
    address: '10.0.0.1',
    ports: {},
    healthy: true,
    ...more,
  });
  const selector = { cluster: 'c', namespace: 'shop', labels: { app: 'shoes' }, portName: 'http', targetPort: 8080 };
  const instances = [
    instance('b', { address: '10.0.0.2', ports: { http: 9 } }),
    instance('a'),
    instance('sick', { healthy: false }),
    instance('c', { namespace: 'other' }),
    instance('d', { labels: { app: 'users' } }),
  ];
  const expected = {
    clusterName: 'c',
    endpoints: [
      {
        lbEndpoints: [
          { endpoint: { address: { socketAddress: { address: '10.0.0.1', portValue: 8080 } } } },
          { endpoint: { address: { socketAddress: { address: '10.0.0.2', portValue: 9 } } } },
        ],
      },
    ],
  };
  t.same(buildClusterLoadAssignment(selector, instances), expected);
  t.same(assignmentFrom(indexInstances(instances.toReversed()), selector), expected);
  t.same(buildClusterLoadAssignment(selector, []), { clusterName: 'c' });
});

t.test('closure', async (t) => {
  const whole = snapshot(small(), 'shop/caller', explicit);
  const messages = (s: ProxySnapshot) =>
    checkSnapshot(s).map((d) => `${d.code} ${/the ([a-z ]+) "/.exec(d.message)?.[1] ?? ''}`.trim());
  t.same(messages(whole), []);
  t.same([...new Set(messages({ ...whole, clusters: [] }))], ['FL0550 cluster']);
  t.same(messages({ ...whole, routes: [] }), ['FL0550 route configuration']);
  t.same(messages({ ...whole, endpoints: whole.endpoints.slice(1) }), ['FL0550 endpoints']);
  t.same([...new Set(messages({ ...whole, secrets: [] }))], ['FL0550 secret']);
  t.same(messages({ ...whole, listeners: [...whole.listeners, ...whole.listeners.slice(0, 1)] }), ['FL0551']);
  const lost = small({ routeTables: [b.table('shoes.shop', [b.route(b.forward([b.to('shoes.shop', '', 100, 81)]))])] });
  t.match(
    checkSnapshot(snapshot(lost, 'shop/caller'))[0]?.message,
    /"80" of the proxy of shop\/caller names the cluster "outbound\|81\|\|/,
  );
});
