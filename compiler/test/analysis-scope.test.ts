// Names as a proxy knows them, which is by its scope, and gateways as their proxies serve them: together.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import {
  compile,
  decide,
  explainRequest,
  indexMesh,
  keyOf,
  type Mesh,
  planEnvoy,
  renderExplanationJson,
  renderExplanationText,
  reviewMeshes,
  runTests,
  snapshotFor,
} from '../index.ts';
import { callerSignature } from '../analysis/place/caller-signature.ts';
import { involvedFor } from '../analysis/place/involved.ts';
import * as b from './support/mesh-builder.ts';

const path = 'test/conformance/corners-shared.yaml';
const text = readFileSync(join(import.meta.dirname, '../..', path), 'utf8');

function meshOf(source: string): Mesh {
  const { mesh, diagnostics } = compile({ label: path, files: [{ path, text: source }], diagnostics: [] });
  if (!mesh) throw new Error(diagnostics.map(({ message }) => message).join('\n'));
  return mesh;
}

const mesh = meshOf(text);
const index = indexMesh(mesh);
const ask = (from: string, request: string) => decide(index, { from, request: b.request(request) });

t.test('an unused exact host does not hide a wildcard that is used', async (t) => {
  const verdict = ask('shop/buyer', 'GET http://secret.wild.example/');
  t.match(verdict, { outcome: 'allowed', status: 200, shares: [{ host: '*.wild.example' }] });
  t.match(ask('shop/buyer', 'GET http://deep.web.wild.example/').shares, [{ host: '*.web.wild.example' }]);
  t.match(ask('shop/reader', 'GET http://deep.web.wild.example:8443/').shares, [{ host: '*.wild.example' }]);
  t.match(ask('shop/reader', 'GET http://deep.web.wild.example/'), { outcome: 'denied', reason: 'egress' });
});

t.test('a used wildcard brings in what its namespace has under it', async (t) => {
  t.match(ask('shop/buyer', 'GET http://beside.wild.example/').shares, [{ host: 'beside.wild.example' }]);
  t.match(ask('shop/reader', 'GET http://beside.wild.example/'), { reason: 'egress' }, 'by the ports of its entry');
  const snapshot = snapshotFor(planEnvoy(mesh), { workload: 'shop/buyer', placement: { mode: 'redirect' } });
  const names = snapshot?.clusters.map(({ name }) => name).filter((name) => name?.includes('wild'));
  t.strictSame(names, [
    'outbound|80||*.web.wild.example',
    'outbound|80||*.wild.example',
    'outbound|80||beside.wild.example',
    'outbound|8443||*.wild.example',
  ]);
});

t.test('a service that comes under a used wildcard changes what its users are given', async (t) => {
  const [before, after] = [meshOf(text.replace('beside.wild.example', 'beside.tame.example')), mesh];
  const target = { workload: 'shop/buyer', placement: { mode: 'redirect' } } as const;
  const first = planEnvoy(before);
  snapshotFor(first, target);
  t.strictSame(snapshotFor(planEnvoy(after, first), target), snapshotFor(planEnvoy(after), target));
});

t.test('a name that two services go by is that of the one in scope', async (t) => {
  t.match(ask('shop/buyer', 'GET http://db.internal/').shares, [{ host: 'db.internal.svc.cluster.local' }]);
  t.match(ask('shop/reader', 'GET http://db.internal/').shares, [{ host: 'db.internal' }], 'of two the first by host');
});

t.test('gateways on the same proxies are served by each of them', async (t) => {
  const at = (gateway: string, request: string) =>
    decide(index, { from: 'outside', gateway, request: b.request(request) });
  t.match(at('edge/front', 'GET http://side.example.com/side/x'), { outcome: 'allowed', status: 200 });
  t.match(at('shop/side', 'GET http://a.example.com/'), { outcome: 'denied', status: 403 }, 'with its own identity');
  t.match(at('shop/side', 'GET http://a.example.com/side/x'), { outcome: 'allowed', status: 200 });
  t.match(at('edge/front', 'GET http://nobody.example.com/'), { outcome: 'denied', status: 404 });
  const served = index.gatewayPorts().filter(({ port }) => port === 80);
  t.strictSame(
    served.map(({ workload, gateways }) => [keyOf(workload), ...gateways.map(keyOf)]),
    [
      ['edge/front', 'edge/front', 'shop/side'],
      ['shop/side', 'edge/front', 'shop/side'],
    ],
  );
  t.match(ask('outside', 'GET http://side.example.com/side/x'), { outcome: 'allowed' }, 'by its own proxy');
});

