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
