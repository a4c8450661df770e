// What Istio does not do by itself: defaults of the mesh, mutual TLS where it is off for all, ports without routes.
import t, { type Test } from 'tap';
import type * as m from '../model/index.ts';
import { emitted, type Fields } from './support/istio.ts';
import * as b from './support/mesh-builder.ts';

const off = { ...b.settings, mtls: 'DISABLE' } as const;

/** The rule for `shoes`, whose workload demands something of its own. */
function ruleOf(t: Test, demand: readonly m.PeerAuthentication[], fields: Parameters<typeof b.mesh>[0] = {}): Fields {
  const ports = [b.port(80, 'HTTP', 8080), b.port(81, 'HTTP', 8081)];
  const mesh = b.mesh({
    settings: off,
    services: [b.service('shoes.shop', { ports })],
    workloads: [b.workload('shoes.shop')],
    destinationPolicies: [b.versions('shoes.shop', { v1: { version: 'v1' } })],
    peerAuthentications: demand,
    ...fields,
  });
  return emitted(t, mesh).one('DestinationRule');
}

const pool = { connectionPool: { tcp: { connectTimeout: '1s' } }, loadBalancer: { simple: 'LEAST_REQUEST' } };
const mutual = { tls: { mode: 'ISTIO_MUTUAL' } };

t.test('F4: callers are told of mutual TLS where it is off for all but some', async (t) => {
  const said = (demand: readonly m.PeerAuthentication[], fields = {}) => ruleOf(t, demand, fields).trafficPolicy;
  t.strictSame(said([b.peers('shoes.shop', 'STRICT')]), { ...pool, ...mutual }, 'strict');
  t.strictSame(said([b.peers('shoes.shop', 'PERMISSIVE')]), { ...pool, ...mutual }, 'permissive');
  t.strictSame(said([]), pool, 'off');
  const port = (number: number) => ({ port: { number }, ...pool, ...mutual });
  t.strictSame(
    said([b.peers('shoes.shop', 'STRICT', { 8081: 'DISABLE' })]),
    { ...pool, portLevelSettings: [port(80)] },
    'a port that is off: settings of a port replace the others, and repeat them',
  );
  t.strictSame(
    said([b.peers('shoes.shop', 'DISABLE', { 8081: 'PERMISSIVE' })]),
    { ...pool, portLevelSettings: [port(81)] },
    'a port that is on',
  );
});

t.test('F4: what Istio finds out by itself is left to it', async (t) => {
  const wide = (namespace: string, mode: m.MtlsMode): m.PeerAuthentication => ({
    ...b.peers(`all.${namespace}`, mode),
    target: { namespace, labels: {} },
  });
  const said = (demand: readonly m.PeerAuthentication[], fields = {}) => ruleOf(t, demand, fields).trafficPolicy;
  const strict = b.peers('shoes.shop', 'STRICT');
  t.strictSame(said([strict], { settings: b.settings }), pool, 'the mesh is strict');
  t.strictSame(said([wide('shop', 'PERMISSIVE'), strict]), pool, 'the namespace is permissive');
  t.strictSame(said([wide('istio-system', 'STRICT'), strict]), pool, 'a policy of the root namespace');
  t.strictSame(
    said([wide('shop', 'DISABLE'), strict], { settings: b.settings }),
    { ...pool, ...mutual },
    'the namespace is off',
  );
  const plain = { workloads: [b.workload('shoes.shop', { proxy: 'none' })] };
  t.strictSame(said([strict], plain), pool, 'nobody with a proxy');
  const fixed = { destinationPolicies: [b.versions('shoes.shop', {}, { tls: { mode: 'DISABLE' } })] };
  t.strictSame(said([strict], fixed), { ...pool, tls: { mode: 'DISABLE' } }, 'what a policy says goes');
});

t.test('F4: a host without a policy, and workloads that differ', async (t) => {
  t.strictSame(ruleOf(t, [b.peers('shoes.shop', 'STRICT')], { destinationPolicies: [] }), {
    host: 'shoes.shop.svc.cluster.local',
    trafficPolicy: mutual,
  });
  const selector = { tier: 'web' };
  const mesh = b.mesh({
    settings: off,
    services: [b.service('web.shop', { selector })],
    workloads: ['one', 'two'].map((app) => b.workload(`${app}.shop`, { labels: { ...selector, app } })),
    peerAuthentications: [b.peers('one.shop', 'STRICT')],
  });
  t.strictSame(emitted(t, mesh).codes, ['FL0517']);
});

t.test('F5: an external service with several hosts and a TCP port is an entry a host', async (t) => {
  const external = (fields: Parameters<typeof b.service>[1]) =>
    b.service('db.shop', {
      registry: 'mesh',
      location: 'external',
      hosts: ['a.example.net', 'b.example.net'],
      resolution: 'static',
      addresses: ['203.0.113.50'],
      identities: [],
      selector: {},
      ports: [b.port(9999, 'TCP'), b.port(80)],
      ...fields,
    });
  const hostsOf = (fields: Parameters<typeof b.service>[1]) =>
    emitted(t, b.mesh({ services: [external(fields)] }))
      .all('ServiceEntry')
      .map(({ hosts }) => hosts);
  t.strictSame(hostsOf({}), [['a.example.net'], ['b.example.net']]);
  t.strictSame(hostsOf({ ports: [b.port(80), b.port(443, 'TLS')] }), [['a.example.net', 'b.example.net']]);
  t.strictSame(hostsOf({ resolution: 'none', addresses: [] }), [['a.example.net', 'b.example.net']]);
});

