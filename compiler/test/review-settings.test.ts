// B3 (and the gateways of B1): what changes the meaning of intent without changing a request of today.
import t from 'tap';
import type { Mesh, RawObject } from '../model/index.ts';
import { renderReviewMarkdown, renderReviewText, reviewMeshes } from '../review/index.ts';
import { compiledIntent, type Edit, lineOf, linesOf, reviewOf, saysEach, saysOnly } from './support/review-intent.ts';

const intent = `apiVersion: fairlead.dev/v1alpha1
kind: Mesh
metadata: { name: test }
spec:
  trustDomain: cluster.local
  mtls: strict
  access: { default: deny }
  egress: { default: declared }
  defaults: { timeout: 15s, retries: { attempts: 2, on: [connect-failure] } }
---
apiVersion: fairlead.dev/v1alpha1
kind: MeshService
metadata: { name: web, namespace: shop }
spec:
  ports: [{ name: http, port: 80, targetPort: 8080 }]
  uses: [shoes]
  access: { allow: [] }
---
apiVersion: fairlead.dev/v1alpha1
kind: MeshService
metadata: { name: shoes, namespace: shop }
spec:
  workload: { serviceAccount: shoes }
  ports: [{ name: http, port: 80, targetPort: 8080 }]
  access: { allow: [{ from: [{ service: web }] }] }
  resilience: { balance: roundRobin, connections: { connectTimeout: 1s } }
  expose: [{ gateway: public, host: shoes.example.com }]
---
apiVersion: fairlead.dev/v1alpha1
kind: MeshGateway
metadata: { name: public, namespace: shop }
spec:
  selector: { istio: ingressgateway }
  listeners:
    - { name: https, port: 443, protocol: HTTPS, hosts: [shoes.example.com], tls: { secret: shoes-cert } }
---
apiVersion: fairlead.dev/v1alpha1
kind: MeshTest
metadata: { name: shoes, namespace: shop }
spec:
  cases:
    - { from: web, request: GET http://shoes/, expect: { allowed: true, timeout: 15s } }
    - { from: shoes, request: GET http://web/, expect: { denied: egress } }
`;