const lentProxies = (allowed: string) => `
apiVersion: fairlead.dev/v1alpha1
kind: MeshGateway
metadata: { name: pub, namespace: edge }
spec: { selector: { istio: ingress }, listeners: [{ name: web, port: 80, protocol: HTTP, hosts: [a.example.com] }] }
---
apiVersion: fairlead.dev/v1alpha1
kind: MeshGateway
metadata: { name: pub2, namespace: team }
spec: { selector: { istio: ingress }, listeners: [{ name: web, port: 80, protocol: HTTP, hosts: [b.example.com] }] }
---
apiVersion: fairlead.dev/v1alpha1
kind: MeshService
metadata: { name: b, namespace: team, labels: { team: b } }
spec:
  ports: [{ name: http, port: 80 }]
  access: { allow: [{ from: [{ gateway: ${allowed} }] }] }
  expose: [{ gateway: pub2, host: b.example.com }]
---
apiVersion: fairlead.dev/v1alpha1
kind: MeshTest
metadata: { name: t, namespace: team }
spec:
  cases:
    - { from: outside, request: GET http://b.example.com/, expect: { denied: access } }
    - { from: outside, request: GET http://b.example.com/, expect: { allowed: true } }
    - { from: outside, request: GET http://c.example.com/, expect: { denied: route } }
`;

t.test('a caller from outside is denied only where every proxy that serves the host denies', async (t) => {
  const call = { from: 'outside', request: b.request('GET http://b.example.com/') };
  for (const [allowed, other] of [
    ['edge/pub', 'team/pub2'],
    ['team/pub2', 'edge/pub'],
  ] as const) {
    const shared = meshOf(lentProxies(allowed));
    const verdict = decide(indexMesh(shared), call);
    t.match(verdict, {
      outcome: 'allowed',
      elsewhere: [{ gateway: other, verdict: { outcome: 'denied', status: 403 } }],
    });
    t.strictSame(
      ['edge/pub', 'team/pub2'].map((gateway) => decide(indexMesh(shared), { ...call, gateway }).outcome),
      ['edge/pub', 'team/pub2'].map((gateway) => (gateway === allowed ? 'allowed' : 'denied')),
    );
    const [closed, open, nowhere] = runTests(shared).results;
    t.match(closed?.failures, [{ field: 'denied' }], 'is not denied: one lets it in');
    t.ok(open?.failures[0]?.actual.endsWith(`, at ${other}`));
    t.strictSame(nowhere?.failures, []);
    const said = renderExplanationText(explainRequest(shared, call));
    t.match(said, `gateway ${other} serves the host too, and answers otherwise`);
    const json = JSON.parse(renderExplanationJson(explainRequest(shared, call)));
    t.match(json.verdict.elsewhere, [{ gateway: other, verdict: { outcome: 'denied' } }]);
    t.notOk('forwarded' in json.verdict.elsewhere[0].verdict);
  }
  const closed = decide(indexMesh(meshOf(lentProxies('nobody').replace('gateway: nobody', 'namespace: nobody'))), call);
  t.match(closed, { outcome: 'denied', reason: 'access' });
  t.notOk('elsewhere' in closed, 'all answer alike');
});

