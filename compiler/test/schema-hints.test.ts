// What a hint offers in place of a slip is accepted there: each is followed.
import t from 'tap';
import { compile } from '../pipeline.ts';

const document = (kind: string, spec: string, name = 'a') =>
  `apiVersion: fairlead.dev/v1alpha1\nkind: ${kind}\nmetadata: { name: ${name}, namespace: shop }\nspec: { ${spec} }\n---\n`;
const others = `${document('MeshService', 'ports: [{ port: 80 }]', 'b')}${document('MeshService', 'ports: [{ port: 80 }]', 'c')}`;
const service = (spec: string) =>
  `${others}${document('MeshService', `ports: [{ port: 80 }], versions: { v1: { v: "1" } }, ${spec}`)}`;
const route = (spec: string) => service(`routes: [{ ${spec}, to: [{ service: b }] }]`);
const ports = (spec: string) => document('MeshService', `ports: ${spec}`);
const external = (spec: string) => document('ExternalService', `ports: [{ port: 80 }], ${spec}`);
const listener = (host: string) =>
  document('MeshGateway', `listeners: [{ name: web, port: 80, protocol: HTTP, hosts: [${host}] }]`);

/** The intent with a slip, the slip as it is written, and what is offered in its place. */
const slips: readonly (readonly [text: string, slip: string, offer: string])[] = [
  [service('uses: b'), 'b', '[b]'],
  [service('uses: "b, c"'), '"b, c"', '[b, c]'],
  [service('uses: [b.shop]'), 'b.shop', '"shop/b"'],
  [service('access: { allow: [{ from: b }] }'), 'b', '[{ service: b }]'],
  [service('access: { allow: [{ from: [b] }] }'), 'b', '{ service: b }'],
  [service('access: { allow: [{ methods: GET }] }'), 'GET', '[GET]'],
  [service('access: { allow: [{ methods: "GET, POST" }] }'), '"GET, POST"', '[GET, POST]'],
  [service('access: { allow: [{ paths: /x }] }'), '/x', '[/x]'],
  [service('access: { allow: [{ ports: 80 }] }'), 'ports: 80 }', 'ports: [80] }'],
  [ports('80'), '80', '[{ port: 80 }]'],
  [ports('[80]'), '80', '{ port: 80 }'],
  [ports('[{ port: "80" }]'), '"80"', '80'],
  [route('timeout: 5 s'), '5 s', '5s'],
  [route('timeout: 1.5s'), '1.5s', '1500ms'],
  [route('timeout: 1h30m'), '1h30m', '90m'],
  [route('timeout: 30 Seconds'), '30 Seconds', '30s'],
  [route('match: /x'), '/x', '{ path: /x }'],
  [route('match: { path: x/y }'), 'x/y', '"/x/y"'],
  [route('rewrite: /y'), '/y', '{ path: /y }'],
  [route('match: { path: http://b/beta }'), 'http://b/beta', '"/beta"'],
  [service('mtls: { mode: STRICT }'), '{ mode: STRICT }', 'strict'],
  [route('retries: 3'), '3', '{ attempts: 3 }'],
  [route('retries: { attempts: 3, on: "5xx,reset" }'), '"5xx,reset"', '[5xx, reset]'],
  [route('fault: { delay: 5s }'), '5s', '{ for: 5s }'],
  [route('fault: { abort: 503 }'), '503', '{ status: 503 }'],
  [route('cors: "*"'), '"*"', '{ origins: ["*"] }'],
  [route('cors: { origins: ["https://x.example.com"], credentials: yes }'), 'yes', 'true'],
  [external('hosts: api.example.com'), 'api.example.com', '[api.example.com]'],
  [external('hosts: ["https://API.example.com:443/v1"]'), '"https://API.example.com:443/v1"', '"api.example.com"'],
  [external('hosts: [api.example.com.]'), 'api.example.com.', '"api.example.com"'],
  [listener('"http://shop.example.com/"'), '"http://shop.example.com/"', '"shop.example.com"'],
  [listener('shop.example.com:80'), 'shop.example.com:80', '"shop.example.com"'],
  [listener('edge/shop.example.com'), 'edge/shop.example.com', '"shop.example.com"'],
  [listener('Shop.example.com'), 'Shop.example.com', '"shop.example.com"'],
  [document('MeshService', 'ports: [{ port: 80 }]', 'My_Shop'), 'My_Shop', '"my-shop"'],
  [
    `${service('')}${document('MeshTest', 'cases: [{ from: b, request: GET http://a/, expect: allowed }]', 't')}`,
    'expect: allowed',
    'expect: { allowed: true }',
  ],
];