t.test('F10: routes that are all limited to some ports leave the others 404', async (t) => {
  const ports = [80, 81, 82].map((number) => b.port(number));
  const on = (port: number): m.Clause => ({
    ...b.match(),
    all: [{ kind: 'port', anyOf: [port], not: false }],
  });
  const httpOf = (http: readonly m.HttpRoute[]) =>
    emitted(
      t,
      b.mesh({ services: [b.service('shoes.shop', { ports })], routeTables: [b.table('shoes.shop', http)] }),
    ).one('VirtualService').http as readonly Fields[];
  const forward = b.forward([b.to('shoes.shop', '', 100, 81)]);
  const none = { directResponse: { status: 404 } };
  t.strictSame(httpOf([b.route(forward, [on(81)])]).at(-1), { match: [{ port: 80 }, { port: 82 }], ...none });
  t.strictSame(httpOf([b.route(forward, [on(80), on(81), on(82)])]).length, 1);
  t.strictSame(httpOf([]), [none]);
});

t.test('F10: the defaults of the mesh are told to Istio, which has others', async (t) => {
  const at = (settings: Partial<m.MeshSettings>, fields: Parameters<typeof b.mesh>[0] = {}) =>
    emitted(
      t,
      b.mesh({
        settings: { ...b.settings, ...settings },
        services: [b.service('shoes.shop')],
        workloads: [b.workload('shoes.shop'), b.workload('front.shop', { proxy: 'gateway' })],
        ...fields,
      }),
    );
  const target = { selector: { matchLabels: { app: 'shoes' } } };
  t.strictSame(at({ accessDefault: 'deny' }).all('AuthorizationPolicy'), [{ ...target, action: 'ALLOW' }]);
  t.strictSame(at({ accessDefault: 'allow' }).all('AuthorizationPolicy'), []);
  const deny = { authorizationPolicies: [b.policy('shoes.shop', 'DENY', [b.rule([b.callers('x')])])] };
  t.equal(at({ accessDefault: 'deny' }, deny).all('AuthorizationPolicy').length, 2, 'a DENY policy lets nobody in');
  const allow = { authorizationPolicies: [b.policy('shoes.shop', 'ALLOW', [b.rule([])])] };
  t.equal(at({ accessDefault: 'deny' }, allow).all('AuthorizationPolicy').length, 1);
  for (const [egressDefault, mode] of [
    ['declared', 'REGISTRY_ONLY'],
    ['any', 'ALLOW_ANY'],
  ] as const) {
    const [scope, ...others] = at({ egressDefault }).all('Sidecar');
    t.match(scope, { egress: [{ hosts: ['~/*'] }], outboundTrafficPolicy: { mode } });
    t.strictSame(others, [], 'a gateway has none');
  }
  t.match(at({ timeoutMs: 3000 }).one('VirtualService'), {
    http: [{ name: 'shop/shoes/default', timeout: '3s', retries: { attempts: 0 } }],
  });
});

t.test('F9: a route to a service with several ports says which, port by port', async (t) => {
  const ports = [b.port(80), b.port(81), b.port(9000, 'TCP')];
  const mirror: m.Mirror = {
    kind: 'Mirror',
    host: b.hostFor('shoes.shop'),
    port: 0,
    subset: '',
    percentage: 5,
    origin: b.at(),
  };
  const forward = b.route(b.forward([b.to('shoes.shop')]), [b.match({ path: b.path('/a') })], { features: [mirror] });
  const services = [b.service('shoes.shop', { ports })];
  const { http } = emitted(t, b.mesh({ services, routeTables: [b.table('shoes.shop', [forward])] })).one(
    'VirtualService',
  );
  const route = (number: number) => ({
    match: [{ uri: { exact: '/a' }, port: number }],
    route: [{ destination: { host: b.hostFor('shoes.shop'), port: { number } } }],
    mirrors: [{ destination: { host: b.hostFor('shoes.shop'), port: { number } } }],
  });
  t.match(http, [route(80), route(81)]);
  t.equal((http as unknown[]).length, 2);
});

t.test('F9: a version of the table’s own host goes by the short name, others do not', async (t) => {
  const destinations = [b.to('shoes.shop', 'v1', 50), b.to('shoes.shop', '', 30), b.to('boots.shop', 'v1', 20)];
  const services = [b.service('shoes.shop'), b.service('boots.shop')];
  const routeTables = [b.table('shoes.shop', [b.route(b.forward(destinations))])];
  const [{ http } = {}] = emitted(t, b.mesh({ services, routeTables }))
    .all('VirtualService')
    .filter(({ hosts }) => (hosts as readonly string[]).includes(b.hostFor('shoes.shop')));
  t.match(http, [
    {
      route: [
        { destination: { host: 'shoes', subset: 'v1' } },
        { destination: { host: b.hostFor('shoes.shop') } },
        { destination: { host: b.hostFor('boots.shop'), subset: 'v1' } },
      ],
    },
  ]);
});
