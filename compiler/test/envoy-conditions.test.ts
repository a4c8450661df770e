// Conditions in Envoy's words, one by one and together, and what becomes of those that it has no words for.
import t from 'tap';
import { checkEnvoy, planEnvoy, snapshotFor } from '../backends/envoy/index.ts';
import type { AccessAction, Clause, Condition, Mesh, StringMatch } from '../model/index.ts';
import { encodeResource, typeUrls } from '../xds.ts';
import * as b from './support/mesh-builder.ts';
import { smallMesh as small } from './support/small-mesh.ts';

const exact = (...values: string[]): StringMatch[] => values.map((value) => ({ type: 'exact', value }));
const path = (not: boolean, ...texts: string[]): Condition => ({ kind: 'path', anyOf: b.some(texts.map(b.path)), not });
const method = (not: boolean, ...values: StringMatch[]): Condition => ({ kind: 'method', anyOf: b.some(values), not });
const header = (not: boolean, ...values: StringMatch[]): Condition => ({
  kind: 'header',
  name: 'x',
  anyOf: b.some(values),
  not,
});
const port = (not: boolean, ...numbers: number[]): Condition => ({ kind: 'port', anyOf: b.some(numbers), not });
const principal = (not: boolean, ...names: string[]): Condition => ({
  kind: 'principal',
  anyOf: b.some(exact(...names)),
  not,
});
const namespace = (not: boolean, ...names: string[]): Condition => ({
  kind: 'namespace',
  anyOf: b.some(exact(...names)),
  not,
});

function codes(mesh: Mesh): readonly string[] {
  return checkEnvoy(planEnvoy(mesh)).map(({ code }) => code);
}

function snapshotOf(mesh: Mesh, workload: string) {
  const snapshot = snapshotFor(planEnvoy(mesh), { workload, placement: { mode: 'redirect' } });
  if (!snapshot) throw new Error(`no snapshot for ${workload}`);
  for (const listener of snapshot.listeners) encodeResource(typeUrls.listener, listener);
  for (const routes of snapshot.routes) encodeResource(typeUrls.route, routes);
  return snapshot;
}

const withRoute = (...matches: Clause[]) =>
  small({ routeTables: [b.table('shoes.shop', [b.route(b.forward([b.to('shoes.shop')]), matches)])] });

/** What the route with one clause of these conditions matches on port 80. */
function matches(all: readonly Condition[]): readonly unknown[] {
  const mesh = withRoute(b.clause(all));
  const [host] = snapshotOf(mesh, 'shop/caller').routes[0]?.virtualHosts ?? [];
  return (host?.routes ?? []).map(({ match }) => match);
}

t.test('in routes', async (t) => {
  const all = { prefix: '/' };
  const [is, isNot] = [{ name: 'x' }, { name: 'x', invertMatch: true }];
  const text = (value: string) => ({ stringMatch: { exact: value } });
  const regex = (regex: string) => ({ ...is, stringMatch: { safeRegex: { regex } } });
  const cases: readonly (readonly [string, readonly Condition[], readonly unknown[]])[] = [
    ['several paths', [path(false, '/a', '/b*')], [{ path: '/a' }, { prefix: '/b' }]],
    [
      'values of a header fit one regex',
      [
        header(false, ...exact('a.b', '')),
        header(
          false,
          { type: 'prefix', value: 'a' },
          { type: 'suffix', value: '+' },
          { type: 'regex', value: '(?i)c|d' },
        ),
      ],
      [{ ...all, headers: [regex('a\\.b|'), regex('a.*|.*\\+|(?:(?i)c|d)')] }],
    ],
    [
      'presence takes in all others, and a quotation ends where its pattern does',
      [
        header(false, { type: 'present' }, ...exact('a')),
        header(false, { type: 'regex', value: '\\Qb' }, ...exact('c')),
      ],
      [{ ...all, headers: [{ ...is, presentMatch: true }, regex('(?:\\Qb\\E)|c')] }],
    ],
    [
      'none of several values',
      [header(true, ...exact('a', 'b'))],
      [
        {
          ...all,
          headers: ['a', 'b'].map((value) => ({ ...isNot, ...text(value), treatMissingHeaderAsEmpty: true })),
        },
      ],
    ],
    [
      'where empty is one of them, absence is told apart',
      [header(true, ...exact('', 'a'))],
      [
        { ...all, headers: [{ ...isNot, presentMatch: true }] },
        { ...all, headers: ['', 'a'].map((value) => ({ ...isNot, ...text(value) })) },
      ],
    ],
    [
      'not any value is absence',
      [header(true, { type: 'present' }, ...exact('a'))],
      [{ ...all, headers: [{ ...isNot, presentMatch: true }] }],
    ],
    [
      'conditions on one header add up',
      [header(false, ...exact('a')), header(true, ...exact('b'))],
      [
        {
          ...all,
          headers: [
            { ...is, ...text('a') },
            { ...isNot, ...text('b'), treatMissingHeaderAsEmpty: true },
          ],
        },
      ],
    ],
    [
      'several methods are one regex',
      [method(false, ...exact('GET', 'PUT'))],
      [{ ...all, headers: [{ name: ':method', stringMatch: { safeRegex: { regex: 'GET|PUT' } } }] }],
    ],
    [
      'a method is not another',
      [method(true, ...exact('GET'))],
      [{ ...all, headers: [{ name: ':method', ...text('GET'), invertMatch: true, treatMissingHeaderAsEmpty: true }] }],
    ],
    ['its port', [port(false, 80, 81), port(true, 81)], [all]],
    ['another port', [port(true, 80)], []],
  ];
  for (const [name, conditions, expected] of cases) {
    t.strictSame(matches(conditions), expected, name);
    t.same(codes(withRoute(b.clause(conditions))), [], name);
  }
});

