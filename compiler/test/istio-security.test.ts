// AuthorizationPolicies and PeerAuthentications of the Istio back end.
import t from 'tap';
import type * as m from '../model/index.ts';
import { emitted, type Fields } from './support/istio.ts';
import * as b from './support/mesh-builder.ts';

t.test('access', async (t) => {
  const target = { selector: { matchLabels: { app: 'shoes' } } };
  const text = (type: 'prefix' | 'suffix' | 'exact' | 'regex', value: string): m.StringMatch => ({ type, value });
  const rich = b.rule(
    [b.from({ principals: [text('exact', 'a/b')], notNamespaces: [text('prefix', 'dev-')] }), b.callers('users')],
    [
      b.operation(['POST'], ['/a', '/b/*', '*.js'], {
        notMethods: [{ type: 'present' }],
        notPaths: [b.path('/c/*')],
        ports: [8080],
      }),
    ],
  );
  const table: readonly [string, m.AuthorizationPolicy, Fields][] = [
    ['nothing is allowed', b.policy('shoes', 'ALLOW', []), { ...target, action: 'ALLOW' }],
    ['everything is allowed', b.policy('shoes', 'ALLOW', [b.rule([])]), { ...target, action: 'ALLOW', rules: [{}] }],
    [
      'a source without conditions',
      b.policy('shoes', 'DENY', [b.rule([b.from({}), b.callers('x')])]),
      { ...target, action: 'DENY', rules: [{}] },
    ],
    [
      'all fields',
      b.policy('shoes', 'ALLOW', [rich]),
      {
        ...target,
        action: 'ALLOW',
        rules: [
          {
            from: [
              { source: { principals: ['a/b'], notNamespaces: ['dev-*'] } },
              { source: { principals: ['cluster.local/ns/shop/sa/users'] } },
            ],
            to: [
              {
                operation: {
                  ports: ['8080'],
                  methods: ['POST'],
                  notMethods: ['*'],
                  paths: ['/a', '/b', '/b/*', '*.js'],
                  notPaths: ['/c', '/c/*'],
                },
              },
            ],
          },
        ],
      },
    ],
    [
      'a whole namespace',
      b.policy('shoes', 'ALLOW', [], { target: { namespace: 'shop', labels: {} } }),
      { action: 'ALLOW' },
    ],
  ];
  for (const [name, policy, spec] of table) {
    t.strictSame(emitted(t, b.mesh({ authorizationPolicies: [policy] })).one('AuthorizationPolicy'), spec, name);
  }
});

t.test('access that cannot be expressed refuses more, never less', async (t) => {
  const regex = b.operation(['GET'], ['~/v[0-9]']);
  const rules = [b.rule([], [regex]), b.rule([b.callers('users')], [b.operation(['GET'])])];
  const emit = (action: 'ALLOW' | 'DENY') =>
    emitted(t, b.mesh({ authorizationPolicies: [b.policy('shoes', action, rules)] }));
  const allow = emit('ALLOW');
  t.strictSame(allow.codes, ['FL0501']);
  t.equal((allow.one('AuthorizationPolicy').rules as unknown[]).length, 1, 'the rule is gone');
  const deny = emit('DENY');
  t.strictSame(deny.codes, ['FL0501']);
  t.match(deny.one('AuthorizationPolicy').rules, [{ to: [{ operation: { methods: ['GET'] } }] }, {}]);
});

