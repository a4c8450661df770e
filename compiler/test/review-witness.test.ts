// B4: witnesses are requests that can occur, and that fare differently.
import t from 'tap';
import type { CorsPolicy } from '../model/index.ts';
import { reviewMeshes } from '../review/index.ts';
import { describeVerdict } from '../analysis/index.ts';
import * as b from './support/mesh-builder.ts';
import { linesOf, reviewOf } from './support/review-intent.ts';

const services = [b.service('a.shop', { ports: [b.port(80), b.port(90, 'TCP')] }), b.service('b.shop')];
const workloads = [b.workload('a.shop'), b.workload('b.shop')];
const egressScopes = [b.uses('b.shop', ['a.shop'])];

function cors(fields: Partial<CorsPolicy>): CorsPolicy {
  return {
    kind: 'CorsPolicy',
    origins: [{ type: 'regex', value: '.*' }],
    methods: ['GET'],
    allowHeaders: [],
    exposeHeaders: [],
    credentials: false,
    origin: b.at(),
    ...fields,
  };
}

function withCors(...policies: readonly CorsPolicy[]) {
  const route = b.route(b.forward([b.to('a.shop')]), [], { features: policies });
  return b.mesh({ services, workloads, egressScopes, routeTables: [b.table('a.shop', [route])] });
}

t.test('B4: CORS concerns requests that say where they come from', async (t) => {
  const rows = (from: readonly CorsPolicy[], to: readonly CorsPolicy[]) =>
    reviewMeshes(withCors(...from), withCors(...to)).rows;
  const methods = rows([cors({})], [cors({ methods: ['GET', 'POST'] })]);
  t.equal(methods.length, 1);
  t.match(methods[0]?.witness?.call.request, {
    method: 'OPTIONS',
    headers: { 'access-control-request-method': /./, origin: /./ },
  });
  const exposed = rows([cors({})], [cors({ exposeHeaders: ['x-total'] })]);
  t.equal(exposed.length, 1);
  t.match(exposed[0]?.witness?.call.request.headers, { origin: /./ });
  for (const { witness } of rows([], [cors({})])) t.match(witness?.call.request.headers, { origin: /./ });
  t.same(rows([], [cors({ origins: [{ type: 'exact', value: '' }] })]), [], 'an empty origin is none');
  const website = /^https?:\/\/[a-z0-9.]+$/;
  for (const [was, is] of [
    ['https://a\\.com', 'https?://.*'],
    ['.*\\.a\\.com', '.*a\\.com'],
    ['https://a\\.com', '.*'],
    ['.*', 'https?://example\\..*'],
  ] as const) {
    const [from, to] = [was, is].map((value) => cors({ origins: [{ type: 'regex', value }] })) as [never, never];
    const found = rows([from], [to]);
    t.ok(found.length > 0);
    for (const { witness } of found) t.match(witness?.call.request.headers, { origin: website }, `${was} -> ${is}`);
  }
  const odd = rows([], [cors({ origins: [{ type: 'exact', value: 'a' }] })]);
  for (const { witness } of odd) t.match(witness?.call.request.headers, { origin: 'a' }, 'where there is no other');
});

t.test('B4: a closed connection does not say why', async (t) => {
  const peers = (mode: 'STRICT' | 'DISABLE') =>
    b.mesh({
      services,
      workloads,
      egressScopes: [],
      authorizationPolicies: [b.policy('a.shop', 'ALLOW', [])],
      peerAuthentications: [b.peers('a.shop', mode)],
    });
  const lines = linesOf(reviewMeshes(peers('STRICT'), peers('DISABLE')));
  t.notOk(
    lines.some((line) => line.includes(':90')),
    lines.join('\n'),
  );
  t.ok(
    lines.some((line) => line.includes('a.shop:80')),
    'HTTP is answered',
  );
});

t.test('B4: what some of the workloads let in and others refuse is told as that', async (t) => {
  const among = (...others: ReturnType<typeof b.workload>[]) =>
    b.mesh({
      services,
      workloads: [...workloads, ...others],
      egressScopes,
      authorizationPolicies: [b.policy('a.shop', 'ALLOW', [])],
    });
  const plain = b.workload('vm.shop', { labels: { app: 'a' }, proxy: 'none' });
  const { rows } = reviewMeshes(among(), among(plain));
  const gains = rows.filter(({ effect }) => effect === 'gained');
  const calls = gains.flatMap(({ title }) => (title.includes('call a.shop') ? [title] : []));
  t.ok(calls.length > 1);
  for (const title of calls) t.match(title, / at shop\/vm alone$/);
  for (const { from, to, title, witness } of rows.filter((row) => row.witness)) {
    t.not(from, to, title);
    t.not(witness && describeVerdict(witness.base), witness && describeVerdict(witness.head), title);
  }
});

t.test('A6: a length is a number, in witnesses too', async (t) => {
  const route = (value: string) =>
    `routes: [{ match: { headers: { content-length: ${value} } }, to: [{ service: z }] }]`;
  const intent = `apiVersion: fairlead.dev/v1alpha1
kind: MeshService
metadata: { name: x, namespace: a }
spec: { ports: [{ port: 80 }], uses: [x] }
---
apiVersion: fairlead.dev/v1alpha1
kind: MeshService
metadata: { name: z, namespace: a }
spec: { ports: [{ port: 80 }] }
`;
  const rowsOf = (value: string) => reviewOf(intent, ['uses: [x] }', `uses: [x], ${route(value)} }`]);
  const counted = ['{ present: true }', '{ regex: "[a-z]*|[0-9]+" }', '{ not: "x" }', '{ prefix: "1" }'];
  for (const value of counted) {
    const { rows, notAnalysed } = rowsOf(value);
    t.same([rows.length, notAnalysed], [1, []], value);
  }
  for (const value of ['""', 'v', '{ prefix: a }', '{ regex: "a*" }', '"18446744073709551616"']) {
    const { rows, notAnalysed } = rowsOf(value);
    t.same([rows, notAnalysed], [[], []], value);
  }
});

t.test('a witness that somebody answers stands before one that is refused as before', async (t) => {
  const intent = `apiVersion: fairlead.dev/v1alpha1
kind: MeshService
metadata: { name: x, namespace: a }
spec: { ports: [{ port: 80 }], uses: [z] }
---
apiVersion: fairlead.dev/v1alpha1
kind: MeshService
metadata: { name: z, namespace: a }
spec:
  ports: [{ port: 80 }]
  routes: [{ match: { path: /a/* }, fault: { delay: { for: 1s } } }]
  access: { allow: [{ methods: [POST] }] }
`;
  const [row] = reviewOf(intent, ['for: 1s', 'for: 2s']).rows;
  t.match(row, { kind: 'behavior', witness: { text: 'POST http://z/a', base: { outcome: 'allowed' } } });
});