t.test('a match that Envoy cannot be told of is left out of a route', async (t) => {
  const cases: readonly (readonly Condition[])[] = [
    [path(true, '/a')],
    [path(false, '/a'), path(false, '/b')],
    [principal(false, 'a')],
    [namespace(true, 'a')],
  ];
  for (const conditions of cases) {
    const clause = b.clause([...conditions, method(false, ...exact('GET'))]);
    t.strictSame(matches(clause.all), [], conditions[0]?.kind ?? '');
    const mesh = withRoute(clause, b.match({ path: b.path('/z') }));
    t.same(codes(mesh), ['FL0557']);
    const [host] = snapshotOf(mesh, 'shop/caller').routes[0]?.virtualHosts ?? [];
    t.strictSame(
      host?.routes?.map(({ match }) => match),
      [{ path: '/z' }],
      'the other stays',
    );
  }
});

t.test('on TCP a route asks for the port', async (t) => {
  const meshOf = (...all: Condition[]) => {
    const route = { kind: 'TcpRoute', origin: b.at(), name: 'r', matches: [b.clause(all)] } as const;
    const tcp = [{ ...route, destinations: [b.to('shoes.shop')] }];
    return small({ routeTables: [b.table('db.shop', [], { tcp })] });
  };
  const leadsAway = (mesh: Mesh) => JSON.stringify(snapshotOf(mesh, 'shop/caller').listeners).includes('||shoes.shop');
  t.ok(leadsAway(meshOf(port(false, 5432))));
  t.ok(leadsAway(meshOf()));
  t.notOk(leadsAway(meshOf(port(true, 5432))));
  for (const condition of [namespace(false, 'shop'), path(false, '/a')]) {
    const mesh = meshOf(port(false, 5432), condition);
    t.notOk(leadsAway(mesh), condition.kind);
    t.same(codes(mesh), ['FL0557'], condition.kind);
  }
});

interface RuleParts {
  readonly from?: readonly Condition[];
  readonly to?: readonly Condition[];
  readonly when?: readonly Condition[];
}

/** A mesh with one rule, and what Envoy is told of it in front of a workload: undefined without a filter. */
function guarded(action: AccessAction, { from = [], to = [], when = [] }: RuleParts, name = 'shoes') {
  const rule = { ...b.rule([b.clause(from)], [b.clause(to)]), name: 'r', when };
  const mesh = small({ authorizationPolicies: [b.policy(`${name}.shop`, action, [rule])] });
  const found: unknown[] = [];
  JSON.stringify(snapshotOf(mesh, `shop/${name}`).listeners, (key, value) => {
    if (key === 'rules' && value.action === action) found.push(value.policies);
    return value;
  });
  return { codes: codes(mesh), policies: found[0] };
}