t.test('a gateway that serves the host by a wildcard is a way in too, where it lets in', async (t) => {
  const gateways = Object.entries({ wide: '*.example.com', narrow: 'a.example.com' }).map(
    ([name, host]) =>
      `apiVersion: fairlead.dev/v1alpha1\nkind: MeshGateway\nmetadata: { name: ${name}, namespace: edge }\n` +
      `spec: { listeners: [{ name: w, port: 80, protocol: HTTP, hosts: ["${host}"] }] }\n---\n`,
  );
  const service = `apiVersion: fairlead.dev/v1alpha1
kind: MeshService
metadata: { name: s, namespace: shop, labels: { team: s } }
spec:
  ports: [{ port: 80 }]
  access: { allow: [{ from: [{ gateway: edge/wide }] }, { from: [{ gateway: edge/narrow }], paths: [/public] }] }
  expose: [{ gateway: edge/narrow, host: a.example.com }, { gateway: edge/wide, host: "*.example.com" }]
`;
  const both = indexMesh(meshOf(gateways.join('') + service));
  const at = (path: string) => decide(both, { from: 'outside', request: b.request(`GET http://a.example.com${path}`) });
  t.match(at('/secret'), { outcome: 'allowed', elsewhere: [{ gateway: 'edge/narrow', verdict: { status: 403 } }] });
  t.match(at('/public'), { outcome: 'allowed' });
  t.notOk('elsewhere' in at('/public'));
  const closed = indexMesh(meshOf(gateways.join('') + service.replace('{ from: [{ gateway: edge/wide }] }, ', '')));
  const open = decide(closed, { from: 'outside', request: b.request('GET http://a.example.com/public') });
  t.match(open, { outcome: 'allowed' });
  t.notOk('elsewhere' in open, 'that a wider one refuses is no news: the name does not lead there');
});

t.test('a gateway whose host another proxy may serve is not said to be shut out (FL0435)', async (t) => {
  const codesOf = (source: string) =>
    compile({ label: path, files: [{ path, text: source }], diagnostics: [] }).diagnostics.map(({ code }) => code);
  t.notOk(codesOf(lentProxies('edge/pub')).includes('FL0435'));
  t.ok(codesOf(lentProxies('edge/pub').replace('istio: ingress }', 'own: pub }')).includes('FL0435'));
});

t.test('a review names every gateway whose proxies change', async (t) => {
  const { rows } = reviewMeshes(mesh, meshOf(text.replace('    - { gateway: side, host: side.example.com }\n', '')));
  const lost = rows.filter(({ kind }) => kind === 'exposure').map(({ title }) => title);
  for (const gateway of ['edge/front', 'shop/side'])
    t.ok(
      lost.some((title) => title.includes(gateway)),
      gateway,
    );
});

t.test('a listener without routes for its host leaves it to a wider one that redirects', async (t) => {
  t.match(ask('outside', 'GET http://y.example.com:8080/'), { outcome: 'redirect', status: 301 });
  t.match(ask('outside', 'GET http://a.example.com:8080/'), { outcome: 'allowed', status: 200 });
  t.match(ask('outside', 'GET http://z.example.com:8080/'), { outcome: 'redirect', status: 301 });
  t.match(ask('outside', 'GET http://y.example.com:8081/'), { outcome: 'denied', status: 404 });
});

t.test('with open egress a proxy reads what goes out on a port where it reads requests at all', async (t) => {
  const file = join(import.meta.dirname, '../../test/istio/cases/egress-any/mesh.yaml');
  const open = meshOf(readFileSync(file, 'utf8'));
  const known = indexMesh(open);
  const call = (from: string, what: string) => decide(known, { from, request: b.request(what) });
  for (const { from, failed } of [
    { from: 'shop/browsing', failed: 503 },
    { from: 'shop/lonely', failed: undefined },
  ]) {
    t.equal(call(from, 'GET http://shut.shop/').status, failed, `${from}: mutual TLS is wanted`);
    t.equal(call(from, 'GET http://choosy.shop:81/').status, failed, `${from}: no such port`);
    t.equal(call(from, 'GET http://choosy.shop/free/x').status, 200);
    t.equal(call(from, 'FOO http://choosy.shop/').status, 400, 'the proxy of the server reads it too');
  }
  t.equal(call('shop/browsing', 'FOO http://nowhere.example/').status, 400);
  t.equal(call('shop/lonely', 'FOO http://nowhere.example/').status, 200, 'byte by byte');
  for (const from of ['shop/browsing', 'shop/lonely']) {
    const overHttp2 = { from, request: b.request('FOO http://choosy.shop/free/x'), version: 'HTTP/2' } as const;
    t.equal(decide(known, overHttp2).status, 403, `${from}: HTTP/2 still, so that rules are asked`);
  }
  const shut = known.serviceByHost.get('shut.shop.svc.cluster.local');
  const destination = { host: 'shut.shop', port: 80, service: shut, involved: involvedFor(known, 'shut.shop') };
  const [read, unread] = ['shop/browsing', 'shop/lonely'].map((key) => callerSignature(known, key, destination));
  t.not(read, unread, 'so they are looked at one by one');
});

