// Gateways of the Istio back end: hosts whose routes must not mix, and the VirtualServices bound to each.
import t, { type Test } from 'tap';
import { emitIstio, type IstioObject } from '../backends/istio/index.ts';
import type * as m from '../model/index.ts';
import { invalidFields } from './support/istio.ts';
import * as b from './support/mesh-builder.ts';

const forward = (timeoutMs = 1_000) => b.forward([b.to('web.shop', '', 100, 80)], { timeoutMs });

/** One route for everything, at gateways of namespace `edge`. */
/** A table of another name does something else. */
function routes(host: string, gateways: readonly string[] = ['edge/front'], path = '/*'): m.RouteTable {
  const name = `${gateways.join('-').replaceAll('/', '-')}-${host.replace('*', 'any').replaceAll('.', '-')}`;
  const match = path === '/*' ? [] : [b.match({ path: b.path(path) })];
  const attach = { mesh: false, gateways };
  return b.table(`${name}.edge`, [b.route(forward(name.length), match)], { attach, hosts: [host] });
}

type Listeners = Parameters<typeof b.gateway>[1];

function meshOf(gateways: Readonly<Record<string, Listeners>>, routeTables: readonly m.RouteTable[]): m.Mesh {
  return b.mesh({
    services: [b.service('web.shop')],
    gateways: Object.entries(gateways).map(([key, listeners]) => ({
      ...b.gateway(key.split('/').reverse().join('.'), listeners),
      selector: { istio: 'ingressgateway' },
    })),
    routeTables,
  });
}

interface Emitted {
  readonly codes: readonly string[];
  /** `port host`, with ` redirect`, by the name of the Gateway. */
  readonly servers: Readonly<Record<string, readonly string[]>>;
  /** Gateways by host of the VirtualService. */
  readonly bound: Readonly<Record<string, readonly string[]>>;
}

function emit(t: Test, mesh: m.Mesh): Emitted {
  const { objects, diagnostics } = emitIstio(mesh);
  t.strictSame(invalidFields(objects), []);
  const ofKind = (kind: string) => objects.filter((object) => object.kind === kind);
  return {
    codes: diagnostics.map(({ code }) => code),
    servers: Object.fromEntries(ofKind('Gateway').map((object) => [keyOf(object), serversOf(object)])),
    bound: Object.fromEntries(
      ofKind('VirtualService')
        .map(({ spec }) => spec as { hosts: string[]; gateways: string[] })
        .filter(({ gateways }) => !gateways.includes('mesh'))
        .map(({ hosts, gateways }) => [hosts.join(' '), gateways]),
    ),
  };
}

interface Server {
  readonly port: { readonly number: number };
  readonly hosts: readonly string[];
  readonly tls?: { readonly httpsRedirect?: boolean };
}

function serversOf({ spec }: IstioObject): readonly string[] {
  const { servers } = spec as { servers: readonly Server[] };
  return servers.flatMap(({ port, hosts, tls }) =>
    hosts.map((host) => `${port.number} ${host}${tls?.httpsRedirect ? ' redirect' : ''}`),
  );
}

function keyOf({ metadata }: IstioObject): string {
  return `${metadata.namespace}/${metadata.name}`;
}

t.test('F1: a wildcard and a narrow host with routes of their own do not share an object', async (t) => {
  const mesh = meshOf({ 'edge/front': [{ hosts: ['b.org', 'a.example.com', '*.example.com'] }] }, [
    routes('b.org'),
    routes('a.example.com', ['edge/front'], '/only/*'),
    routes('*.example.com'),
  ]);
  const { servers, bound, codes } = emit(t, mesh);
  const wide = Object.keys(servers).find((key) => key !== 'edge/front') ?? '';
  t.match(wide, /^edge\/front-any-example-com-[0-9a-f]{10}$/);
  t.strictSame(servers, { 'edge/front': ['80 b.org', '80 a.example.com'], [wide]: ['80 *.example.com'] });
  t.strictSame(bound, { 'b.org': ['edge/front'], 'a.example.com': ['edge/front'], '*.example.com': [wide] });
  t.strictSame(codes, []);
});

t.test('F1: one object where nothing would mix', async (t) => {
  const alone = emit(
    t,
    meshOf({ 'edge/front': [{ hosts: ['a.example.com', '*.example.com'] }] }, [routes('a.example.com')]),
  );
  t.strictSame(alone.servers, { 'edge/front': ['80 a.example.com', '80 *.example.com'] }, 'the wildcard has no routes');
  const wide = emit(
    t,
    meshOf({ 'edge/front': [{ hosts: ['a.example.com', '*.example.com'] }] }, [routes('*.example.com')]),
  );
  t.strictSame(Object.keys(wide.servers), ['edge/front'], 'the narrow host has none, and is routed as the wide one');
  t.strictSame(wide.bound, { '*.example.com': ['edge/front'] });
});