/** Shapes of Istio, Kubernetes and the Gateway API: the whole of what was written is replaced by what is offered. */
const shapes: readonly (readonly [text: string, shape: string, offer: string])[] = [
  [
    document('MeshGateway', 'listeners: [{ port: { number: 80, name: web, protocol: HTTP }, hosts: [a.example.com] }]'),
    'port: { number: 80, name: web, protocol: HTTP }',
    'port: 80, name: web, protocol: HTTP',
  ],
  [
    document('MeshGateway', 'listeners: [{ port: { number: 80 }, name: web, protocol: HTTP, hosts: [a.example.com] }]'),
    '{ number: 80 }',
    '80',
  ],
  [route('match: { headers: [{ name: x-a, value: "true" }] }'), '[{ name: x-a, value: "true" }]', '{ x-a: "true" }'],
  [
    route('match: { headers: [{ type: RegularExpression, name: x-a, value: "b.*" }] }'),
    '[{ type: RegularExpression, name: x-a, value: "b.*" }]',
    '{ x-a: { regex: "b.*" } }',
  ],
  [route('match: { query: [{ name: a, value: b }] }'), '[{ name: a, value: b }]', '{ a: b }'],
  [route('headers: { request: { set: [{ name: x-a, value: b }] } }'), '[{ name: x-a, value: b }]', '{ x-a: b }'],
  [
    document('MeshService', 'ports: [{ port: 80 }], versions: [{ name: v1, labels: { version: v1 } }]'),
    '[{ name: v1, labels: { version: v1 } }]',
    '{ v1: { version: v1 } }',
  ],
  [
    document('MeshService', 'ports: [{ port: 80 }], versions: [v1, v2]'),
    '[v1, v2]',
    '{ v1: { version: v1 }, v2: { version: v2 } }',
  ],
  [service('workload: { selector: { matchLabels: { app: a } } }'), '{ matchLabels: { app: a } }', '{ app: a }'],
  [
    service('workload: { selector: { matchLabels: { app: a, tier: x } } }'),
    '{ matchLabels: { app: a, tier: x } }',
    '{ app: a, tier: x }',
  ],
  [service('expose: [{ gateway: g, host: a.example.com, path: { prefix: /x/ } }]'), '{ prefix: /x/ }', '/x/*'],
  [
    service('expose: [{ gateway: g, host: a.example.com, path: { type: Exact, value: /x } }]'),
    '{ type: Exact, value: /x }',
    '/x',
  ],
  [service('routes: [{ to: { service: b } }]'), '{ service: b }', '[{ service: b }]'],
];

const errorsOf = (text: string) =>
  compile({ label: 'test', files: [{ path: 'a.yaml', text }], diagnostics: [] }).diagnostics.filter(
    ({ severity, code }) => severity === 'error' && code.startsWith('FL02'),
  );

t.test('each hint is followed', async (t) => {
  for (const [text, slip, offer] of slips) {
    const [error, ...more] = errorsOf(text);
    t.same(more, [], `${slip}: one mistake, one error`);
    const [, said] = /^[a-z]+: (.*)$/.exec(offer) ?? ['', offer];
    const wanted = slip.startsWith('"') && /^\d+$/.test(offer) ? 'quotes' : said.replace(/ }$/, '');
    t.ok(error?.hint?.includes(wanted), `${slip}: ${error?.hint}`);
    const at = text.lastIndexOf(slip);
    t.same(errorsOf(text.slice(0, at) + offer + text.slice(at + slip.length)), [], `${slip}: ${offer} is accepted`);
  }
});

t.test('C10: the shape of another API is one error, with ours', async (t) => {
  for (const [text, shape, offer] of shapes) {
    const [error, ...more] = errorsOf(text);
    t.same(more, [], `${shape}: one mistake, one error`);
    t.ok(error?.hint?.includes(offer) || error?.hint?.includes('leave this level out'), `${shape}: ${error?.hint}`);
    t.same(errorsOf(text.replace(shape, offer)), [], `${shape}: ${offer} is accepted`);
  }
  const [identity] = errorsOf(service('access: { allow: [{ from: [{ service: cluster.local/ns/shop/sa/b }] }] }'));
  t.match(identity?.hint, /write "shop\/b"/);
  const [expressions] = errorsOf(
    service('workload: { selector: { matchExpressions: [{ key: app, operator: Exists }] } }'),
  );
  t.match(expressions?.hint, /a selector is labels/);
});

