// What callers by gRPC get where a proxy answers itself. That Envoy does so is shown by the conformance test.
import t from 'tap';
import { type Call, compile, decide, describeVerdict, indexMesh, runTests, type TestRequest } from '../index.ts';
import { explainLogLine } from '../analysis/words/explain-log-line.ts';
import { parseLogLine } from '../analysis/words/log-line.ts';
import { grpcMessageOf, isGrpcType } from '../model/grpc-reply.ts';
import * as b from './support/mesh-builder.ts';

const intent = `
apiVersion: fairlead.dev/v1alpha1
kind: Mesh
metadata: { name: m }
spec: { access: { default: allow } }
---
apiVersion: fairlead.dev/v1alpha1
kind: MeshGateway
metadata: { name: front, namespace: edge }
spec:
  listeners:
    - { name: web, port: 80, protocol: HTTP, hosts: [a.example.com] }
    - { name: moved, port: 80, protocol: HTTP, hosts: [old.example.com], redirectToHttps: true }
    - { name: secure, port: 443, protocol: HTTPS, hosts: [old.example.com], tls: { mode: terminate, secret: a } }
---
apiVersion: fairlead.dev/v1alpha1
kind: MeshService
metadata: { name: web, namespace: shop }
spec: { ports: [{ port: 80 }], uses: [api] }
---
apiVersion: fairlead.dev/v1alpha1
kind: MeshService
metadata: { name: api, namespace: shop }
spec:
  ports: [{ port: 80 }]
  routes:
    - { name: sets, match: { path: /sets }, headers: { request: { set: { content-type: application/grpc } } }, rewrite: { path: /a } }
    - { name: drops, match: { path: /drops }, headers: { request: { remove: [content-type] } }, rewrite: { path: /a } }
    - { name: fault, match: { path: /fault }, fault: { abort: { status: 401 } } }
    - { name: moved, match: { path: /moved }, redirect: { path: /x, status: 302 } }
    - { name: cors, match: { path: /cors }, cors: { origins: ["https://o"], methods: [GET] } }
  access: { deny: [{ paths: [/a] }] }
  expose: [{ gateway: edge/front, host: a.example.com, path: /e }, { gateway: edge/front, host: old.example.com }]
`;

const { mesh } = compile({ label: 'a.yaml', files: [{ path: 'a.yaml', text: intent }], diagnostics: [] });
const index = indexMesh(mesh ?? b.mesh({}));

function ask(request: string, headers: TestRequest['headers'] = {}, from = 'shop/web') {
  const read = request.startsWith('http') ? `POST ${request}` : request;
  const { status, grpcStatus } = decide(index, { from, request: { ...b.request(read), headers } } as Call);
  return grpcStatus === undefined ? String(status) : `${status}, ${grpcStatus}`;
}

const grpc = { 'content-type': 'application/grpc' };

t.test('what a proxy answers itself is 200 with a grpc-status', async (t) => {
  t.equal(ask('http://api/a', grpc), '200, 7', 'access');
  t.equal(ask('http://nobody/', grpc), '200, 14', 'egress');
  t.equal(ask('http://a.example.com/q', grpc, 'outside'), '200, 12', 'no route');
  t.equal(ask('http://old.example.com/', grpc, 'outside'), '200, 2', 'a redirect to HTTPS');
  t.equal(ask('http://api/moved', grpc), '200, 2', 'a redirect');
  t.equal(ask('http://api/fault', grpc), '200, 16', 'a fault');
  t.equal(ask('http://api/', { ...grpc, 'grpc-timeout': '0m' }), '200, 4', 'no time');
  t.equal(ask('http://api/', { ...grpc, connection: 'upgrade', upgrade: 'foo' }), '200, 7', 'an upgrade');
  t.equal(ask('http://api/', { ...grpc, 'x-forwarded-proto': '' }), '200, 12', 'no scheme');
  t.equal(ask('http://api/', grpc), '200', 'the application answers');
  const verdict = decide(index, { from: 'shop/web', request: { ...b.request('POST http://api/a'), headers: grpc } });
  t.equal(describeVerdict(verdict), 'denied (200, grpc-status 7): access rules do not let the caller in');
  t.match(decide(index, { from: 'shop/web', request: { ...b.request('POST http://api/moved'), headers: grpc } }), {
    outcome: 'redirect',
    location: 'http://api/x',
  });
});

