// DestinationRules, ServiceEntries, WorkloadEntries, Sidecars and Gateways of the Istio back end.
import t from 'tap';
import { emitIstio } from '../backends/istio/index.ts';
import type * as m from '../model/index.ts';
import { emitted, type Fields } from './support/istio.ts';
import * as b from './support/mesh-builder.ts';

t.test('destination rules', async (t) => {
  const table: readonly [m.TlsTowards, Fields | undefined][] = [
    [{ mode: 'MESH' }, undefined],
    [{ mode: 'DISABLE' }, { mode: 'DISABLE' }],
    [
      { mode: 'SIMPLE', sni: 'api.x.com' },
      { mode: 'SIMPLE', sni: 'api.x.com', subjectAltNames: ['api.x.com'], caCertificates: 'system' },
    ],
  ];
  for (const [tls, expected] of table) {
    const origin = b.at();
    // Not in the order of Istio's fields: the list of features has none.
    const features: readonly m.DestinationFeature[] = [
      { kind: 'UpstreamTls', ...tls, origin },
      { kind: 'LoadBalancing', algorithm: 'RANDOM', origin },
      { kind: 'ConnectionPool', connectTimeoutMs: 500, origin },
    ];
    const policy = { ...b.versions('shoes.shop', { v1: { version: 'v1' }, all: {} }), features };
    const { one } = emitted(t, b.mesh({ services: [b.service('shoes.shop')], destinationPolicies: [policy] }));
    t.strictSame(one('DestinationRule'), {
      host: 'shoes.shop.svc.cluster.local',
      trafficPolicy: {
        connectionPool: { tcp: { connectTimeout: '0.5s' } },
        loadBalancer: { simple: 'RANDOM' },
        ...(expected && { tls: expected }),
      },
      subsets: [{ name: 'v1', labels: { version: 'v1' } }, { name: 'all' }],
    });
  }
});

t.test('a destination rule says nothing of what is by default', async (t) => {
  const policy = { ...b.versions('shoes.shop', { v1: { version: 'v1' } }), features: [] };
  const { one } = emitted(t, b.mesh({ services: [b.service('shoes.shop')], destinationPolicies: [policy] }));
  t.strictSame(one('DestinationRule'), {
    host: 'shoes.shop.svc.cluster.local',
    subsets: [{ name: 'v1', labels: { version: 'v1' } }],
  });
});

t.test('external services', async (t) => {
  const external = (fields: Partial<m.Service>) =>
    b.service('stripe', {
      registry: 'mesh',
      hosts: ['api.stripe.com', 'b.stripe.com'],
      location: 'external',
      ports: [b.port(443, 'HTTPS', 8443)],
      resolution: 'dns',
      ...fields,
    });
  const port = { number: 443, name: 'https', protocol: 'HTTPS', targetPort: 8443 };
  const base = { hosts: ['api.stripe.com', 'b.stripe.com'], ports: [port], location: 'MESH_EXTERNAL' };
  const table: readonly [Partial<m.Service>, Fields][] = [
    [{}, { ...base, resolution: 'DNS' }],
    [{ addresses: ['eu.stripe.com'] }, { ...base, resolution: 'DNS', endpoints: [{ address: 'eu.stripe.com' }] }],
    [
      { resolution: 'static', addresses: ['192.0.2.1', '192.0.2.2'] },
      { ...base, resolution: 'STATIC', endpoints: [{ address: '192.0.2.1' }, { address: '192.0.2.2' }] },
    ],
    [{ resolution: 'none' }, { ...base, resolution: 'NONE' }],
    [
      { resolution: 'static', addresses: ['192.0.2.1'], ports: [b.port(5432, 'TCP', 5432)] },
      {
        ...base,
        hosts: ['api.stripe.com'],
        addresses: ['192.0.2.1'],
        ports: [{ number: 5432, name: 'tcp', protocol: 'TCP' }],
        resolution: 'STATIC',
        endpoints: [{ address: '192.0.2.1' }],
      },
    ],
  ];
  for (const [fields, spec] of table) {
    t.strictSame(emitted(t, b.mesh({ services: [external(fields)] })).one('ServiceEntry'), spec);
  }
  const originated = b.mesh({
    services: [external({})],
    destinationPolicies: [
      {
        ...b.versions('stripe', {}),
        host: 'api.stripe.com',
        features: [{ kind: 'UpstreamTls', mode: 'SIMPLE', sni: 'api.stripe.com', origin: b.at() }],
      },
    ],
  });
  const { one, all } = emitted(t, originated);
  t.match(
    one('ServiceEntry'),
    { ports: [{ number: 443, protocol: 'HTTP' }] },
    'the application speaks plain HTTP to its proxy',
  );
  t.strictSame(
    all('DestinationRule').map((spec) => spec.host),
    ['api.stripe.com', 'b.stripe.com'],
  );
});