t.test('what could mean anything has no offer', async (t) => {
  for (const text of [service('access: { allow: "*" }'), route('fault: often'), service('uses: { b: 1 }')])
    t.notMatch(errorsOf(text)[0]?.hint ?? '', /^write /, text);
  t.equal(errorsOf(service('uses:'))[0]?.hint, 'fill it, or write [] for none');
  t.equal(errorsOf(service('access: { allow: }'))[0]?.hint, 'fill it, or write [] for none', 'left out it would open');
  t.equal(errorsOf(ports(''))[0]?.hint, 'fill it');
  t.match(errorsOf(route('timeout: 99999999h'))[0]?.hint, /seven digits/);
  for (const caller of ['outside', '"*"']) {
    t.notMatch(errorsOf(service(`access: { allow: [{ from: ${caller} }] }`))[0]?.hint, /service/, caller);
    t.notMatch(errorsOf(service(`access: { allow: [{ from: [${caller}] }] }`))[0]?.hint, /service:/, caller);
  }
  t.match(errorsOf(route('cors: { origins: ["https://x.example.com"], methods: ["*"] }'))[0]?.hint, /name each method/);
  t.match(errorsOf(service('access: { allow: [{ methods: ["*"] }] }'))[0]?.hint, /leave it out/);
  const secret = listener('a.example.com').replace('protocol: HTTP', 'protocol: HTTPS, tls: { secret: edge/cert }');
  t.equal(errorsOf(secret)[0]?.hint, 'a name stands here without a namespace: "cert"');
});

t.test('addresses are no host names, and names that DNS cannot have are refused', async (t) => {
  for (const host of ['10.0.0.1', 'a.example.123', `${'a'.repeat(64)}.example.com`]) {
    t.match(errorsOf(external(`resolve: none, hosts: [${host}]`)), [{ code: 'FL0208' }], host);
    t.match(errorsOf(listener(host)), [{ code: 'FL0208' }], host);
  }
  t.match(errorsOf(external('hosts: [10.0.0.1]'))[0]?.hint, /`addresses`/);
  const codes = (address: string, resolve: string) =>
    compile({
      label: 'test',
      files: [
        { path: 'a.yaml', text: external(`hosts: [x.example.com], resolve: ${resolve}, addresses: ["${address}"]`) },
      ],
      diagnostics: [],
    }).diagnostics.flatMap(({ code }) => (code === 'FL0438' ? [code] : []));
  for (const address of [
    '10.0.0.1:80',
    'http://db',
    '300.1.1.1',
    '10.0.0.0/8',
    '*.example.com',
    'db_1.example.com',
    'a b',
  ]) {
    t.same(codes(address, 'dns'), ['FL0438'], address);
    t.same(codes(address, 'static'), ['FL0438'], address);
  }
  for (const address of ['10.0.0.1', 'fd00::1', 'db.example.com', 'DB.Example.com.', 'localhost'])
    t.same(codes(address, 'dns'), [], address);
});

t.test('A5: what Envoy refuses for its size is refused', async (t) => {
  const many = Array.from({ length: 33 }, (_, i) => `x-${i}: a`).join(', ');
  const set = (headers: string) => route(`headers: { request: { set: { ${headers} } } }`);
  const tooBig = {
    'a timeout': route('timeout: 501h'),
    'a delay': route('fault: { delay: { for: 9999999h } }'),
    connecting: service('resilience: { connections: { connectTimeout: 9999999h } }'),
    'a header value': set(`x-a: ${'a'.repeat(17_000)}`),
    'a header name': set(`${'a'.repeat(17_000)}: a`),
    headers: set(many),
    'headers that are asked for': route(`match: { headers: { ${many} } }`),
    'what a header is to be': route(`match: { headers: { x-a: { not: ${'a'.repeat(1_025)} } } }`),
    'a query parameter': route(`match: { query: { ${'a'.repeat(1_025)}: a } }`),
  };
  for (const [what, text] of Object.entries(tooBig)) t.match(errorsOf(text), [{ code: /^FL020[89]$/ }], what);
  t.match(errorsOf(set(many))[0]?.message, /has 33 entries, the most is 32/);
  t.match(errorsOf(route('timeout: 501h'))[0]?.message, /is 501h, the most is 500h/);
  t.same(errorsOf(route('timeout: 500h')), []);
});

t.test('C10: what gateways do not do is said where it is asked for', async (t) => {
  const passing = (tls: string) => `listeners: [{ name: a, port: 443, hosts: [a.example.com], ${tls} }]`;
  const [protocol] = errorsOf(document('MeshGateway', passing('protocol: TLS')));
  t.match(protocol?.hint, /^one of: HTTP, HTTPS; .* passes neither TLS nor TCP through$/);
  const [mode] = errorsOf(
    document('MeshGateway', passing('protocol: HTTPS, tls: { mode: PASSTHROUGH, secret: own-cert }')),
  );
  t.match(mode?.hint, /^leave it out: TLS ends at the gateway/);
});