t.test('what is no request to whoever parses it is answered in HTTP, and so is a preflight', async (t) => {
  t.equal(ask('FOO http://api/', grpc), '400', 'the method');
  t.equal(ask('http://api/', { ...grpc, 'content-length': 'x' }), '400');
  t.equal(ask('http://api/', { ...grpc, 'transfer-encoding': 'gzip' }), '501');
  t.equal(ask('http://api/', { ...grpc, x: 'a'.repeat(70_000) }), '431');
  t.equal(ask('http://api/', { ...grpc, connection: 'x-forwarded-for' }), '400');
  t.equal(ask('http://api/', { ...grpc, connection: 'host' }), '200, 13', 'but not where the host is gone');
  t.equal(ask('http://api/%00', grpc), '200, 13', 'nor where the path cannot be normalized');
  t.equal(ask('http://api/%00', { ...grpc, connection: 'x-forwarded-for' }), '400');
  t.equal(ask('http://api/', { ...grpc, upgrade: 'connect-udp' }), '200, 12');
  const asked = { origin: 'https://o', 'access-control-request-method': 'GET' };
  t.equal(ask('OPTIONS http://api/cors', { ...grpc, ...asked }), '200');
});

t.test('what the proxy reads as the type of the request decides', async (t) => {
  const type = (value: string | readonly string[]) => ask('http://api/a', { 'content-type': value as string });
  for (const value of ['application/grpc', 'application/grpc+', 'application/grpc+proto', ' application/grpc\t'])
    t.equal(type(value), '200, 7', value);
  for (const value of ['application/grpcx', 'application/grpc-web', 'application/grpc;a=b', 'Application/grpc', ''])
    t.equal(type(value), '403', value);
  t.equal(type(['', 'application/grpc']), '200, 7', 'joined');
  t.equal(type(['application/grpc', 'x']), '403', 'joined');
  t.equal(type(['application/grpc+', 'x']), '200, 7', 'joined');
  t.equal(ask('http://api/a', { ...grpc, connection: 'content-type' }), '403', 'of the connection alone');
  t.equal(ask('http://api/sets'), '200, 7', 'set by the route, for the proxy of the server');
  t.equal(ask('http://api/drops', grpc), '403', 'removed by the route');
  t.notOk(isGrpcType('text/plain'));
  t.equal(grpcMessageOf('100% ~ é\n'), '100%25 %7E %C3%A9%0A');
});

t.test('no status that a MeshTest expects is met by what a proxy refuses', async (t) => {
  const tested = (path: string, expect: string) => {
    const cases = `[{ from: web, request: POST http://api${path}, headers: { content-type: application/grpc }, expect: ${expect} }]`;
    const test = `---\napiVersion: fairlead.dev/v1alpha1\nkind: MeshTest\nmetadata: { name: t, namespace: shop }\nspec: { cases: ${cases} }\n`;
    const { mesh } = compile({ label: 'a', files: [{ path: 'a.yaml', text: intent + test }], diagnostics: [] });
    return mesh && runTests(mesh).results.map(({ failures }) => failures);
  };
  const actual = 'denied (200, grpc-status 7): access rules do not let the caller in';
  t.same(tested('/a', '{ status: 403 }'), [[{ field: 'status', expected: '403', actual }]]);
  t.same(tested('/a', '{ status: 200 }'), [[{ field: 'status', expected: '200', actual }]]);
  t.same(tested('/a', '{ denied: access }'), [[]]);
  t.same(tested('/', '{ status: 200 }'), [[]], 'the application answers');
});

t.test('a 200 of a log that a proxy answered itself is told as such', async (t) => {
  const title = (details: string) => {
    const written = { workload: 'shop/api', listener: 'inbound_80', method: 'POST', path: '/a', authority: 'api' };
    const line = JSON.stringify({ ...written, port: 80, response_code: 200, response_code_details: details });
    const parsed = parseLogLine(line).line;
    return parsed && explainLogLine(index, parsed).title;
  };
  const what = 'POST http://api/a was answered 200';
  const refused = `${what}, as proxies answer gRPC whatever they say`;
  t.equal(title('rbac_access_denied_matched_policy[none]'), refused);
  t.equal(title('route_not_found'), refused);
  t.equal(title('via_upstream'), what);
  t.equal(title('cors_response'), what);
});

t.test('a copy is received whether or not there is time for an answer', async (t) => {
  const mirror = {
    kind: 'Mirror',
    origin: b.at(),
    host: b.hostFor('pages'),
    port: 80,
    subset: '',
    percentage: 100,
  } as const;
  const mesh = b.mesh({
    services: [b.service('calls'), b.service('pages')],
    workloads: ['web', 'calls', 'pages'].map((name) => b.workload(name)),
    routeTables: [b.table('calls', [b.route(b.forward([b.to('calls')]), [], { features: [mirror] })])],
    egressScopes: [b.uses('web', ['calls'])],
  });
  const request = b.request('GET http://calls/', { 'grpc-timeout': '0m' });
  const mirrors = [{ fate: { outcome: 'allowed' } }];
  t.match(decide(indexMesh(mesh), { from: 'shop/web', request }), { reason: 'request', status: 504, mirrors });
});