t.test('of gateways on the same proxies a path of a host comes before all of it', async (t) => {
  const document = (kind: string, name: string, spec: string) =>
    `apiVersion: fairlead.dev/v1alpha1\nkind: ${kind}\nmetadata: { name: ${name} }\nspec:\n${spec}\n`;
  const gateway = (name: string) =>
    document(
      'MeshGateway',
      `${name}, namespace: ${name}`,
      '  selector: { istio: ingress }\n  listeners: [{ name: h, port: 80, protocol: HTTP, hosts: [a.example.com] }]',
    );
  const exposed = (name: string, at: string, path: string) =>
    document(
      'MeshService',
      `${name}, namespace: shop`,
      `  ports: [{ port: 80 }]\n  expose: [{ gateway: ${at}, host: a.example.com${path} }]`,
    );
  for (const [all, part] of [
    ['edge', 'side'],
    ['side', 'edge'],
  ] as const) {
    const shared = meshOf(
      [
        gateway('edge'),
        gateway('side'),
        exposed('s', `${all}/${all}`, ''),
        exposed('t', `${part}/${part}`, ', path: /y/*'),
      ].join('---\n'),
    );
    const known = indexMesh(shared);
    for (const at of ['edge/edge', 'side/side']) {
      const to = (path: string) =>
        decide(known, { from: 'outside', gateway: at, request: b.request(`GET http://a.example.com${path}`) });
      t.match(to('/y/1'), { shares: [{ host: 't.shop.svc.cluster.local' }] }, `all at ${all}, asked at ${at}`);
      t.match(to('/z'), { shares: [{ host: 's.shop.svc.cluster.local' }] });
      const snapshot = snapshotFor(planEnvoy(shared), { workload: at, placement: { mode: 'redirect' } });
      const routes = JSON.stringify(snapshot?.routes);
      t.ok(routes.indexOf('||t.shop') < routes.indexOf('||s.shop'), 'in the order of Envoy as well');
    }
  }
});

t.test('at a gateway nobody dialled what is not looked up', async (t) => {
  const outside = { location: 'external', registry: 'mesh', selector: {}, identities: [] } as const;
  const legacy = b.service('legacy.shop', { ...outside, hosts: ['crm.example.com'], resolution: 'none' });
  const at = { hosts: ['shop.example.com'], attach: { mesh: false, gateways: ['edge/public'] } };
  const mirror = {
    kind: 'Mirror',
    origin: b.at(),
    host: 'crm.example.com',
    port: 80,
    subset: '',
    percentage: 100,
  } as const;
  const made = (host: string) =>
    b.mesh({
      services: [legacy, b.service('shoes.shop')],
      workloads: [b.workload('shoes.shop')],
      gateways: [b.gateway('public.edge', [{}])],
      routeTables: [b.table('t.shop', [b.route(b.forward([b.to(host, '', 100, 80)]), [], { features: [mirror] })], at)],
    });
  const fateOf = (host: string) =>
    decide(indexMesh(made(host)), { from: 'outside', request: b.request('GET http://shop.example.com/') });
  const unavailable = { host: 'crm.example.com', fate: { outcome: 'unavailable' }, targets: [] };
  t.match(fateOf('crm.example.com'), { outcome: 'unavailable', status: 503, shares: [unavailable], mirrors: [] });
  t.match(fateOf('shoes.shop'), { outcome: 'allowed', mirrors: [unavailable] });
});
