// Extensions, the methods that proxies take over HTTP/2 alone: what a change does to requests that have one.
import { once } from 'node:events';
import { connect } from 'node:http2';
import t from 'tap';
import { contentKey, decide, decisionFor, essence, RequestSpace } from '../analysis/index.ts';
import { extensionsIn } from '../analysis/symbolic/extensions.ts';
import { verdictOf } from '../analysis/symbolic/fate.ts';
import { httpMethods, indexMesh, type TestRequest } from '../model/index.ts';
import { skipWithoutEnvoy } from './support/envoy.ts';
import { runMesh } from './support/mesh-on-envoy.ts';
import { compiledIntent, type Edit, edited, linesOf, reviewOf, saysEach } from './support/review-intent.ts';

const intent = `apiVersion: fairlead.dev/v1alpha1
kind: Mesh
metadata: { name: test }
spec: { mtls: strict, access: { default: deny }, egress: { default: declared } }
---
apiVersion: fairlead.dev/v1alpha1
kind: MeshService
metadata: { name: web, namespace: shop }
spec:
  ports: [{ name: http, port: 80, targetPort: 8080 }]
  uses: [calls, pages, { external: partner }]
  access: { allow: [] }
---
apiVersion: fairlead.dev/v1alpha1
kind: MeshService
metadata: { name: calls, namespace: shop }
spec:
  ports: [{ name: grpc, port: 90, targetPort: 8090 }]
  access: { allow: [{ from: [{ service: web }], methods: [GET] }] }
---
apiVersion: fairlead.dev/v1alpha1
kind: MeshService
metadata: { name: pages, namespace: shop }
spec:
  ports: [{ name: http, port: 91, targetPort: 8091 }]
  routes:
    - match: { path: /old, methods: [GET] }
      redirect: { path: /new }
    - to: [{ service: pages }]
  access: { allow: [{ from: [{ service: web }], methods: [POST] }] }
---
apiVersion: fairlead.dev/v1alpha1
kind: ExternalService
metadata: { name: partner, namespace: shop }
spec: { hosts: [partner.example.com], ports: [{ name: http, port: 80 }] }
`;

const announce = '{ extension: ANNOUNCE }';
const calls: Edit = ['methods: [GET] }] }', `methods: [GET, ${announce}] }] }`];

const cases: Record<
  string,
  { edits: readonly Edit[]; says: readonly RegExp[]; requests?: readonly string[]; hasMore?: true }
> = {
  'access to an HTTP/2 port': {
    edits: [calls],
    says: [
      /^high access gained: shop\/web may newly call calls\.shop:90 \| denied by access rules \(403\) -> calls\.shop$/,
    ],
    requests: ['ANNOUNCE'],
  },
  'access to an HTTP/1.1 port, which none of them reaches': {
    edits: [['methods: [POST] }] }', `methods: [POST, ${announce}] }] }`]],
    says: [],
  },
  'QUERY, which proxies take with a content-type': {
    edits: [['methods: [GET] }] }', 'methods: [GET, { extension: QUERY }] }] }']],
    says: [/^high access gained: shop\/web may newly call calls\.shop:90 /],
    requests: ['QUERY with content-type: a value, WebSocket apart'],
  },
  "a redirect, which the caller's proxy answers": {
    edits: [['path: /old, methods: [GET]', `path: /old, methods: [GET, ${announce}]`]],
    says: [
      /^low behavior changed: .*pages\.shop:91 are answered otherwise \| answer: .*\(400\) -> redirected \(301\) to \/new$/,
    ],
    requests: ['ANNOUNCE /old'],
    hasMore: true,
  },
  'every method but them': {
    edits: [['methods: [GET] }] }', `methods: [${httpMethods.join(', ')}] }] }`]],
    says: [/^high access gained: shop\/web may newly call calls\.shop:90 /],
    requests: ['any method of HTTP/1.1 but GET, WebSocket apart'],
  },
  'every method': {
    edits: [['web }], methods: [GET] }] }', 'web }] }] }']],
    says: [/^high access gained: shop\/web may newly call calls\.shop:90 /],
    requests: ['any extension method', 'any method of HTTP/1.1 but GET, WebSocket apart'],
  },
};

for (const [name, { edits, says, requests, hasMore }] of Object.entries(cases)) {
  t.test(`${name}`, async (t) => {
    const review = reviewOf(intent, ...edits);
    const lines = linesOf(review);
    if (!hasMore) t.equal(lines.length, says.length, lines.join('\n'));
    saysEach(t, lines, says);
    if (requests) {
      t.same(review.rows[0]?.requests, requests);
      const isExtension = /^(ANNOUNCE|QUERY)/.test(requests[0] ?? '');
      t.equal(review.rows[0]?.witness?.text.endsWith(' over HTTP/2'), isExtension);
    }
  });
}

