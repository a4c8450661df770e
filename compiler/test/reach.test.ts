// A10: reach against brute force: a caller gets to a port of a service, by decide, exactly if reach has a row whose condition holds the request.
import fc from 'fast-check';
import t from 'tap';
import { compile, decide, reach, type Verdict } from '../index.ts';
import { findHost, findUse } from '../analysis/place/find-host.ts';
import { gets, type Goal, type Reached, reachedBy } from '../analysis/symbolic/reach.ts';
import { hostsOver, indexMesh, type MeshIndex, type TestRequest } from '../model/index.ts';
import { check } from './support/check.ts';
import { type RandomCall, randomCall } from './support/random-call.ts';
import { randomMesh } from './support/random-mesh.ts';

const calls = fc.array(randomCall, { minLength: 10, maxLength: 10 });

function goalsOf({ shares, mirrors = [] }: Verdict): Goal[] {
  const goal = (isCopy: boolean) => (one: Verdict['shares'][number]) => ({ host: one.host, port: one.port, isCopy });
  return [...shares.map(goal(false)), ...mirrors.map(goal(true))];
}

/** The host under which rows list what the caller addressed. */
function addressed(index: MeshIndex, { from, request }: RandomCall): readonly string[] {
  if (from === 'outside') return hostsOver(request.host);
  const workload = index.workloadByKey.get(from);
  const use = workload && findUse(index, workload, request.host, request.port);
  const host = use?.host ?? findHost(index, request.host, workload?.namespace ?? '')?.host;
  return host === undefined ? [] : [host];
}

function holds({ space, node, ...row }: Reached, request: TestRequest): boolean {
  return gets(space.evaluate(node, request), row);
}

const seen = { found: 0, refused: 0, rerouted: 0, fromOutside: 0, copies: 0 };

function findRow(rows: readonly Reached[], { from, request }: RandomCall, names: readonly string[], goal: Goal) {
  return rows.find((row) => {
    const { host, port } = row.question.request;
    const isHere = row.host === goal.host && row.port === goal.port && row.isCopy === goal.isCopy;
    const isAsked = names.includes(host) && port === request.port && row.from.includes(from);
    return isHere && isAsked && holds(row, request);
  });
}

/** What a caller gets to is in a row. */
function hasRows(index: MeshIndex, rows: readonly Reached[], call: RandomCall): void {
  const { from, request } = call;
  const names = addressed(index, call);
  const verdict = decide(index, call);
  for (const goal of goalsOf(verdict).filter((one) => gets(verdict, one) && index.serviceByHost.has(one.host))) {
    seen.found += 1;
    if (from === 'outside') seen.fromOutside += 1;
    else if (!names.includes(goal.host)) seen.rerouted += 1;
    if (goal.isCopy) seen.copies += 1;
    if (findRow(rows, call, names, goal)) continue;
    throw new Error(`no row: ${from} ${request.method} ${request.host}:${request.port}${request.path} to ${goal.host}`);
  }
}

/** What a row says of its address is so for each of its callers. */
function isTrue(index: MeshIndex, row: Reached, parts: TestRequest): void {
  const { question, exampleHost, host } = row;
  for (const from of row.from) {
    const request = { ...parts, ...question.request, host: exampleHost };
    const isReached = gets(decide(index, { ...question, from, request }), row);
    if (!isReached) seen.refused += 1;
    if (isReached === holds(row, request)) continue;
    throw new Error(`${from} ${request.method} ${exampleHost}${request.path}: decide says ${isReached} of ${host}`);
  }
}

t.test('who gets where, by decide and by reach', async (t) => {
  check(
    fc.property(randomMesh, calls, (mesh, calls) => {
      const index = indexMesh(mesh);
      const rows = reachedBy(index, {});
      for (const call of calls) hasRows(index, rows, call);
      for (const row of rows) for (const { request } of calls) isTrue(index, row, request);
    }),
    { numRuns: 300, seed: 7 },
  );
  for (const [kind, count] of Object.entries(seen)) t.ok(count > 20, `${kind}: ${count}`);
});

const text = `apiVersion: fairlead.dev/v1alpha1
kind: MeshGateway
metadata: { name: public, namespace: edge }
spec: { listeners: [{ name: web, port: 80, protocol: HTTP, hosts: [shop.example.com] }] }
---
apiVersion: fairlead.dev/v1alpha1
kind: MeshService
metadata: { name: app, namespace: shop }
spec:
  ports: [{ port: 80 }]
  expose: [{ gateway: edge/public, host: shop.example.com }]
  routes:
    - { name: login, match: { path: /login/* }, to: [{ service: auth }] }
    - { name: split, match: { path: /split }, to: [{ service: open, weight: 50 }, { service: auth, weight: 50 }] }
  access: { allow: [{ from: [{ gateway: edge/public }, { service: caller }] }] }
---
apiVersion: fairlead.dev/v1alpha1
kind: MeshService
metadata: { name: auth, namespace: shop }
spec: { ports: [{ port: 80 }], access: { allow: [{ from: [{ gateway: edge/public }] }] } }
---
apiVersion: fairlead.dev/v1alpha1
kind: MeshService
metadata: { name: open, namespace: shop }
spec: { ports: [{ port: 80 }], access: { allow: [{ from: [{ namespace: shop }] }] } }
---
apiVersion: fairlead.dev/v1alpha1
kind: MeshService
metadata: { name: caller, namespace: shop }
spec: { ports: [{ port: 80 }], uses: [app] }
`;
const { mesh, diagnostics } = compile({ label: 'test', files: [{ path: 'a.yaml', text }], diagnostics: [] });