t.test('what Istio has in some places only', async (t) => {
  const text = (value: string): m.StringMatch => ({ type: 'exact', value });
  const clause = (...all: m.Condition[]): m.Clause => ({ ...b.from({}), all });
  const always = clause();
  const one = { anyOf: b.some([text('x')]), not: false };
  const header: m.Condition = { kind: 'header', name: 'x-user', ...one };
  const path: m.Condition = { kind: 'path', anyOf: [b.path('/a')], not: false };
  const method: m.Condition = { kind: 'method', ...one };
  const port: m.Condition = { kind: 'port', anyOf: [8080], not: true };
  const principal: m.Condition = { kind: 'principal', ...one };
  const namespace: m.Condition = { kind: 'namespace', anyOf: [text('a'), text('b')], not: true };
  const other: m.Condition = { kind: 'namespace', anyOf: [text('c')], not: true };
  const emit = (action: m.AccessAction, parts: Partial<m.AuthorizationRule>) => {
    const rules = [{ ...b.rule([]), from: [always], to: [always], ...parts }];
    const { one, codes } = emitted(t, b.mesh({ authorizationPolicies: [b.policy('shoes', action, rules)] }));
    return { rules: one('AuthorizationPolicy').rules as readonly Fields[] | undefined, codes };
  };
  const expressible: readonly [Partial<m.AuthorizationRule>, Fields][] = [
    [
      { when: [header, principal, namespace, port] },
      {
        when: [
          { key: 'request.headers[x-user]', values: ['x'] },
          { key: 'source.principal', values: ['x'] },
          { key: 'source.namespace', notValues: ['a', 'b'] },
          { key: 'destination.port', notValues: ['8080'] },
        ],
      },
    ],
    [{ to: [clause(method, port)] }, { to: [{ operation: { notPorts: ['8080'], methods: ['x'] } }] }],
    [{ from: [clause(namespace, other)] }, { from: [{ source: { notNamespaces: ['a', 'b', 'c'] } }] }],
  ];
  for (const [parts, rule] of expressible) {
    for (const action of ['ALLOW', 'DENY'] as const) {
      t.strictSame(emit(action, parts), { rules: [rule], codes: [] }, JSON.stringify(rule));
    }
  }
  const refused: readonly Partial<m.AuthorizationRule>[] = [
    ...[path, method, header, port].map((condition) => ({ from: [clause(condition)] })),
    ...[header, principal, namespace].map((condition) => ({ to: [clause(condition)] })),
    ...[path, method].map((condition) => ({ when: [condition] })),
  ];
  for (const parts of refused) {
    t.strictSame(emit('ALLOW', parts), { rules: undefined, codes: ['FL0516'] }, 'the rule is gone');
    t.strictSame(emit('DENY', parts), { rules: [{}], codes: ['FL0516'] }, 'the condition is gone');
  }
  const twice = { from: [clause(principal, principal, namespace)] };
  t.strictSame(emit('ALLOW', twice).codes, ['FL0516']);
  t.strictSame(emit('DENY', twice).rules, [{ from: [{ source: { principals: ['x'], notNamespaces: ['a', 'b'] } }] }]);
});

t.test('a rule that never holds is left out', async (t) => {
  const emit = (action: m.AccessAction, rule: m.AuthorizationRule) =>
    emitted(t, b.mesh({ authorizationPolicies: [b.policy('shoes', action, [rule])] })).all('AuthorizationPolicy');
  for (const never of [{ from: [] }, { to: [] }]) {
    const rule = { ...b.rule([]), ...never };
    t.match(emit('ALLOW', rule), [{ action: 'ALLOW', rules: undefined }], 'allows nothing');
    t.strictSame(emit('DENY', rule), [], 'denies nothing');
  }
});

t.test('mTLS', async (t) => {
  const { all } = emitted(t, b.mesh({ peerAuthentications: [b.peers('shoes', 'STRICT', { 8080: 'PERMISSIVE' })] }));
  t.strictSame(all('PeerAuthentication'), [
    { mtls: { mode: 'STRICT' } },
    {
      selector: { matchLabels: { app: 'shoes' } },
      mtls: { mode: 'STRICT' },
      portLevelMtls: { 8080: { mode: 'PERMISSIVE' } },
    },
  ]);
  const own = { ...b.peers('default.istio-system', 'PERMISSIVE'), target: { namespace: 'istio-system', labels: {} } };
  t.strictSame(emitted(t, b.mesh({ peerAuthentications: [own] })).all('PeerAuthentication'), [
    { mtls: { mode: 'PERMISSIVE' } },
  ]);
});
