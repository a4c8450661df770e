// Random small meshes and requests for properties: few names, so that rules overlap, and values chosen to be awkward.
import fc from 'fast-check';
import type * as m from '../../model/index.ts';
import * as b from './mesh-builder.ts';

const pathMatch = fc.constantFrom(
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
);
const requestPath = fc.oneof(
  fc.constantFrom(
    '/',
    '/a',
    '/a/',
    '/a/b',
    '/a/b/c',
    '/ab',
    '/abc',
    '/b',
    '/b/x',
    '/a/1',
    '/a/12',
    '/A/x',
    '/x.png',
    '/a/../b',
    '/%61/b',
    '/a/./b',
    '/a//b',
    '/a.',
    '/a..',
    '/a../b',
    '/a./b',
    '/a%2F',
    '/..a',
    '/a\\b',
    '/a/b?x=/a',
  ),
  fc
    .array(fc.constantFrom('/', 'a', 'b', '.', '..', '%2e', '1', 'x'), { maxLength: 7 })
    .map((parts) => `/${parts.join('')}`),
);
const method = fc.constantFrom('GET', 'POST', 'DELETE', 'OPTIONS');
const headerName = fc.constantFrom('x-beta', 'x-user');
const headerValue = fc.constantFrom('', 'true', 'a', 'ab', 'é');
const app = fc.constantFrom('a', 'b', 'c');
const names = ['a.shop', 'b.shop', 'c.qa'];
const name = fc.constantFrom(...names);

const headerMatch: fc.Arbitrary<m.HeaderMatch> = fc
  .tuple(headerName, fc.option(fc.constantFrom('true', 'a', '~a.?', '~.*'), { nil: undefined }), fc.boolean())
  .map(([header, value, not]) => b.header(header, value, not));

const httpMatch = fc
  .record({
    path: fc.option(pathMatch, { nil: undefined }),
    methods: fc.uniqueArray(method, { maxLength: 2 }),
    headers: fc.array(headerMatch, { maxLength: 1 }),
    ports: fc.constantFrom([], [], [80], [81]),
  })
  .map(({ path, ...rest }) => b.match({ ...rest, ...(path !== undefined && { path: b.path(path) }) }));

const rewritePath = fc.constantFrom('/', '/a', '/a/', '/b', '/b/c', '/.', '/a/..', '/x/%6', '/x/../a', '/a%2');
const destination = fc.tuple(name, fc.constantFrom('', '', 'v1', 'v2', 'v9'));
const destinations = fc
  .array(destination, { minLength: 1, maxLength: 2 })
  .map((list) => list.map(([to, version], i) => b.to(to, version, list.length === 1 ? 100 : i === 0 ? 75 : 25)));

const forward = fc
  .record({
    destinations,
    path: fc.option(rewritePath, { nil: undefined, freq: 2 }),
    host: fc.constantFrom(undefined, undefined, 'inner'),
    timeoutMs: fc.constantFrom(1000, 2000),
    mirror: fc.option(fc.tuple(name, fc.constantFrom(10, 50)), { nil: undefined, freq: 6 }),
  })
  .map(({ destinations, path, host, timeoutMs, mirror }) =>
    b.forward(destinations, {
      timeoutMs,
      ...((path ?? host) !== undefined && {
        rewrite: { ...(path !== undefined && { path }), ...(host !== undefined && { host }) },
      }),
      ...(mirror && { mirrors: [{ ...b.to(mirror[0]), kind: 'Mirror' as const, percentage: mirror[1] }] }),
    }),
  );

const redirect = fc
  .record({
    path: fc.constantFrom(undefined, '/a', '/b?x'),
    host: fc.constantFrom(undefined, 'other'),
    status: fc.constantFrom(301 as const, 302 as const),
  })
  .map(({ path, host, status }) =>
    b.redirect({ status, ...(path !== undefined && { path }), ...(host !== undefined && { host }) }),
  );

const cors: m.CorsPolicy = {
  kind: 'CorsPolicy',
  origins: [{ type: 'suffix', value: '.com' }],
  methods: ['GET'],
  allowHeaders: [],
  exposeHeaders: [],
  credentials: true,
  origin: b.at(),
};
const extras = fc.constantFrom<Partial<m.HttpRoute>>(
  {},
  {},
  {},
  { cors },
  { fault: { kind: 'Fault', abort: { status: 500, percentage: 100 }, origin: b.at() } },
  {
    fault: {
      kind: 'Fault',
      delay: { durationMs: 5, percentage: 50 },
      abort: { status: 503, percentage: 10 },
      origin: b.at(),
    },
  },
  { headers: { ...b.noHeaders, request: { set: { 'x-from': 'mesh' }, add: {}, remove: ['x-debug'] } } },
);
const route = fc
  .tuple(
    fc.oneof({ weight: 4, arbitrary: forward }, { weight: 1, arbitrary: redirect }),
    fc.array(httpMatch, { maxLength: 2 }),
    extras,
  )
  .map(([action, matches, more]) => b.route(action, matches, more));

