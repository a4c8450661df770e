// Random small meshes for properties: few names, so that rules overlap, and values chosen to be awkward.
import fc from 'fast-check';
import * as m from '../../model/index.ts';
import * as b from './mesh-builder.ts';

/** What is generated of each member of a union: one that has no row here does not compile. */
type ArbitraryOf<U extends { readonly kind: string }> = {
  readonly [K in U['kind']]: fc.Arbitrary<Extract<U, { readonly kind: K }>>;
};
/** As often as each of them has it. */
type WeightedOf<U extends { readonly kind: string }> = {
  readonly [K in U['kind']]: fc.WeightedArbitrary<Extract<U, { readonly kind: K }>>;
};
type Made = m.Reading<m.Condition, 'kind' | 'anyOf' | 'not', { header: 'name'; query: 'name' }>;
type ConditionsOf = { readonly [K in Made['kind']]: fc.Arbitrary<readonly m.ConditionOf<K>[]> };

function weighted<K extends string>(weights: Readonly<Record<K, number>>): fc.Arbitrary<K> {
  const entries = Object.entries<number>(weights);
  return fc.oneof(...entries.map(([value, weight]) => ({ weight, arbitrary: fc.constant(value as K) })));
}

const pathMatch = fc
  .constantFrom(
    '/',
    '/*',
    '/a',
    '/a/*',
    '/a*',
    '/a/b',
    '/a/b/*',
    '/ab',
    '/b/*',
    '*.png',
    '*b',
    '~/a/[0-9]+',
    '~(?i)/A.*',
    '~/a|/ab',
    '~.*\\bb\\b.*',
    '/.*',
    '/a.*',
    '/*',
  )
  .map(b.path);
export const method = fc.constantFrom('GET', 'POST', 'DELETE', 'OPTIONS');
export const headerName = fc.constantFrom('x-beta', 'x-user');
const app = fc.constantFrom('a', 'b', 'c');
const names = ['a.shop', 'b.shop', 'c.qa'];
const name = fc.constantFrom(...names);

const exact = (value: string): m.Reading<m.StringMatch, 'type' | 'value'> => ({ type: 'exact', value });
const headerMatch = fc
  .tuple(headerName, fc.constantFrom('true', 'a', '~a.?', '~.*', undefined), fc.boolean())
  .map(([header, value, not]) => b.header(header, value, not));
const queryMatch = fc
  .tuple(fc.constantFrom('x', 'y'), fc.constantFrom('1', '', '~a.?', '~.*', undefined))
  .map(([name, value]) => ({ ...b.header(name, value, false), kind: 'query' as const }));
const methods = fc.uniqueArray(method, { maxLength: 2 }).map((list) => b.asking('method', list.map(exact)));
const ports = (...given: number[]) =>
  fc.constantFrom([], [], ...given.map((n) => [n])).map((anyOf) => b.asking('port', anyOf));
const nothing = fc.constant([]);

const routeConditions: ConditionsOf = {
  path: fc.option(pathMatch, { nil: undefined }).map((match) => b.asking('path', match ? [match] : [])),
  method: methods,
  header: fc.array(headerMatch, { maxLength: 1 }),
  query: fc.oneof({ weight: 3, arbitrary: nothing }, { weight: 1, arbitrary: queryMatch.map((match) => [match]) }),
  port: ports(80, 81),
  // Who calls is the business of access rules: Envoy's routes cannot ask.
  principal: nothing,
  namespace: nothing,
};

const accessConditions: ConditionsOf = {
  method: methods,
  path: fc
    .tuple(fc.uniqueArray(pathMatch, { maxLength: 2 }), fc.uniqueArray(pathMatch, { maxLength: 1 }))
    .map(([some, none]) => [...b.asking('path', some), ...b.asking('path', none, true)]),
  // Istio has them in `when`, and there they are: see `rule`.
  header: nothing,
  // Neither Istio nor Envoy asks for them there.
  query: nothing,
  port: ports(8080),
  principal: fc
    .oneof(
      fc.uniqueArray(name, { minLength: 1, maxLength: 2 }).map((list) => b.callers(...list)),
      fc.constant(b.from({ principals: [{ type: 'present' }] })),
    )
    .map((clause) => m.conditionsOf(clause, 'principal')),
  namespace: fc
    .tuple(fc.constantFrom('shop', 'qa'), fc.boolean())
    .map(([value, not]) => [{ kind: 'namespace', anyOf: [exact(value)], not }]),
};

const routeClause = fc.tuple(...Object.values(routeConditions)).map((lists) => b.clause(lists.flat()));

