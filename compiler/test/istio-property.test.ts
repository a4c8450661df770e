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
const headers = fc.array(fc.record({ name: fc.constantFrom('x-a', 'x-b'), match: stringMatch, invert: fc.boolean() }), {
  maxLength: 3,
});
const match = fc
  .record({
    path: fc.option(pathMatch, { nil: undefined }),
    methods: fc.uniqueArray(fc.constantFrom('GET', 'POST', 'M-SEARCH'), { maxLength: 2 }),
    headers,
    ports: fc.uniqueArray(fc.integer({ min: 1, max: 65_535 }), { maxLength: 2 }),
  })
  .map(({ path, ...rest }) => b.match({ ...rest, ...(path && { path }) }));
const destination = fc
  .record({ subset: fc.constantFrom('', 'v1'), weight: fc.integer({ min: 0, max: 100 }), port: fc.constantFrom(0, 80) })
  .map(({ subset, weight, port }) => b.to('shoes.shop', subset, weight, port));
const retries = fc.record({
  attempts: fc.integer({ min: 0, max: 5 }),
  perTryTimeoutMs: ms,
  on: fc.subarray(['5xx', 'gateway-error']),
});
const rewrite = fc.record(
  { path: value.filter((v) => v.startsWith('/')), host: fc.constant('a.b') },
  { requiredKeys: [] },
);
const forward = fc
  .record({ destinations: fc.array(destination, { minLength: 1, maxLength: 3 }), timeoutMs: ms, retries, rewrite })
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
const fault = fc
  .record({
    delay: fc.record({ durationMs: ms, percentage }),
    abort: fc.record({ status: fc.constant(503), percentage }),
  })
  .map((fields): m.Fault => ({ kind: 'Fault', ...fields, origin: b.at() }));
const cors = fc
  .record({ maxAgeSeconds: fc.integer({ min: 0, max: 10 }), origins: fc.array(stringMatch, { maxLength: 2 }) })
  .map(({ maxAgeSeconds, origins }): m.CorsPolicy => {
    const kept = origins.filter((origin) => origin.type !== 'present');
    const lists = { methods: [], allowHeaders: [], exposeHeaders: [] };
    return { kind: 'CorsPolicy', origins: kept, ...lists, credentials: false, maxAgeSeconds, origin: b.at() };
  });
const route = fc
  .record({
    action: fc.oneof(forward, redirect),
    matches: fc.array(match, { maxLength: 3 }),
    fault: fc.option(fault, { nil: undefined }),
    cors: fc.option(cors, { nil: undefined }),
  })
  .map((r) => b.route(r.action, r.matches, { ...(r.fault && { fault: r.fault }), ...(r.cors && { cors: r.cors }) }));
const matches = fc.array(stringMatch, { maxLength: 2 });
const source = fc
  .record({ principals: matches, notPrincipals: matches, namespaces: matches, notNamespaces: matches })
  .map(b.from);
const operation = fc
  .record({
    methods: matches,
    notMethods: matches,
    paths: fc.array(pathMatch, { maxLength: 2 }),
    ports: fc.constantFrom([], [80]),
  })
  .map((fields) => b.operation([], [], fields));
const rule = fc
  .record({ from: fc.array(source, { maxLength: 2 }), to: fc.array(operation, { maxLength: 2 }) })
  .map(({ from, to }) => b.rule(from, to));
const action = fc.constantFrom('ALLOW' as const, 'DENY' as const);
const mode = fc.constantFrom('STRICT' as const, 'PERMISSIVE' as const, 'DISABLE' as const);

const mesh = fc
  .record({
    routes: fc.array(route, { maxLength: 3 }),
    policies: fc.array(fc.record({ action, rules: fc.array(rule, { maxLength: 2 }) }), { maxLength: 2 }),
    modes: fc.dictionary(fc.constantFrom('80', '8080'), mode),
    mode,
    connectTimeoutMs: ms,
    egress: fc.array(
      fc.oneof(fc.constant('shoes.shop'), fc.constant({ host: 'shoes.shop', ports: [80] as number[] })),
      {
        maxLength: 2,
      },
    ),
  })
  .map(({ routes, policies, modes, mode, connectTimeoutMs, egress }) =>
    b.mesh({
      services: [b.service('shoes.shop')],
      workloads: [b.workload('shoes.shop')],
      routeTables: [b.table('shoes.shop', routes)],
      destinationPolicies: [b.versions('shoes.shop', { v1: { version: 'v1' } }, { connectTimeoutMs })],
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