const source = fc.oneof(
  fc.uniqueArray(name, { minLength: 1, maxLength: 2 }).map((list) => b.callers(...list)),
  fc.constantFrom('shop', 'qa').map((value) => b.from({ namespaces: [{ type: 'exact', value }] })),
  fc.constantFrom('shop', 'qa').map((value) => b.from({ notNamespaces: [{ type: 'exact', value }] })),
  fc.constant(b.from({ principals: [{ type: 'present' }] })),
);
const operation = fc
  .record({
    methods: fc.uniqueArray(method, { maxLength: 2 }),
    paths: fc.uniqueArray(pathMatch, { maxLength: 2 }),
    notPaths: fc.uniqueArray(pathMatch, { maxLength: 1 }),
    ports: fc.constantFrom([], [], [8080]),
  })
  .map(({ methods, paths, notPaths, ports }) => b.operation(methods, paths, { notPaths: notPaths.map(b.path), ports }));
const rule = fc
  .tuple(fc.array(source, { maxLength: 2 }), fc.array(operation, { maxLength: 2 }))
  .map(([from, to]) => b.rule(from, to));
const policy = fc
  .tuple(app, fc.constantFrom<'ALLOW' | 'DENY'>('ALLOW', 'DENY'), fc.array(rule, { maxLength: 3 }))
  .map(([target, action, rules]) => b.policy(target === 'c' ? 'c.qa' : `${target}.shop`, action, rules));

const mode = fc.constantFrom<m.MtlsMode>('STRICT', 'PERMISSIVE', 'DISABLE');

/** Three services in two namespaces, each with two versions; `a` is also reached through a gateway. */
export const randomMesh: fc.Arbitrary<m.Mesh> = fc
  .record({
    tables: fc.array(fc.array(route, { maxLength: 4 }), { minLength: 3, maxLength: 3 }),
    outer: fc.array(route, { maxLength: 3 }),
    policies: fc.array(policy, { maxLength: 3 }),
    peers: fc.array(fc.tuple(name, mode), { maxLength: 2 }),
    uses: fc.array(fc.tuple(fc.uniqueArray(name), fc.constantFrom<'declared' | 'any'>('declared', 'declared', 'any')), {
      minLength: 3,
      maxLength: 3,
    }),
    mtls: mode,
    accessDefault: fc.constantFrom<'allow' | 'deny'>('allow', 'deny'),
    plain: fc.constantFrom(-1, -1, 1, 2),
    hasV2: fc.boolean(),
    tls: fc.constantFrom<m.UpstreamTls>({ mode: 'MESH' }, { mode: 'MESH' }, { mode: 'DISABLE' }),
    redirectToHttps: fc.boolean(),
  })
  .map(({ tables, outer, policies, peers, uses, mtls, accessDefault, plain, hasV2, tls, redirectToHttps }) =>
    b.mesh({
      settings: { ...b.settings, mtls, accessDefault },
      services: names.map((n) => b.service(n, { ports: [b.port(80), b.port(81), b.port(90, 'TCP')] })),
      workloads: [
        ...names.map((n, i) =>
          b.workload(n, { labels: { app: n.slice(0, 1), version: 'v1' }, proxy: i === plain ? 'none' : 'sidecar' }),
        ),
        ...(hasV2 ? [b.workload('a2.shop', { labels: { app: 'a', version: 'v2' }, serviceAccount: 'a' })] : []),
        b.workload('gate.shop', { proxy: 'gateway' }),
      ],
      routeTables: [
        ...names.map((n, i) => b.table(n, tables[i] ?? [])),
        b.table(
          'outer.shop',
          outer.map((r) => ({ ...r, action: atGateway(r.action) })),
          { hosts: ['*.example.com'], attach: { mesh: false, gateways: ['shop/gate'] } },
        ),
      ],
      destinationPolicies: names.map((n) => b.versions(n, { v1: { version: 'v1' }, v2: { version: 'v2' } }, { tls })),
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

function atGateway(action: m.HttpAction): m.HttpAction {
  if (action.kind === 'RedirectAction') return action;
  return {
    ...action,
    destinations: action.destinations.map((d) => ({ ...d, port: 80 })),
    mirrors: action.mirrors.map((d) => ({ ...d, port: 80 })),
  };
}

export interface RandomCall {
  readonly from: string;
  readonly request: m.TestRequest;
}

export const randomCall: fc.Arbitrary<RandomCall> = fc
  .record({
    from: fc.constantFrom('shop/a', 'shop/b', 'qa/c', 'shop/a2', 'unmeshed', 'outside', 'outside'),
    to: fc.constantFrom('a.shop', 'b.shop', 'c.qa', 'a', 'nobody.example'),
    port: fc.constantFrom(80, 80, 80, 81, 90, 99),
    method,
    path: requestPath,
    headers: fc.dictionary(
      headerName,
      headerValue.filter((v) => v !== 'é'),
      { maxKeys: 2 },
    ),
    isPreflight: fc.boolean(),
    https: fc.boolean(),
  })
  .map(({ from, to, port, method, path, headers, isPreflight, https }) => {
    const all = isPreflight ? { ...headers, origin: 'https://x.com', 'access-control-request-method': 'GET' } : headers;
    const outer =
      from === 'outside'
        ? ({ scheme: https ? 'https' : 'http', host: 'shop.example.com', port: https ? 443 : 80 } as const)
        : ({ scheme: 'http', host: to, port } as const);
    return { from, request: { method, path, headers: all, ...outer } };
  });