t.test('in access rules', async (t) => {
  const anything = { any: true };
  const header = (name: string, value: string) => ({ header: { name, stringMatch: { exact: value } } });
  const when: Condition[] = [
    { kind: 'header', name: 'x', anyOf: b.some(exact('a', 'b')), not: true },
    port(false, 8080),
  ];
  t.strictSame(guarded('ALLOW', { when }), {
    codes: [],
    policies: {
      r: {
        permissions: [anything],
        principals: [{ notId: { orIds: { ids: [header('x', 'a'), header('x', 'b')] } } }],
      },
    },
  });
  t.strictSame(guarded('ALLOW', { from: [path(false, '/a')], to: [method(true, ...exact('GET'))] }).policies, {
    r: {
      permissions: [{ notRule: header(':method', 'GET') }],
      principals: [{ urlPath: { path: { exact: '/a' } } }],
    },
  });
  t.strictSame(guarded('ALLOW', { when: [port(true, 8080)] }).policies, {}, 'for other ports');
  t.strictSame(guarded('ALLOW', { when: [port(true, 9)] }).policies, {
    r: { permissions: [anything], principals: [anything] },
  });
});

t.test('a rule of which something cannot be said refuses more', async (t) => {
  const to = [namespace(false, 'shop'), method(false, ...exact('GET'))];
  t.strictSame(guarded('ALLOW', { to }), { codes: ['FL0557'], policies: {} });
  const get = { header: { name: ':method', stringMatch: { exact: 'GET' } } };
  t.strictSame(guarded('DENY', { to }), {
    codes: ['FL0557'],
    policies: { r: { permissions: [get], principals: [{ any: true }] } },
  });
  // What a TCP port cannot be asked is no finding here: the mesh checks tell of it.
  for (const part of ['from', 'to', 'when'] as const) {
    const rule = { [part]: [method(false, ...exact('GET'))] };
    t.strictSame(guarded('ALLOW', rule, 'db'), { codes: [], policies: {} }, part);
    const everything = { r: { permissions: [{ any: true }], principals: [{ any: true }] } };
    t.strictSame(guarded('DENY', rule, 'db'), { codes: [], policies: everything }, part);
  }
  const never = { ...b.rule([]), from: [] };
  const policies = [b.policy('shoes.shop', 'ALLOW', [never]), b.policy('shoes.shop', 'DENY', [never])];
  const text = JSON.stringify(snapshotOf(small({ authorizationPolicies: policies }), 'shop/shoes').listeners);
  t.match(text, /"rules":{"action":"ALLOW","policies":{}}/, 'a list without clauses never holds');
  t.notMatch(text, /"action":"DENY"/);
});

t.test('clients that are given different rules for a host share nothing that is made of them', async (t) => {
  const scopes = ['caller.shop', 'db.shop'].map((name) => b.uses(name, ['shoes.shop']));
  const plan = planEnvoy(small({ egressScopes: scopes }));
  const policy = b.versions('other.shop', {}, { host: b.hostFor('shoes.shop'), tls: { mode: 'DISABLE' } });
  const table = b.table('other.shop', [b.route(b.redirect({ path: '/' }))], { hosts: [b.hostFor('shoes.shop')] });
  const { index } = plan;
  const own = {
    ...plan,
    index: {
      ...index,
      destinationPolicyFor: (client: Parameters<typeof index.destinationPolicyFor>[0], host: string) =>
        client.labels.app === 'db' ? policy : index.destinationPolicyFor(client, host),
      routeTableFor: (client: Parameters<typeof index.routeTableFor>[0], host: string) =>
        client.labels.app === 'db' ? table : index.routeTableFor(client, host),
    },
  };
  const [caller, db] = ['shop/caller', 'shop/db'].map((workload) =>
    snapshotFor(own, { workload, placement: { mode: 'redirect' } }),
  );
  const plain = (snapshot: typeof caller) =>
    snapshot?.clusters.filter(({ name, transportSocket }) => name?.includes('|shoes.') && !transportSocket).length;
  t.same([plain(caller), plain(db)], [0, 1]);
  t.notMatch(JSON.stringify(caller?.routes), /pathRedirect/);
  t.match(JSON.stringify(db?.routes), /pathRedirect/);
});