t.test(
  'a port that changes between HTTP/1.1 and HTTP/2 takes them, or no longer, whether methods are asked about or not',
  async (t) => {
    const plain: readonly Edit[] = [
      [', methods: [GET] }] }', ' }] }'],
      [', methods: [GET] }\n      redirect', ' }\n      redirect'],
      ['web }], methods: [POST] }] }', 'web }] }] }'],
    ];
    const http1: Edit = ['name: grpc, port: 90', 'name: http, port: 90'];
    const asked = (from: readonly Edit[], to: readonly Edit[]) => {
      const base = edited(intent, from);
      return reviewOf(base, [base, edited(intent, to)]).rows.map(({ effect, kind, requests, witness }) => [
        kind,
        effect,
        requests.join(),
        witness?.text,
      ]);
    };
    const get = 'GET http://calls:90/';
    const protocol = ['traffic', 'changed', 'any method of HTTP/1.1, WebSocket apart', get];
    const webSocket = (effect: string) => ['access', effect, 'any method of HTTP/1.1 for WebSocket', get];
    const witness = 'ANNOUNCE http://calls:90/ over HTTP/2';
    const extensions = (effect: string) => ['access', effect, 'any extension method', witness];
    t.same(asked([...plain, http1], plain), [extensions('gained'), webSocket('lost'), protocol]);
    t.same(asked(plain, [...plain, http1]), [webSocket('gained'), extensions('lost'), protocol]);
    const timeout: Edit = [
      'name: calls, namespace: shop }\nspec:\n',
      'name: calls, namespace: shop }\nspec:\n  routes: [{ timeout: 3s }]\n',
    ];
    t.same(
      asked(plain, [...plain, timeout]),
      [['behavior', 'changed', 'every request, WebSocket apart', get]],
      'where that does not change nobody hears of them',
    );
  },
);

/** The head of the first case. */
const mesh = compiledIntent(edited(intent, [calls]));

t.test('that all other methods are listed does not hide what becomes of them', async (t) => {
  const listed: Edit = ['methods: [GET] }] }', `methods: [${httpMethods.join(', ')}] }] }`];
  const { rows } = reviewOf(edited(intent, [listed]), [`, methods: [${httpMethods.join(', ')}] }] }`, ' }] }']);
  t.same(
    rows.map(({ effect, witness }) => [effect, witness?.text]),
    [['gained', 'ANNOUNCE http://calls:90/ over HTTP/2']],
  );
});

t.test('sets of requests say of extensions what the verdict says', async (t) => {
  const index = indexMesh(mesh);
  const extensions = 'with QUERY';
  const hosts = { 'calls.shop': 90, 'pages.shop': 91, 'partner.example.com': 80 };
  for (const [host, port] of Object.entries(hosts)) {
    for (const from of ['shop/web', 'unmeshed']) {
      const question = { from, request: { scheme: 'http', host, port }, version: 'HTTP/2' } as const;
      const decision = decisionFor(index, { ...question, extensions });
      const space = new RequestSpace([decision], extensions);
      for (const method of ['GET', 'POST', 'ANNOUNCE', 'QUERY']) {
        for (const path of ['/', '/old']) {
          for (const headers of [{}, { 'content-type': 'a/b' }]) {
            const request: TestRequest = { ...question.request, method, path, headers };
            const fate = space.evaluate(space.compile(decision), request);
            const { steps: _, ...verdict } = decide(index, { ...question, request });
            const said = [verdict, verdictOf(fate, request)].map((one) => contentKey(essence(one)));
            t.equal(said[0], said[1], `${method} ${host}${path} from ${from}`);
          }
        }
      }
    }
  }
});

t.test('they are told apart only where it matters', async (t) => {
  const index = indexMesh(mesh);
  const isApart = (host: string, port: number) =>
    extensionsIn([decisionFor(index, { from: 'shop/web', request: { scheme: 'http', host, port } })]);
  t.equal(isApart('calls.shop', 90), 'without QUERY');
  t.equal(isApart('pages.shop', 91), undefined);
});

t.test('real Envoys do what the verdict says of them', { skip: skipWithoutEnvoy }, async (t) => {
  const running = await runMesh(mesh, [
    { id: 'web', workload: 'shop/web' },
    { id: 'calls', workload: 'shop/calls' },
    { id: 'pages', workload: 'shop/pages' },
  ]);
  t.after(() => running.stop());
  const proxy = running.placements.get('web')?.outboundHttp;
  t.ok(proxy);
  const session = connect(`http://127.0.0.1:${proxy?.port}`);
  t.after(() => session.close());
  const ask = async (method: string, authority: string) => {
    const stream = session.request({ ':method': method, ':path': '/', ':authority': authority });
    stream.end();
    const [headers] = (await once(stream, 'response')) as [{ ':status'?: number }];
    stream.close();
    return headers[':status'];
  };
  t.equal(await ask('QUERY', 'calls:90'), 400, 'without a content-type');
  t.equal(await ask('DESCRIBE', 'calls:90'), 403, 'no rule allows it');
  t.not(
    await ask('ANNOUNCE', 'calls:90'),
    403,
    'a rule allows it: it reaches the application, which speaks HTTP/1.1 here',
  );
  t.equal(await ask('ANNOUNCE', 'pages:91'), 400, 'from proxy to proxy over HTTP/1.1');
});