t.test('a VM', async (t) => {
  const db = b.service('db.shop', {
    registry: 'mesh',
    resolution: 'static',
    selector: {},
    addresses: ['10.128.0.7'],
    ports: [b.port(5432, 'TCP', 5432)],
  });
  const vm = (proxy: m.Workload['proxy']) =>
    b.mesh({ services: [db], workloads: [b.workload('db', { proxy, serviceAccount: 'postgres' })] });
  const { one } = emitted(t, vm('sidecar'));
  t.strictSame(one('ServiceEntry'), {
    hosts: ['db.shop.svc.cluster.local'],
    addresses: ['10.128.0.7'],
    ports: [{ number: 5432, name: 'tcp', protocol: 'TCP' }],
    location: 'MESH_INTERNAL',
    resolution: 'STATIC',
    endpoints: [{ address: '10.128.0.7', labels: { app: 'db' }, serviceAccount: 'postgres' }],
  });
  t.strictSame(one('WorkloadEntry'), { address: '10.128.0.7', labels: { app: 'db' }, serviceAccount: 'postgres' });
  t.match(emitted(t, vm('none')).one('WorkloadEntry'), { labels: { 'security.istio.io/tlsMode': 'disabled' } });
});

// By labels istiod would find all that carry them, and calls to one VM would reach machines and pods that the caller does not use.
t.test('a VM is nothing but its own addresses, whoever shares its labels', async (t) => {
  const machine = (name: string, address: string) =>
    b.service(`${name}.shop`, {
      registry: 'mesh',
      resolution: 'static',
      selector: {},
      addresses: [address],
      labels: { app: 'shoes', team: 'x' },
    });
  const labels = { app: 'pg' };
  const { all } = emitted(
    t,
    b.mesh({
      services: [machine('pg1', '10.0.0.1'), machine('pg2', '10.0.0.2')],
      workloads: ['pg1', 'pg2', 'pg-pod'].map((name) =>
        b.workload(name, { proxy: 'none', labels, serviceAccount: '' }),
      ),
    }),
  );
  const entry = (address: string) => ({ address, labels: { ...labels, 'security.istio.io/tlsMode': 'disabled' } });
  t.strictSame(
    all('ServiceEntry').map((spec) => [spec.workloadSelector, spec.endpoints]),
    [
      [undefined, [entry('10.0.0.1')]],
      [undefined, [entry('10.0.0.2')]],
    ],
  );
  t.strictSame(all('WorkloadEntry'), [entry('10.0.0.1'), entry('10.0.0.2')]);
});

t.test('labels of the intent object are none of the instance, to which Istio would add them', async (t) => {
  const old = b.service('old.shop', {
    registry: 'mesh',
    resolution: 'static',
    selector: {},
    addresses: ['10.0.0.1'],
    labels: { app: 'shoes' },
  });
  const { objects } = emitIstio(b.mesh({ services: [old], workloads: [b.workload('old', { proxy: 'none' })] }));
  const labels = (kind: string) => objects.find((object) => object.kind === kind)?.metadata.labels;
  t.match(labels('ServiceEntry'), { app: 'shoes' });
  t.equal(labels('WorkloadEntry')?.app, undefined);
});

t.test('egress', async (t) => {
  const services = [b.service('shoes.shop'), b.service('users.shop', { ports: [b.port(80), b.port(9000, 'TCP')] })];
  const scopeOf = (scope: m.EgressScope) =>
    emitted(t, b.mesh({ services, workloads: [b.workload('web')], egressScopes: [scope] }));
  const workloadSelector = { labels: { app: 'web' } };
  t.strictSame(scopeOf(b.uses('web', [])).one('Sidecar'), {
    workloadSelector,
    egress: [{ hosts: ['~/*'] }],
    outboundTrafficPolicy: { mode: 'REGISTRY_ONLY' },
  });
  t.strictSame(scopeOf(b.uses('web', ['users.shop', 'shoes.shop'], 'any')).one('Sidecar'), {
    workloadSelector,
    egress: [{ hosts: ['shop/shoes.shop.svc.cluster.local', 'shop/users.shop.svc.cluster.local'] }],
    outboundTrafficPolicy: { mode: 'ALLOW_ANY' },
  });
  const restricted = b.uses('web', ['shoes.shop', { host: 'users.shop', ports: [80] }]);
  t.strictSame(scopeOf(restricted).one('Sidecar').egress, [
    {
      port: { number: 80, name: 'http-80', protocol: 'HTTP' },
      hosts: ['shop/shoes.shop.svc.cluster.local', 'shop/users.shop.svc.cluster.local'],
    },
    { hosts: ['shop/shoes.shop.svc.cluster.local'] },
  ]);
});

t.test('gateways', async (t) => {
  const gateway = b.gateway('public', [
    { name: 'web', hosts: ['a.com'], redirectToHttps: true },
    { name: 'plain', port: 8080, hosts: ['*'] },
    { name: 'secure', port: 443, protocol: 'HTTPS', hosts: ['a.com'], tlsSecret: 'cert' },
  ]);
  t.strictSame(emitted(t, b.mesh({ gateways: [gateway] })).one('Gateway'), {
    selector: { app: 'public' },
    servers: [
      { port: { number: 80, name: 'web', protocol: 'HTTP' }, hosts: ['a.com'], tls: { httpsRedirect: true } },
      { port: { number: 8080, name: 'plain', protocol: 'HTTP' }, hosts: ['*'] },
      {
        port: { number: 443, name: 'secure', protocol: 'HTTPS' },
        hosts: ['a.com'],
        tls: { mode: 'SIMPLE', credentialName: 'cert' },
      },
    ],
  });
});