/** Lines that must be there, and whether there may be others. */
const cases: Record<string, { edits: readonly Edit[]; says: readonly RegExp[]; hasMore?: true }> = {
  'the default of access': {
    edits: [['default: deny', 'default: allow']],
    says: [
      /^high settings changed: mesh: access where no rule is; the next service without rules is open to everybody \| .* deny -> allow$/,
    ],
  },
  'the default of egress': {
    edits: [['default: declared', 'default: any']],
    says: [/^high settings changed: mesh: egress .*any host \| .*declared -> any$/],
    hasMore: true,
  },
  'the default of mTLS': {
    edits: [['mtls: strict', 'mtls: permissive']],
    says: [/^high settings changed: mesh: mTLS .*plain text \| .*STRICT -> PERMISSIVE$/],
    hasMore: true,
  },
  'the trust domain': {
    edits: [['trustDomain: cluster.local', 'trustDomain: other.local']],
    says: [/^high settings changed: mesh: trust domain \| trust domain: cluster.local -> other.local$/],
    hasMore: true,
  },
  'defaults of routes': {
    edits: [['timeout: 15s, retries: { attempts: 2', 'timeout: 10s, retries: { attempts: 3']],
    says: [
      /^low settings changed: mesh: timeout .*15s -> 10s$/,
      /^low settings changed: mesh: retries .*2 on connect-failure -> 3 on connect-failure$/,
    ],
    hasMore: true,
  },
  'load balancing and connect timeout': {
    edits: [
      [
        'balance: roundRobin, connections: { connectTimeout: 1s }',
        'balance: random, connections: { connectTimeout: 2s }',
      ],
    ],
    says: [
      /^low settings changed: service shop\/shoes: load balancing \| .*ROUND_ROBIN -> RANDOM$/,
      /connect timeout \| .*1s -> 2s$/,
    ],
  },
  'and none of it': {
    edits: [['  resilience: { balance: roundRobin, connections: { connectTimeout: 1s } }\n', '']],
    says: [/load balancing: ROUND_ROBIN -> LEAST_REQUEST$/, /connect timeout: 1s -> 10s$/],
  },
  'a service account': {
    edits: [['serviceAccount: shoes', 'serviceAccount: boots']],
    says: [/^medium settings changed: workload shop\/shoes: service account \| service account: shoes -> boots$/],
  },
  'the instances of a service that nobody gets to': {
    edits: [
      [
        'uses: [shoes]\n  access: { allow: [] }',
        'workload: { selector: { app: other } }\n  uses: [shoes]\n  access: { allow: [] }',
      ],
    ],
    says: [/^medium settings changed: service shop\/web: labels of its instances \| .*: app=web -> app=other$/],
  },
  'instances that requests reach': {
    edits: [['{ serviceAccount: shoes }', '{ serviceAccount: shoes, selector: { app: other } }']],
    says: [/^medium traffic changed: .*instances: app=shoes -> app=other$/],
    hasMore: true,
  },
  'the certificate of a gateway': {
    edits: [['shoes-cert', 'other-cert']],
    says: [
      /^medium settings changed: gateway shop\/public: certificate of shoes\.example\.com:443 \| .*secret shoes-cert -> secret other-cert$/,
    ],
  },
  'the proxies of a gateway': {
    edits: [['istio: ingressgateway', 'istio: internal']],
    says: [
      /^high settings changed: gateway shop\/public: proxies that serve it \| .*istio=ingressgateway -> istio=internal$/,
    ],
  },
  'a test deleted': {
    edits: [['    - { from: shoes, request: GET http://web/, expect: { denied: egress } }\n', '']],
    says: [/^medium tests removed: test case removed: shop\/shoes GET http:\/\/web\/$/],
  },
  'a test weakened': {
    edits: [['{ denied: egress }', '{ denied: any }']],
    says: [
      /^medium tests changed: a test expects something else of shop\/shoes GET http:\/\/web\/ \| expectation: denied: egress -> denied: any$/,
    ],
  },
  'a test that expects less': {
    edits: [['{ allowed: true, timeout: 15s }', '{ allowed: true }']],
    says: [/^medium tests changed: .* \| expectation: allowed, timeout: 15s -> allowed$/],
  },
  'a test that expects more': {
    edits: [['{ denied: egress }', '{ denied: egress, status: 502 }']],
    says: [/^low tests changed: a test expects more of /],
  },
  'a test added': {
    edits: [
      [
        '    - { from: web,',
        '    - { from: shoes, request: GET http://shoes/, expect: { denied: any } }\n    - { from: web,',
      ],
    ],
    says: [/^low tests added: test case added: shop\/shoes GET http:\/\/shoes\/$/],
  },
  'a test by another name': {
    edits: [['kind: MeshTest\nmetadata: { name: shoes', 'kind: MeshTest\nmetadata: { name: boots']],
    says: [],
  },
  'the name of a port': {
    edits: [
      ['access: { allow: [] }', 'access: { allow: [] } # x'],
      ['  ports: [{ name: http,', '  ports: [{ name: http-web,'],
    ],
    says: [/^low settings changed: service shop\/shoes, shop\/web: port 80 \| .*: name http, .* -> name http-web, /],
  },
};

for (const [name, { edits, says, hasMore }] of Object.entries(cases)) {
  t.test(`B3: ${name}`, async (t) => {
    const lines = linesOf(reviewOf(intent, ...edits));
    (hasMore ? saysEach : saysOnly)(t, lines, says);
  });
}

t.test('B5: settings are cited where they are written', async (t) => {
  const edits: readonly (readonly [Edit, string])[] = [
    [['default: deny', 'default: allow'], 'access: { default'],
    [['trustDomain: cluster.local', 'trustDomain: other.local'], 'trustDomain'],
    [['defaults: { timeout: 15s', 'defaults: { timeout: 10s'], 'defaults'],
    [['balance: roundRobin', 'balance: random'], 'balance'],
    [['connectTimeout: 1s', 'connectTimeout: 2s'], 'balance'],
    [['shoes-cert', 'other-cert'], '- { name: https'],
    [['istio: ingressgateway', 'istio: internal'], 'istio: ingressgateway'],
  ];
  for (const [edit, text] of edits) {
    const rows = reviewOf(intent, edit).rows.filter(({ kind }) => kind === 'settings');
    t.ok(rows.length > 0, text);
    for (const { base, head } of rows)
      t.same(
        [...base, ...head].map(({ origin }) => origin.start.line),
        [lineOf(intent, text), lineOf(intent, text)],
        text,
      );
  }
  const account = reviewOf(intent, ['{ istio: ingressgateway }', '{ istio: ingressgateway }\n  serviceAccount: zz']);
  const [row] = account.rows.filter(({ about }) => about === 'service account');
  t.match(
    row?.head,
    [{ origin: { start: { line: lineOf(intent, 'istio: ingressgateway') + 1 } } }],
    'once it is written',
  );
  const { rows } = reviewOf(intent, ['egress: { default: declared }', 'egress: { default: any }']);
  const egress = rows.find(({ kind }) => kind === 'egress');
  t.match(egress?.head, [{ text: /^egress mode any/, origin: { start: { line: lineOf(intent, 'egress: {') } } }]);
});

