// Which instances run, where they listen, and that nothing that runs moves when the mesh changes.
import t from 'tap';
import { type Allocation, allocate, portsOf } from '../local/allocate.ts';
import { claimRange } from '../local/claim-range.ts';
import { emptyLocalFile, type LocalFile, parseLocalFile } from '../local/local-file.ts';
import { planLocal } from '../local/plan-instances.ts';
import { gateway, meshOf, service, versions, workload } from './support/hand-made-mesh.ts';

const http = [['http', 80, 8080, 'HTTP']] as const;
const postgres = {
  ...service('postgres', [['tcp', 5432, 5432, 'TCP']]),
  registry: 'mesh' as const,
  resolution: 'static' as const,
  addresses: ['10.128.0.7'],
};
const rates = {
  ...service('rates', [['http', 80, 80, 'HTTP']]),
  registry: 'mesh' as const,
  location: 'external' as const,
  resolution: 'dns' as const,
  hosts: ['api.rates.example'],
};
const shop = meshOf({
  services: [service('orders', http), postgres, rates, service('shoes', [...http, ['admin', 9000, 443, 'HTTP']])],
  workloads: [workload('orders'), workload('postgres', 'none'), workload('public', 'gateway'), workload('shoes')],
  destinationPolicies: [versions('orders', 'v1', 'v2')],
  gateways: [
    gateway('public', [
      ['web', 80, 'HTTP'],
      ['redirect', 80, 'HTTP'],
      ['secure', 443, 'HTTPS'],
    ]),
  ],
});
const noLocal = emptyLocalFile('.');
const run = (mesh = shop, local: LocalFile = noLocal, more = {}) =>
  allocate(mesh, planLocal(mesh, local), { base: 77, ...more });
const find = (allocation: Allocation, key: string) => allocation.instances.find((i) => i.key === key);

t.test('an instance a version, a stand-in a place outside', (t) => {
  const allocation = run();
  t.same(
    allocation.instances.map(({ key, instance }) => [key, instance.address, instance.labels, instance.ports]),
    [
      ['shop/orders-v1-0', '127.77.0.1', { app: 'orders', version: 'v1' }, { http: 8080 }],
      ['shop/orders-v2-0', '127.77.0.2', { app: 'orders', version: 'v2' }, { http: 8080 }],
      ['shop/public-0', '127.77.0.3', { app: 'public' }, {}],
      ['shop/shoes-0', '127.77.0.4', { app: 'shoes' }, { http: 8080, admin: 8443 }],
    ],
  );
  const at = (address: string, port: number) => ({ address, port });
  const external = {
    'postgres.shop.svc.cluster.local:5432': at('127.77.0.5', 5432),
    '10.128.0.7:5432': at('127.77.0.5', 5432),
    'api.rates.example:80': at('127.77.0.6', 8080),
  };
  t.same(find(allocation, 'shop/shoes-0')?.placement, {
    mode: 'explicit',
    inbound: {
      8080: { bind: at('127.77.0.4', 8080), app: at('127.77.0.4', 28080) },
      443: { bind: at('127.77.0.4', 8443), app: at('127.77.0.4', 20443) },
    },
    outboundHttp: at('127.77.0.4', 15001),
    outboundTcp: { 'postgres.shop.svc.cluster.local:5432': at('127.77.0.4', 5432) },
    gateway: {},
    external,
  });
  t.same(find(allocation, 'shop/public-0')?.placement, {
    mode: 'explicit',
    inbound: {},
    outboundTcp: {},
    gateway: { 80: at('127.77.0.3', 8080), 443: at('127.77.0.3', 8443) },
    external,
  });
  t.same(run(), allocation, 'the same again');
  t.same(portsOf(allocation.book), [5432, 8080, 8443, 15001, 20443, 28080]);
  t.end();
});

t.test('hosts that callers look up themselves have a stand-in, all of a service one', (t) => {
  const outside = (name: string, hosts: readonly string[]) => ({ ...rates, name, hosts, resolution: 'none' as const });
  const services = [
    outside('audit', ['audit.example']),
    outside('mixed', ['b.example', 'a.example', '*.b.example']),
    outside('wild', ['*.wild.example']),
  ];
  const { local } = parseLocalFile('external: [{ host: a.example, command: [own] }]', 'local.yaml', '.');
  const mesh = meshOf({ ...shop, services: [...shop.services, ...services] });
  const plan = planLocal(mesh, local);
  t.same(plan.diagnostics, []);
  t.same(
    plan.standIns.slice(-3).map(({ key, name, aliases, app }) => [key, name, aliases, app.command]),
    [
      ['audit.example:80', 'audit', [], []],
      ['b.example:80', 'b.example', ['a.example:80', '*.b.example:80'], ['own']],
      ['*.wild.example:80', 'wild', [], []],
    ],
  );
  t.end();
});

