// Whatever a small mesh says, the Istio back end gives objects that Istio's schemas accept, and the same ones every time.
import fc from 'fast-check';
import t from 'tap';
import { emitIstio, renderIstio } from '../backends/istio/index.ts';
import type * as m from '../model/index.ts';
import { invalidFields } from './support/istio.ts';
import * as b from './support/mesh-builder.ts';

const text = fc.constantFrom('/', '/a', '/a/b', '*', '/a*', 'x', 'GET', '{*}', '.', '%', 'ü', '0');
const value = fc.oneof(text, fc.constant(''));
const stringMatch: fc.Arbitrary<m.StringMatch> = fc.oneof(
  fc.record({ type: fc.constantFrom('exact' as const, 'prefix' as const, 'suffix' as const), value }),
  fc.record({ type: fc.constant('regex' as const), value: fc.constantFrom('', '.*', 'a|b', '/v[0-9]+') }),
  fc.constant({ type: 'present' as const }),
);
const pathMatch: fc.Arbitrary<m.PathMatch> = fc.oneof(
  stringMatch.filter((match) => match.type !== 'present'),
  fc.record({ type: fc.constant('segments' as const), value: fc.constantFrom('/a', '/a/b') }),
);
const ms = fc.integer({ min: 0, max: 100_000 });
const percentage = fc.integer({ min: 0, max: 1_000_000 }).map((n) => n / 10_000);
const not = fc.boolean();
const texts = fc.array(stringMatch, { minLength: 1, maxLength: 2 }).map(b.some);
const ports = fc.uniqueArray(fc.integer({ min: 1, max: 65_535 }), { minLength: 1, maxLength: 2 }).map(b.some);
const method = fc.constantFrom('GET', 'POST', 'M-SEARCH').map((value): m.StringMatch => ({ type: 'exact', value }));

/** All that the type allows, wherever it stands: what a front end gives is less. */
const conditions: { readonly [K in m.ConditionKind]: fc.Arbitrary<m.ConditionOf<K>> } = {
  path: fc.record({
    kind: fc.constant('path' as const),
    anyOf: fc.array(pathMatch, { minLength: 1, maxLength: 2 }).map(b.some),
    not,
  }),
  method: fc.record({
    kind: fc.constant('method' as const),
    anyOf: fc.array(fc.oneof(method, stringMatch), { minLength: 1, maxLength: 2 }).map(b.some),
    not,
  }),
  header: fc.record({
    kind: fc.constant('header' as const),
    name: fc.constantFrom('x-a', 'x-b'),
    anyOf: texts,
    not,
  }),
  query: fc.record({
    kind: fc.constant('query' as const),
    name: fc.constantFrom('a', 'b'),
    anyOf: texts,
    not,
  }),
  port: fc.record({ kind: fc.constant('port' as const), anyOf: ports, not }),
  principal: fc.record({ kind: fc.constant('principal' as const), anyOf: texts, not }),
  namespace: fc.record({ kind: fc.constant('namespace' as const), anyOf: texts, not }),
};
const condition: fc.Arbitrary<m.Condition> = fc.oneof(...Object.values(conditions));
const clause = fc.array(condition, { maxLength: 3 }).map((all): m.Clause => ({ kind: 'Clause', all, origin: b.at() }));
const clauses = fc.array(clause, { maxLength: 3 });
const destination = fc
  .record({ subset: fc.constantFrom('', 'v1'), weight: fc.integer({ min: 0, max: 100 }), port: fc.constantFrom(0, 80) })
  .map(({ subset, weight, port }) => b.to('shoes.shop', subset, weight, port));
const rewrite = fc.record(
  { path: value.filter((v) => v.startsWith('/')), host: fc.constant('a.b') },
  { requiredKeys: [] },
);
const forward = fc
  .record({ destinations: fc.array(destination, { minLength: 1, maxLength: 3 }), timeoutMs: ms, rewrite })
  .map(({ destinations, ...fields }) => b.forward(destinations, fields));
const redirect = fc
  .record(
    {
      path: fc.constant('/new'),
      host: fc.constant('b.com'),
      scheme: fc.constant('https' as const),
      port: fc.constant(8443),
    },
    { requiredKeys: [] },
  )
  .map((fields) => b.redirect(fields));
const values = fc.dictionary(fc.constantFrom('x-a', 'host'), fc.constantFrom('', 'v', '5%'), { maxKeys: 2 });
const edit = fc.record({ set: values, add: values, remove: fc.subarray(['x-a', 'x-b']) });