t.test('F1: names do not depend on other hosts or on the order, and fit into a label', async (t) => {
  const hosts = ['*', '*.example.com', `*.${'long-'.repeat(11)}x.example.com`, '*.a.example.com'];
  const names = (list: readonly string[]) => {
    const { servers } = emit(
      t,
      meshOf(
        { 'edge/front': [{ hosts: list }] },
        list.map((host) => routes(host)),
      ),
    );
    const entries = Object.entries(servers).flatMap(([key, own]) => own.map((server) => [server, key] as const));
    return new Map(entries.toSorted());
  };
  const all = names(['a.example.com', ...hosts]);
  t.equal(new Set(all.values()).size, 3, 'one for what meets nothing, and one each for the two wide ones');
  t.strictSame(names(['a.example.com', ...hosts].toReversed()), all, 'whatever the order');
  t.strictSame(names(['a.example.com', ...hosts, '*.org']).get('80 *.example.com'), all.get('80 *.example.com'));
  for (const key of all.values()) t.match(key, /^edge\/[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/);
});

t.test('F2: the redirect of a wildcard listener is not that of a narrow one', async (t) => {
  const listeners = [
    { name: 'moved', hosts: ['*.example.com'], redirectToHttps: true },
    { name: 'kept', hosts: ['a.example.com'] },
  ];
  for (const tables of [[routes('a.example.com')], [routes('a.example.com'), routes('*.example.com')]]) {
    const { servers, bound } = emit(t, meshOf({ 'edge/front': listeners }, tables));
    t.strictSame(servers['edge/front'], ['80 a.example.com']);
    t.strictSame(bound['a.example.com'], ['edge/front']);
    t.equal(Object.keys(servers).length, 2);
  }
});

t.test('F1: gateways of two namespaces that run on the same proxies serve the hosts of both', async (t) => {
  const gateways = {
    'edge/front': [{ hosts: ['*.example.com'] }],
    'shop/own': [{ hosts: ['a.example.com'], port: 8080 }],
  };
  const { bound, codes } = emit(t, meshOf(gateways, [routes('*.example.com'), routes('a.example.com', ['shop/own'])]));
  t.strictSame(bound['a.example.com'], ['edge/front', 'shop/own'], 'port 80 of the other gateway serves it too');
  t.strictSame(bound['*.example.com'], ['edge/front'], 'while the wildcard is not for the host at the other');
  t.strictSame(codes, []);
});

t.test('gateways that somebody else makes are named as they are', async (t) => {
  const { bound, servers } = emit(t, meshOf({}, [routes('a.example.com', ['infra/raw'])]));
  t.strictSame(bound, { 'a.example.com': ['infra/raw'] });
  t.strictSame(servers, {});
});

t.test('FL0512: only tables that the same host is asked for', async (t) => {
  const front = { 'edge/front': [{ hosts: ['a.example.com', '*.example.com'] }], 'shop/own': [{ hosts: ['b.org'] }] };
  t.strictSame(emit(t, meshOf(front, [routes('a.example.com'), routes('*.example.com')])).codes, []);
  const twice = [routes('a.example.com'), routes('a.example.com', ['shop/own'])];
  t.strictSame(emit(t, meshOf(front, twice)).codes, ['FL0512'], 'also of another gateway that the same proxies serve');
  const raw = [routes('a.example.com', ['infra/raw']), routes('*.example.com', ['infra/raw'])];
  t.strictSame(emit(t, meshOf({}, raw)).codes, ['FL0512'], 'at a Gateway of somebody else wide hosts meet narrow ones');
});

t.test('FL0512: one service at two gateways of the same proxies', async (t) => {
  const gateways = {
    'edge/front': [{ hosts: ['a.example.com'] }],
    'shop/own': [{ hosts: ['a.example.com'], port: 81 }],
  };
  const at = (gateway: string, http: readonly m.HttpRoute[]) =>
    b.table(`${gateway.replace('/', '-')}.edge`, http, {
      attach: { mesh: false, gateways: [gateway] },
      hosts: ['a.example.com'],
    });
  const route = (path: string, action: m.HttpAction) => b.route(action, [b.match({ path: b.path(path) })]);
  const codes = (one: readonly m.HttpRoute[], other: readonly m.HttpRoute[]) =>
    emit(t, meshOf(gateways, [at('edge/front', one), at('shop/own', other)])).codes;
  const alike = () => [route('/w/a', forward(1)), route('/w/*', forward(2)), route('/*', forward(3))];
  t.strictSame(codes(alike(), alike()), [], 'the order decides nothing');
  t.strictSame(codes(alike(), [route('/w/b/*', forward(2))]), [], 'nor does it where both do the same');
  t.strictSame(codes(alike(), [route('/w/*', forward(2))]), ['FL0512'], '/w/a is answered otherwise');
  const { rewrite: rewritten } = b.forward([], { rewrite: { path: '/' } });
  const rewriting = (path: string) => [route(path, { ...forward(1), ...(rewritten && { rewrite: rewritten }) })];
  t.strictSame(codes(rewriting('/w/*'), rewriting('/w/b/*')), ['FL0512'], 'what is left of the path differs');
  t.strictSame(codes(rewriting('/w/*'), rewriting('/w/*')), []);
});

t.test('FL0518: gateways that share some of their proxies only', async (t) => {
  const proxy = (name: string, labels: m.Labels) => b.workload(`${name}.edge`, { proxy: 'gateway', labels });
  const gateways = (inner: m.Labels) => [
    { ...b.gateway('wide.edge', [{ hosts: ['*.example.com'] }]), selector: { edge: 'yes' } },
    { ...b.gateway('inner.edge', [{ hosts: ['x.example.com'], port: 81 }]), selector: inner },
  ];
  const mesh = (inner: m.Labels) =>
    b.mesh({
      gateways: gateways(inner),
      workloads: [proxy('wide', { edge: 'yes' }), proxy('inner', { edge: 'yes', zone: 'inner' })],
      routeTables: [routes('x.example.com', ['edge/inner'])],
    });
  t.strictSame(emit(t, mesh({ edge: 'yes', zone: 'inner' })).codes, ['FL0518']);
  t.strictSame(emit(t, mesh({ edge: 'yes' })).codes, []);
});

t.test('FL0519: hosts that Istio serves apart and that clients may ask for on one connection', async (t) => {
  const tls = (name: string, hosts: readonly string[], tlsSecret: string) =>
    ({ name, hosts, port: 443, protocol: 'HTTPS', tlsSecret }) as const;
  const tables = [routes('a.example.com'), routes('*.example.com')];
  const one = { 'edge/front': [tls('all', ['a.example.com', '*.example.com'], 'any')] };
  t.strictSame(emit(t, meshOf(one, tables)).codes, ['FL0519']);
  const two = { 'edge/front': [tls('a', ['a.example.com'], 'a'), tls('any', ['*.example.com'], 'any')] };
  t.match(emit(t, meshOf(two, tables)), { codes: ['FL0519'] }, 'the certificate of the wildcard names the other host');
  const deeper = { 'edge/front': [tls('a', ['b.a.example.com'], 'a'), tls('any', ['*.example.com'], 'any')] };
  t.strictSame(emit(t, meshOf(deeper, [routes('b.a.example.com'), routes('*.example.com')])).codes, [], 'not this one');
  const both = (second: string) => ({
    'edge/front': [tls('a', ['a.example.com'], 'any'), tls('b', ['b.example.com'], second)],
  });
  t.strictSame(emit(t, meshOf(both('any'), [])).codes, ['FL0519'], 'listeners of one gateway');
  t.strictSame(emit(t, meshOf(both('other'), [])).codes, []);
  const joined = { 'edge/front': [tls('a', ['a.example.com', 'b.example.com'], 'any')] };
  t.strictSame(emit(t, meshOf(joined, [])).codes, [], 'of one listener');
  const apart = {
    'edge/front': [tls('a', ['a.example.com'], 'any')],
    'edge/own': [tls('b', ['b.example.com'], 'any')],
  };
  t.strictSame(emit(t, meshOf(apart, [])).codes, ['FL0519'], 'also those of two gateways on the same proxies');
});

t.test('a host that two gateways of one namespace serve alike is bound to both: Istio keeps the older', async (t) => {
  const both = { name: 'tls', hosts: ['a.example.com'], port: 443, protocol: 'HTTPS', tlsSecret: 'a' } as const;
  const gateways = { 'edge/front': [both], 'edge/own': [both] };
  const { bound, codes } = emit(t, meshOf(gateways, [routes('a.example.com', ['edge/own'])]));
  t.strictSame(bound, { 'a.example.com': ['edge/front', 'edge/own'] });
  t.strictSame(codes, []);
});