const conditionsWhere = (holds: (kind: m.ConditionKind) => boolean) =>
  Object.entries(accessConditions).flatMap(([kind, conditions]) =>
    holds(kind as m.ConditionKind) ? [conditions as fc.Arbitrary<readonly m.Condition[]>] : [],
  );
const source = fc.oneof(...conditionsWhere((kind) => m.fieldScope[kind] === 'peer')).map(b.clause);
const operation = fc
  .tuple(...conditionsWhere((kind) => m.fieldScope[kind] !== 'peer'))
  .map((lists) => b.clause(lists.flat()));
const rule = fc
  .tuple(
    fc.array(source, { maxLength: 2 }),
    fc.array(operation, { maxLength: 2 }),
    fc.oneof({ weight: 5, arbitrary: nothing }, { weight: 1, arbitrary: headerMatch.map((header) => [header]) }),
  )
  .map(([from, to, when]): m.AuthorizationRule => ({ ...b.rule(from, to), when }));
const policy = fc
  .tuple(app, weighted<m.AccessAction>({ ALLOW: 1, DENY: 1 }), fc.array(rule, { maxLength: 3 }))
  .map(([target, action, rules]) => b.policy(target === 'c' ? 'c.qa' : `${target}.shop`, action, rules));

const rewritePath = fc.constantFrom('/', '/a', '/a/', '/b', '/b/c', '/.', '/a/..', '/x/%6', '/x/../a', '/a%2');
const destination = fc.tuple(name, fc.constantFrom('', '', 'v1', 'v2', 'v9'));
const destinations = (port: number) =>
  fc
    .array(destination, { minLength: 1, maxLength: 2 })
    .map((list) =>
      list.map(([to, version], i) => b.to(to, version, list.length === 1 ? 100 : i === 0 ? 75 : 25, port)),
    );

const actions = (port: number): WeightedOf<m.HttpAction> => ({
  ForwardAction: {
    weight: 4,
    arbitrary: fc
      .record({
        destinations: destinations(port),
        path: fc.option(rewritePath, { nil: undefined, freq: 2 }),
        host: fc.constantFrom(undefined, undefined, 'inner'),
        timeoutMs: fc.constantFrom(1000, 2000),
      })
      .map(({ destinations, path, host, timeoutMs }) => {
        const rewrite = { ...(path !== undefined && { path }), ...(host !== undefined && { host }) };
        return b.forward(destinations, { timeoutMs, ...((path ?? host) !== undefined && { rewrite }) });
      }),
  },
  RedirectAction: {
    weight: 1,
    arbitrary: fc
      .record({
        path: fc.constantFrom(undefined, '/a', '/b?x'),
        host: fc.constantFrom(undefined, 'other'),
        status: fc.constantFrom(301 as const, 302 as const),
      })
      .map(({ path, host, status }) =>
        b.redirect({ status, ...(path !== undefined && { path }), ...(host !== undefined && { host }) }),
      ),
  },
});

const origin = b.at();
const abort = { status: 500, percentage: 100 };
const routeFeatures = (port: number): ArbitraryOf<m.RouteFeature> => ({
  CorsPolicy: fc
    .constantFrom<m.ValueMatch>(
      { type: 'suffix', value: '.com' },
      { type: 'suffix', value: '.com' },
      { type: 'regex', value: '[^/]+' },
    )
    .map((match) => ({
      kind: 'CorsPolicy',
      origins: [match],
      methods: ['GET'],
      allowHeaders: [],
      exposeHeaders: [],
      credentials: true,
      origin,
    })),
  Fault: fc.constantFrom<m.Fault>(
    { kind: 'Fault', abort, origin },
    { kind: 'Fault', delay: { durationMs: 5, percentage: 50 }, abort: { status: 503, percentage: 10 }, origin },
  ),
  HeaderOperations: fc.constant({
    kind: 'HeaderOperations',
    ...m.noHeaderEdits,
    request: { set: { 'x-from': 'mesh' }, add: {}, remove: ['x-debug'] },
    origin,
  }),
  RetryPolicy: fc.constant({ kind: 'RetryPolicy', attempts: 1, perTryTimeoutMs: 0, on: ['connect-failure'], origin }),
  Mirror: fc
    .tuple(name, fc.constantFrom(10, 50))
    .map(([to, percentage]) => ({ kind: 'Mirror', host: b.hostFor(to), port, subset: '', percentage, origin })),
});

/** `port` 0 is the one dialled, which a gateway has not. */
export function route(port: number): fc.Arbitrary<m.HttpRoute> {
  const feature: fc.Arbitrary<m.RouteFeature> = fc.oneof(...Object.values(routeFeatures(port)));
  return fc
    .tuple(
      fc.oneof(...Object.values(actions(port))),
      fc.array(routeClause, { maxLength: 2 }),
      fc.uniqueArray(feature, { maxLength: 2, selector: ({ kind }) => kind }),
    )
    .map(([action, matches, features]) => b.route(action, matches, { features }));
}

