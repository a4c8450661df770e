// Conditions on the headers that proxies touch: a diagram says of every request what decide says, in sidecars, gateways and servers.
import fc from 'fast-check';
import t from 'tap';
import { decide } from '../analysis/concrete/decide.ts';
import { contentKey } from '../analysis/symbolic/content-key.ts';
import { decisionFor } from '../analysis/symbolic/decision.ts';
import { essence, verdictOf } from '../analysis/symbolic/fate.ts';
import { RequestSpace } from '../analysis/symbolic/request-space.ts';
import { type HeaderCondition, indexMesh, type Mesh, type StringMatch, type TestRequest } from '../model/index.ts';
import { check } from './support/check.ts';
import * as b from './support/mesh-builder.ts';

/** What callers may send, each at most once: the analysis of all requests knows no more. */
const sent: Readonly<Record<string, readonly string[]>> = {
  connection: ['Upgrade', 'keep-alive, upgrade'],
  upgrade: ['websocket', 'WebSocket'],
  te: ['trailers', 'gzip, trailers', 'gzip', ''],
  expect: ['100-continue', 'foo', ''],
  'x-forwarded-proto': ['http', 'https', 'ftp'],
  'x-forwarded-for': ['', '10.0.0.1', 'nobody'],
  'x-request-id': ['', 'abc'],
  'x-forwarded-client-cert': ['By=x', ''],
  'x-envoy-external-address': ['10.0.0.1'],
  'x-envoy-original-path': ['/y'],
  'x-envoy-retry-on': ['5xx'],
  'x-a': ['', '1', 'two'],
  'user-agent': ['', 'curl'],
};
const names = Object.keys(sent);
const matchOf = (name: string): fc.Arbitrary<StringMatch> => {
  const value = fc.constantFrom(...(sent[name] ?? []), 'http', 'https', 'two', '1,two', 'trailers');
  return fc.oneof(
    fc.record({ type: fc.constantFrom('exact' as const, 'prefix' as const, 'suffix' as const), value }),
    fc.constantFrom<StringMatch>({ type: 'present' }, { type: 'regex', value: '.*' }, { type: 'regex', value: '.+' }),
    fc.constantFrom<StringMatch>({ type: 'regex', value: '(?i).*upgrade.*' }, { type: 'regex', value: '[a-z]*' }),
  );
};
const condition: fc.Arbitrary<HeaderCondition> = fc.constantFrom(...names).chain((name) =>
  fc.record({
    kind: fc.constant('header' as const),
    name: fc.constant(name),
    anyOf: fc.array(matchOf(name), { minLength: 1, maxLength: 2 }) as unknown as fc.Arbitrary<readonly [StringMatch]>,
    not: fc.boolean(),
  }),
);
const clause = fc.array(condition, { minLength: 1, maxLength: 2 }).map((all) => b.clause(all));
const edit = fc.record({
  set: fc.dictionary(fc.constantFrom('x-a', 'user-agent', 'te'), fc.constantFrom('1', 'two'), { maxKeys: 1 }),
  add: fc.dictionary(fc.constantFrom('x-a', 'user-agent'), fc.constantFrom('1', 'two'), { maxKeys: 1 }),
  remove: fc.subarray(['x-a', 'user-agent', 'x-forwarded-proto'], { maxLength: 1 }),
});
const headers: fc.Arbitrary<TestRequest['headers']> = fc
  .subarray(names, { maxLength: 5 })
  .chain((some) => fc.record(Object.fromEntries(some.map((name) => [name, fc.constantFrom(...(sent[name] ?? []))]))));

/** Two routes with conditions and edits, and rules of the server on headers, as Istio's YAML may have them. */
const mesh: fc.Arbitrary<Mesh> = fc
  .record({ first: clause, second: clause, edit, allow: clause, deny: clause, hasProxy: fc.boolean() })
  .map(({ first, second, edit, allow, deny, hasProxy }) => {
    const operations = {
      kind: 'HeaderOperations' as const,
      origin: b.at(),
      request: edit,
      response: { set: {}, add: {}, remove: [] },
    };
    const routes = [
      b.route(b.forward([b.to('chat.shop', '', 100, 80)]), [first], { features: [operations] }),
      b.route(b.redirect({ path: '/moved', status: 302, scheme: 'https' }), [second]),
      b.route(b.forward([b.to('chat.shop', '', 100, 80)])),
    ];
    return b.mesh({
      services: [b.service('chat.shop')],
      routeTables: [
        b.table('chat.shop', routes),
        b.table('chat.shop', routes, { hosts: ['a.example'], attach: { mesh: false, gateways: ['edge/public'] } }),
      ],
      workloads: [
        b.workload('inventory.shop', hasProxy ? {} : { proxy: 'none' }),
        b.workload('chat.shop'),
        b.workload('public.edge', { proxy: 'gateway' }),
      ],
      peerAuthentications: [b.peers('chat.shop', 'PERMISSIVE')],
      gateways: [
        b.gateway('public.edge', [
          { name: 'web', port: 80, protocol: 'HTTP', hosts: ['a.example'] },
          { name: 'tls', port: 443, protocol: 'HTTPS', tlsSecret: 'x', hosts: ['a.example'] },
        ]),
      ],
      egressScopes: [b.uses('inventory.shop', ['chat.shop'])],
      authorizationPolicies: [
        b.policy('chat.shop', 'ALLOW', [b.rule([], [allow]), b.rule([], [deny])]),
        b.policy('chat.shop', 'DENY', [b.rule([], [deny])]),
      ],
    });
  });