t.test('rows are of the service that is reached, from outside as well', async (t) => {
  t.same(
    diagnostics.filter(({ severity }) => severity === 'error'),
    [],
  );
  if (!mesh) return t.fail('is compiled');
  const auth = reach(mesh, { to: 'shop/auth' });
  t.match(auth, [
    {
      from: ['outside'],
      service: 'shop/auth',
      by: { gateway: 'edge/public', scheme: 'http', host: 'shop.example.com', port: 80 },
      requests: ['any method /login/*, /split'],
      example: { text: 'GET http://shop.example.com/login' },
    },
  ]);
  t.equal(auth.length, 1, 'not the caller: auth does not let it in');
  t.match(
    reach(mesh, { from: 'shop/caller', to: 'shop/open' }),
    [
      {
        requests: ['any method /split'],
        because: { text: 'allowed by rule shop/open/access/allow/0', origin: { start: { line: 25 } } },
      },
    ],
    'of a split, the rule of the share that gets through',
  );
  t.match(reach(mesh, { from: 'shop/caller', to: 'shop/auth' }), [{ reach: 'none' }]);
  t.match(
    reach(mesh, { from: 'edge/public' }).map(({ service }) => service),
    ['shop/app', 'shop/auth'],
  );
});

t.test('what a gateway does not reach is asked for as a gateway is asked', async (t) => {
  const text = `apiVersion: fairlead.dev/v1alpha1
kind: MeshGateway
metadata: { name: g, namespace: edge }
spec: { listeners: [{ name: web, port: 80, protocol: HTTP, hosts: [a.example.com] }] }
---
apiVersion: fairlead.dev/v1alpha1
kind: MeshService
metadata: { name: api, namespace: shop }
spec: { ports: [{ port: 80 }], access: { allow: [] }, expose: [{ gateway: edge/g, host: a.example.com, path: /api/* }] }
---
apiVersion: fairlead.dev/v1alpha1
kind: MeshService
metadata: { name: hidden, namespace: shop }
spec: { ports: [{ port: 80 }] }
`;
  const { mesh } = compile({ label: 'test', files: [{ path: 'a.yaml', text }], diagnostics: [] });
  const rows = mesh ? reach(mesh, { from: 'edge/g' }) : [];
  t.same(
    rows.map(({ service, reach: got, by, example, because }) => [
      service,
      got,
      by.gateway,
      example.text,
      because?.text,
    ]),
    [
      ['shop/api', 'none', 'edge/g', 'GET http://a.example.com/api', 'no rule allows it (policy shop/api-allow)'],
      [
        'shop/hidden',
        'none',
        'edge/g',
        'GET http://hidden.shop.svc.cluster.local/',
        'gateway edge/g serves no host hidden.shop.svc.cluster.local on port 80',
      ],
    ],
  );
});

t.test('methods that come over HTTP/2 alone', async (t) => {
  const service = (name: string, spec: string) =>
    `apiVersion: fairlead.dev/v1alpha1\nkind: MeshService\nmetadata: { name: ${name}, namespace: shop }\nspec: ${spec}\n`;
  const told = (methods: string) => {
    const server = `{ ports: [{ name: http2, port: 80 }], access: { allow: [{ methods: [${methods}] }] } }`;
    const text = `${service('web', '{ ports: [{ port: 80 }], uses: [api] }')}---\n${service('api', server)}`;
    const { mesh } = compile({ label: 'test', files: [{ path: 'a.yaml', text }], diagnostics: [] });
    const rows = mesh ? reach(mesh, { from: 'shop/web', to: 'shop/api' }) : [];
    return rows.map(({ requests, example }) => ({ requests, text: example.text, outcome: example.verdict.outcome }));
  };
  t.same(told('GET, { extension: FOO }'), [
    { requests: ['FOO', 'GET, WebSocket apart'], text: 'GET http://api.shop.svc.cluster.local/', outcome: 'allowed' },
  ]);
  t.same(told('{ extension: FOO }'), [
    { requests: ['FOO'], text: 'FOO http://api.shop.svc.cluster.local/ over HTTP/2', outcome: 'allowed' },
  ]);
});

t.test('what comes beside an exception is no exception', async (t) => {
  const text = `apiVersion: fairlead.dev/v1alpha1
kind: MeshService
metadata: { name: web, namespace: shop }
spec: { ports: [{ port: 80 }], uses: [api] }
---
apiVersion: fairlead.dev/v1alpha1
kind: MeshService
metadata: { name: api, namespace: shop }
spec:
  ports: [{ port: 80 }]
  routes: [{ match: { path: /x/a }, redirect: { path: /y } }]
  access: { allow: [{ paths: [/x/*, /z] }] }
`;
  const { mesh } = compile({ label: 'test', files: [{ path: 'a.yaml', text }], diagnostics: [] });
  const [row] = mesh ? reach(mesh, { from: 'shop/web', to: 'shop/api' }) : [];
  t.same(row?.requests, ['any method /z, (/x/* but /x/a)']);
});