const tlsModes: { readonly [M in m.TlsTowards['mode']]: readonly Extract<m.TlsTowards, { readonly mode: M }>[] } = {
  MESH: [{ mode: 'MESH' }, { mode: 'MESH' }],
  DISABLE: [{ mode: 'DISABLE' }],
  // Towards hosts outside, and there are none here.
  SIMPLE: [],
};
const destinationFeatures: ArbitraryOf<m.DestinationFeature> = {
  LoadBalancing: weighted<m.LoadBalancing['algorithm']>({ ROUND_ROBIN: 2, LEAST_REQUEST: 1, RANDOM: 1 }).map(
    (algorithm) => ({ kind: 'LoadBalancing', algorithm, origin }),
  ),
  ConnectionPool: fc.constant({ kind: 'ConnectionPool', connectTimeoutMs: 1000, origin }),
  UpstreamTls: fc
    .constantFrom<m.TlsTowards>(...Object.values(tlsModes).flat())
    .map((tls) => ({ kind: 'UpstreamTls', ...tls, origin })),
};
/** Of the port beside those of HTTP. HTTP/2 is not drawn: the embedded proxy refuses it. */
const protocol = weighted<m.Protocol>({ HTTP: 1, HTTP2: 0, GRPC: 0, HTTPS: 1, TLS: 1, TCP: 4 });
const mode = weighted<m.MtlsMode>({ STRICT: 1, PERMISSIVE: 1, DISABLE: 1 });

/** Three services in two namespaces, each with two versions; `a` is also reached through a gateway. */
export const randomMesh: fc.Arbitrary<m.Mesh> = fc
  .record({
    tables: fc.array(fc.array(route(0), { maxLength: 4 }), { minLength: 3, maxLength: 3 }),
    outer: fc.array(route(80), { maxLength: 3 }),
    policies: fc.array(policy, { maxLength: 3 }),
    peers: fc.array(fc.tuple(name, mode), { maxLength: 2 }),
    uses: fc.array(fc.tuple(fc.uniqueArray(name), weighted<m.EgressMode>({ declared: 2, any: 1 })), {
      minLength: 3,
      maxLength: 3,
    }),
    mtls: mode,
    accessDefault: weighted<m.MeshSettings['accessDefault']>({ allow: 1, deny: 1 }),
    plain: fc.constantFrom(-1, -1, 1, 2),
    hasV2: fc.boolean(),
    features: fc.tuple(...Object.values<fc.Arbitrary<m.DestinationFeature>>(destinationFeatures)),
    redirectToHttps: fc.boolean(),
    protocol,
  })
  .map(
    ({
      tables,
      outer,
      policies,
      peers,
      uses,
      mtls,
      accessDefault,
      plain,
      hasV2,
      features,
      redirectToHttps,
      protocol,
    }) =>
      b.mesh({
        settings: { ...b.settings, mtls, accessDefault },
        services: names.map((n) => b.service(n, { ports: [b.port(80), b.port(81), b.port(90, protocol)] })),
        workloads: [
          ...names.map((n, i) =>
            b.workload(n, { labels: { app: n.slice(0, 1), version: 'v1' }, proxy: i === plain ? 'none' : 'sidecar' }),
          ),
          ...(hasV2 ? [b.workload('a2.shop', { labels: { app: 'a', version: 'v2' }, serviceAccount: 'a' })] : []),
          b.workload('gate.shop', { proxy: 'gateway' }),
        ],
        routeTables: [
          ...names.map((n, i) => b.table(n, tables[i] ?? [])),
          b.table('outer.shop', outer, { hosts: ['*.example.com'], attach: { mesh: false, gateways: ['shop/gate'] } }),
        ],
        destinationPolicies: names.map((n) =>
          b.versions(n, { v1: { version: 'v1' }, v2: { version: 'v2' } }, { features }),
        ),
        authorizationPolicies: policies,
        peerAuthentications: peers.map(([n, m]) => b.peers(n, m)),
        egressScopes: names.map((n, i) => b.uses(n, uses[i]?.[0] ?? [], uses[i]?.[1])),
        gateways: [
          b.gateway('gate.shop', [
            { port: 80, hosts: ['*.example.com'], redirectToHttps },
            { port: 443, protocol: 'HTTPS', hosts: ['*'], tlsSecret: 'cert' },
          ]),
        ],
      }),
  );