t.test('B3: access that opens to who does not declare that it uses the service', async (t) => {
  const stranger = `---
apiVersion: fairlead.dev/v1alpha1
kind: MeshService
metadata: { name: ops, namespace: infra }
spec:
  ports: [{ name: http, port: 80, targetPort: 8080 }]
  access: { allow: [] }
`;
  const strange = [
    [
      'access: { allow: [{ from: [{ service: web }] }] }',
      'access: { allow: [{ from: [{ service: web }] }, { from: [{ namespace: infra }], paths: [/admin/*] }] }',
    ],
  ] as const;
  const { rows } = reviewOf(intent + stranger, ...strange);
  t.match(rows, [
    {
      kind: 'access',
      effect: 'gained',
      severity: 'medium',
      title: 'infra/ops, any further workload of namespace infra may newly call shoes.shop:80, once declared in uses',
      requests: ['any method /admin/*'],
      head: [{ text: /allowed by rule/ }],
    },
  ]);
  t.equal(rows.length, 1);
  t.equal(rows[0]?.witness, undefined, 'no request of today');
  t.match(
    linesOf(reviewOf(intent, ...strange)),
    [/^medium access gained: any further workload of namespace infra may newly call shoes\.shop:80, once declared/],
    'nobody is there yet',
  );
});

t.test('B3: objects that are passed through', async (t) => {
  const mesh = compiledIntent(intent);
  const raw = (spec: object): Mesh => ({ ...mesh, passthrough: [objectWith(spec, mesh)] });
  t.match(linesOf(reviewMeshes(raw({ a: 1 }), raw({ a: 2 }))), [
    /^medium settings changed: EnvoyFilter shop\/lua changed/,
  ]);
  t.match(linesOf(reviewMeshes(mesh, raw({}))), [/^medium settings added: EnvoyFilter shop\/lua added/]);
  t.same(linesOf(reviewMeshes(raw({ a: 1, b: 2 }), raw({ b: 2, a: 1 }))), []);
});

function objectWith(spec: object, { origin }: Mesh): RawObject {
  return {
    kind: 'RawObject',
    object: { kind: 'EnvoyFilter', metadata: { namespace: 'shop', name: 'lua' }, spec },
    origin,
  };
}

t.test('B3: the certificate of a host that gets a listener of its own, or loses it', async (t) => {
  const wide = intent.replace('hosts: [shoes.example.com], tls', 'hosts: ["*.example.com"], tls');
  const own =
    '\n    - { name: hats, port: 443, protocol: HTTPS, hosts: [hats.example.com], tls: { secret: hats-cert } }';
  const more: Edit = ['tls: { secret: shoes-cert } }', `tls: { secret: shoes-cert } }${own}`];
  const certificates = (text: string, edit: Edit) =>
    linesOf(reviewOf(text, edit)).filter((line) => line.includes('certificate'));
  t.match(certificates(wide, more), [
    /certificate of hats\.example\.com:443 \| .*secret shoes-cert -> secret hats-cert$/,
  ]);
  t.match(certificates(wide.replace(...more), [own, '']), [/secret hats-cert -> secret shoes-cert$/]);
});

t.test('what closes all services is said first, however few rows are shown', async (t) => {
  const services = Array.from({ length: 40 }, (_, i) => {
    const uses = i === 0 ? '' : `, uses: [s${i - 1}]`;
    return `---\napiVersion: fairlead.dev/v1alpha1\nkind: MeshService\nmetadata: { name: s${i}, namespace: shop }\nspec: { ports: [{ port: 80 }]${uses} }\n`;
  });
  const mesh =
    'apiVersion: fairlead.dev/v1alpha1\nkind: Mesh\nmetadata: { name: test }\nspec: { access: { default: allow } }\n';
  const review = reviewOf(mesh + services.join(''), ['default: allow', 'default: deny']);
  t.ok(review.rows.length > 1 && review.rows.length < 9, `${review.rows.length} rows`);
  for (const text of [renderReviewText(review, { limit: 1 }), renderReviewMarkdown(review, { limit: 1 })])
    t.match(text, /mesh: access where no rule is/);
});