const features: { readonly [K in m.RouteFeatureKind]: fc.Arbitrary<Extract<m.RouteFeature, { readonly kind: K }>> } = {
  CorsPolicy: fc
    .record({ maxAgeSeconds: fc.integer({ min: 0, max: 10 }), origins: fc.array(stringMatch, { maxLength: 2 }) })
    .map(({ maxAgeSeconds, origins }) => {
      const kept = origins.filter((origin) => origin.type !== 'present');
      const lists = { methods: [], allowHeaders: [], exposeHeaders: [] };
      return { kind: 'CorsPolicy', origins: kept, ...lists, credentials: false, maxAgeSeconds, origin: b.at() };
    }),
  Fault: fc
    .record({
      delay: fc.record({ durationMs: ms, percentage }),
      abort: fc.record({ status: fc.constant(503), percentage }),
    })
    .map((fields) => ({ kind: 'Fault', ...fields, origin: b.at() })),
  HeaderOperations: fc
    .record({ request: edit, response: edit })
    .map((edits) => ({ kind: 'HeaderOperations', ...edits, origin: b.at() })),
  RetryPolicy: fc
    .record({
      attempts: fc.integer({ min: 0, max: 5 }),
      perTryTimeoutMs: ms,
      on: fc.subarray(['5xx', 'gateway-error']),
    })
    .map((fields) => ({ kind: 'RetryPolicy', ...fields, origin: b.at() })),
  Mirror: fc
    .record({ port: fc.constantFrom(0, 80), subset: fc.constantFrom('', 'v1'), percentage })
    .map((fields) => ({ kind: 'Mirror', host: b.hostFor('shoes.shop'), ...fields, origin: b.at() })),
};
const route = fc
  .record({
    action: fc.oneof(forward, redirect),
    matches: clauses,
    features: fc.uniqueArray(fc.oneof(...Object.values<fc.Arbitrary<m.RouteFeature>>(features)), {
      maxLength: 3,
      selector: ({ kind }) => kind,
    }),
  })
  .map(({ action, ...fields }) => ({ ...b.route(action), ...fields }));
const tcpRoute = fc
  .record({ matches: clauses, destinations: fc.array(destination, { minLength: 1, maxLength: 2 }) })
  .map((fields): m.TcpRoute => ({ kind: 'TcpRoute', name: 't', ...fields, origin: b.at() }));
const rule = fc
  .record({ from: clauses, to: clauses, when: fc.array(condition, { maxLength: 2 }) })
  .map((fields) => ({ ...b.rule([]), ...fields }));
const destinationFeatures: {
  readonly [K in m.DestinationFeatureKind]: fc.Arbitrary<Extract<m.DestinationFeature, { readonly kind: K }>>;
} = {
  LoadBalancing: fc
    .constantFrom('LEAST_REQUEST' as const, 'ROUND_ROBIN' as const, 'RANDOM' as const)
    .map((algorithm) => ({ kind: 'LoadBalancing', algorithm, origin: b.at() })),
  ConnectionPool: ms.map((connectTimeoutMs) => ({ kind: 'ConnectionPool', connectTimeoutMs, origin: b.at() })),
  UpstreamTls: fc
    .constantFrom<m.TlsTowards>({ mode: 'MESH' }, { mode: 'DISABLE' }, { mode: 'SIMPLE', sni: 'a.com' })
    .map((tls) => ({ kind: 'UpstreamTls', ...tls, origin: b.at() })),
};
const action = fc.constantFrom('ALLOW' as const, 'DENY' as const);
const mode = fc.constantFrom('STRICT' as const, 'PERMISSIVE' as const, 'DISABLE' as const);

const mesh = fc
  .record({
    routes: fc.array(route, { maxLength: 3 }),
    tcp: fc.array(tcpRoute, { maxLength: 2 }),
    policies: fc.array(fc.record({ action, rules: fc.array(rule, { maxLength: 2 }) }), { maxLength: 2 }),
    modes: fc.dictionary(fc.constantFrom('80', '8080'), mode),
    mode,
    destinationFeatures: fc.tuple(...Object.values<fc.Arbitrary<m.DestinationFeature>>(destinationFeatures)),
    egress: fc.array(
      fc.oneof(fc.constant('shoes.shop'), fc.constant({ host: 'shoes.shop', ports: [80] as number[] })),
      {
        maxLength: 2,
      },
    ),
  })
  .map(({ routes, tcp, policies, modes, mode, destinationFeatures, egress }) =>
    b.mesh({
      services: [b.service('shoes.shop', { ports: [b.port(80), b.port(90, 'TCP'), b.port(91, 'TLS')] })],
      workloads: [b.workload('shoes.shop')],
      routeTables: [b.table('shoes.shop', routes, { tcp })],
      destinationPolicies: [{ ...b.versions('shoes.shop', { v1: { version: 'v1' } }), features: destinationFeatures }],
      authorizationPolicies: policies.map((p, i) => b.policy(`p${i}.shop`, p.action, p.rules)),
      peerAuthentications: [b.peers('shoes.shop', mode, modes)],
      egressScopes: [b.uses('shoes.shop', egress)],
    }),
  );

t.test('emitted objects are valid, and the same every time', async (t) => {
  const run = () =>
    fc.assert(
      fc.property(mesh, (mesh) => {
        const { objects } = emitIstio(mesh);
        const findings = invalidFields(objects);
        if (findings.length > 0) throw new Error(findings.join('\n'));
        return renderIstio(objects) === renderIstio(emitIstio(structuredClone(mesh)).objects);
      }),
      { numRuns: 200 },
    );
  t.doesNotThrow(run);
});