const questions = [
  { from: 'shop/inventory', scheme: 'http', host: 'chat', port: 80 },
  { from: 'outside', scheme: 'http', host: 'a.example', port: 80 },
  { from: 'outside', scheme: 'https', host: 'a.example', port: 443 },
  { from: 'unmeshed', scheme: 'http', host: 'chat.shop', port: 80 },
] as const;

t.test('A6: a diagram says of every request what decide says of its headers', async (t) => {
  const outcomes: Record<string, number> = {};
  check(
    fc.property(mesh, fc.array(headers, { minLength: 6, maxLength: 6 }), (mesh, list) => {
      const index = indexMesh(mesh);
      for (const { from, ...address } of questions) {
        const decision = decisionFor(index, { from, request: address });
        const space = new RequestSpace([decision]);
        const node = space.compile(decision);
        for (const headers of list) {
          const request: TestRequest = { ...address, method: 'GET', path: '/', headers };
          const { steps: _, ...verdict } = decide(index, { from, request });
          const said = verdictOf(space.evaluate(node, request), request);
          const told = `${address.scheme} from ${from}: ${verdict.outcome}`;
          outcomes[told] = (outcomes[told] ?? 0) + 1;
          const [expected, actual] = [essence(verdict), essence(said)].map(contentKey);
          if (expected !== actual) throw new Error(`${from} ${JSON.stringify(headers)}\n${expected}\n${actual}`);
        }
      }
    }),
    { numRuns: 400, seed: 31 },
  );
  for (const who of ['http from shop/inventory', 'http from outside', 'https from outside', 'http from unmeshed']) {
    const [allowed = 0, denied = 0] = ['allowed', 'denied'].map((outcome) => outcomes[`${who}: ${outcome}`]);
    t.ok(allowed > 300 && denied > 300, JSON.stringify(outcomes));
  }
});

t.test('a redirect to another scheme leaves out the usual port of the one that is said', async (t) => {
  const table = b.table('shoes.shop', [
    b.route(b.redirect({ scheme: 'http' }), [b.match({ path: b.path('/http') })]),
    b.route(b.redirect({ path: '/new' })),
  ]);
  const services = [b.service('shoes.shop', { ports: [b.port(443), b.port(80)] })];
  const index = indexMesh(
    b.mesh({
      services,
      workloads: [b.workload('web.shop')],
      routeTables: [table],
      egressScopes: [b.uses('web.shop', ['shoes.shop'])],
    }),
  );
  const at = (url: string, proto: string) =>
    decide(index, { from: 'shop/web', request: b.request(`GET ${url}`, { 'x-forwarded-proto': proto }) }).location;
  t.equal(at('http://shoes:443/http', 'https'), 'http://shoes/http');
  t.equal(at('http://shoes:443/http', 'http'), 'http://shoes:443/http');
  t.equal(at('http://shoes:443/x', 'https'), 'https://shoes:443/new');
  t.equal(at('http://shoes:443/x', 'HTTPS'), 'https://shoes/new', 'in capitals it is another to Envoy');
  t.equal(at('http://shoes/x', 'https'), 'https://shoes/new');
});

t.test('over HTTP/2 several cookies are one header', async (t) => {
  const asks = (value: string) => [b.match({ headers: [b.header('cookie', value)] })];
  const table = b.table('shoes.shop', [
    b.route(b.redirect({ path: '/both' }), asks('a=1; b=2')),
    b.route(b.forward([b.to('shoes.shop')])),
  ]);
  const calls = b.service('calls.shop', { ports: [b.port(80, 'GRPC')] });
  const mesh = b.mesh({
    services: [b.service('shoes.shop'), calls],
    workloads: ['web.shop', 'shoes.shop', 'calls.shop'].map((name) => b.workload(name)),
    routeTables: [table],
    authorizationPolicies: [b.policy('calls.shop', 'DENY', [b.rule([], asks('a=1; b=2'))])],
    egressScopes: [b.uses('web.shop', ['shoes.shop', 'calls.shop'])],
  });
  const index = indexMesh(mesh);
  const ask = (host: string, cookie: readonly string[], version?: 'HTTP/2') => {
    const request = { ...b.request(`GET http://${host}/`), headers: { cookie } };
    return decide(index, { from: 'shop/web', request, ...(version && { version }) }).outcome;
  };
  t.equal(ask('shoes', ['a=1', 'b=2'], 'HTTP/2'), 'redirect');
  t.equal(ask('shoes', ['', 'a=1', 'b=2'], 'HTTP/2'), 'redirect');
  t.equal(ask('shoes', ['a=1', 'b=2']), 'allowed', 'over HTTP/1.1 each is matched by itself');
  t.equal(ask('calls', ['a=1', 'b=2']), 'denied', 'what the caller sent apart comes to the server over HTTP/2');
});