t.test('what runs stays where it is', (t) => {
  const first = run();
  const grown = meshOf({
    ...shop,
    services: [
      service('cart', http),
      { ...postgres, name: 'a', hosts: ['a.shop.svc.cluster.local'] },
      ...shop.services,
    ],
    workloads: [workload('cart'), ...shop.workloads.filter((w) => w.name !== 'orders')],
  });
  const second = run(grown, noLocal, { previous: first.book });
  t.equal(find(second, 'shop/shoes-0')?.instance.address, '127.77.0.4');
  t.equal(find(second, 'shop/cart-0')?.instance.address, '127.77.0.7', 'a freed address is not given out again');
  const third = run(shop, noLocal, { previous: run(shop, noLocal, { previous: second.book }).book });
  t.equal(find(third, 'shop/orders-v1-0')?.instance.address, '127.77.0.9', 'not even to the one that had it');
  const tcp = find(second, 'shop/shoes-0')?.placement.outboundTcp ?? {};
  t.equal(tcp['postgres.shop.svc.cluster.local:5432']?.port, 5432);
  t.equal(tcp['a.shop.svc.cluster.local:5432']?.port, 5433, 'though its name sorts first');
  t.end();
});

t.test('busy ports are stepped over', (t) => {
  const shoes = find(run(shop, noLocal, { busyPorts: new Set([8080, 8081, 15001]) }), 'shop/shoes-0');
  t.equal(shoes?.instance.ports.http, 8082);
  t.equal(shoes?.placement.outboundHttp?.port, 15002);
  t.end();
});

t.test('local.yaml says what to start', (t) => {
  const text = [
    'default: { command: [node, echo.mjs], env: { A: 1 } }',
    'apps:',
    '  - { service: orders, version: v2, command: [node, v2.mjs], replicas: 2, env: { B: x } }',
    '  - { service: shop/shoes, env: { C: y } }',
    'external: [{ host: api.rates.example, port: 80, command: [rates] }]',
    'workloads: [{ workload: postgres, command: [pg] }]',
  ].join('\n');
  const { local, diagnostics } = parseLocalFile(text, 'local.yaml', '.');
  t.same(diagnostics, []);
  const plan = planLocal(shop, local);
  t.same(plan.diagnostics, []);
  t.same(
    plan.instances.map(({ key, app }) => [key, app?.command, app?.env]),
    [
      ['shop/orders-v1-0', ['node', 'echo.mjs'], { A: '1' }],
      ['shop/orders-v2-0', ['node', 'v2.mjs'], { A: '1', B: 'x' }],
      ['shop/orders-v2-1', ['node', 'v2.mjs'], { A: '1', B: 'x' }],
      ['shop/public-0', undefined, undefined],
      ['shop/shoes-0', ['node', 'echo.mjs'], { A: '1', C: 'y' }],
    ],
  );
  t.same(
    plan.standIns.map(({ key, app }) => [key, app.command]),
    [
      ['postgres.shop.svc.cluster.local:5432', ['pg']],
      ['api.rates.example:80', ['rates']],
    ],
  );
  t.end();
});

t.test('a wrong local.yaml says where', (t) => {
  const cases: readonly (readonly [string, RegExp, string])[] = [
    ['apps:\n  - { service: shoes, comand: [x] }', /unknown field "comand"/, '2:23'],
    ['apps: yes', /"apps" must be a list/, '1:7'],
    ['apps:\n  - {}', /lacks "service"/, '2:5'],
    ['apps:\n  - { service: shoes, replicas: 0 }', /whole number from 1 to 20/, '2:33'],
    ['apps:\n  - { service: shoes, command: node x }', /list of words/, '2:32'],
    ['apps:\n  - { service: shoos }', /no service.* "shoos"/, '2:16'],
    ['apps:\n  - { service: orders, version: v3 }', /no version of orders "v3"/, '2:16'],
    ['external: [{ host: api.rate.example, command: [x] }]', /no external host "api.rate.example"/, '1:20'],
    ['workloads: [{ workload: postgres }]', /lacks "command"/, '1:13'],
    ['apps: [', /not YAML/, '1:8'],
    ['just text', /must be a mapping/, '1:1'],
    [`# ${'x'.repeat(1 << 20)}`, /larger than 1 MiB/, '1:1'],
  ];
  for (const [text, message, place] of cases) {
    const { local, diagnostics } = parseLocalFile(text, 'local.yaml', '.');
    const found = [...diagnostics, ...planLocal(shop, local).diagnostics];
    t.equal(found.length, 1, `one finding for ${text.slice(0, 50)}`);
    t.match(found[0]?.message, message);
    t.equal(`${found[0]?.span?.start.line}:${found[0]?.span?.start.column}`, place, text.slice(0, 50));
  }
  t.same(parseLocalFile('', 'local.yaml', '.').diagnostics, [], 'an empty file is fine');
  t.end();
});

t.test('two meshes on one machine get different ranges', async (t) => {
  const claims = [await claimRange(240), await claimRange(240)];
  const ranges = claims.flatMap((claim) => (claim.ok ? [claim.range] : []));
  t.equal(ranges.length, 2);
  t.not(ranges[0]?.base, ranges[1]?.base);
  await Promise.all(ranges.map((range) => range.release()));
});
