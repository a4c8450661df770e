// A4: a proxy normalizes a path once. What it makes of `/%2e%2e;/x` the next one reads otherwise, and no verdict may read it twice.
import t from 'tap';
import { decide, indexMesh, runTests } from '../index.ts';
import * as b from './support/mesh-builder.ts';
import { explainedIn } from './support/log-mesh.ts';
import { compiledIntent } from './support/review-intent.ts';

const mesh = compiledIntent(String.raw`
apiVersion: fairlead.dev/v1alpha1
kind: MeshGateway
metadata: { name: g, namespace: edge }
spec: { listeners: [{ name: w, port: 80, protocol: HTTP, hosts: [shop.example.com] }] }
---
apiVersion: fairlead.dev/v1alpha1
kind: MeshService
metadata: { name: shoes, namespace: shop }
spec:
  ports: [{ port: 80 }]
  expose: [{ gateway: edge/g, host: shop.example.com, path: /public/* }]
  access: { allow: [{ from: [{ gateway: edge/g }] }] }
---
apiVersion: fairlead.dev/v1alpha1
kind: MeshService
metadata: { name: c, namespace: shop }
spec: { ports: [{ port: 80 }], uses: [b] }
---
apiVersion: fairlead.dev/v1alpha1
kind: MeshService
metadata: { name: b, namespace: shop }
spec:
  ports: [{ port: 80 }]
  mtls: permissive
  routes: [{ match: { path: { regex: '/.*/\.\.;.*' } }, redirect: { path: /blocked } }, { to: [{ service: b }] }]
  access: { deny: [{ paths: [/deny/*] }] }
---
apiVersion: fairlead.dev/v1alpha1
kind: MeshTest
metadata: { name: t, namespace: shop }
spec:
  cases:
    - { from: outside, request: "GET http://shop.example.com/public/%2e%2e;/admin", expect: { denied: route } }
    - { from: c, request: "GET http://b/deny/x", expect: { service: b } }
    - { from: c, request: "GET http://b/deny/x", expect: { path: /deny/x } }
`);
const index = indexMesh(mesh);
const ask = (from: string, path: string) => decide(index, { from, request: b.request(`GET ${path}`) });

t.test(
  'a gateway takes dots behind a semicolon for what they are, and the service gets what they lead to',
  async (t) => {
    const verdict = ask('outside', 'http://shop.example.com/public/%2e%2e;/admin');
    t.match(verdict, { outcome: 'allowed', forwarded: { path: '/admin' } });
    t.match(ask('outside', 'http://shop.example.com/x/%2e.;/public/admin'), { outcome: 'denied', reason: 'route' });
  },
);

t.test('a sidecar likewise, and a callee reads what its own proxy makes of it', async (t) => {
  t.match(ask('shop/c', 'http://b/x/%2e%2e;/y'), { outcome: 'redirect' });
  t.match(ask('unmeshed', 'http://b.shop.svc/x/%2e.;/deny/x'), { outcome: 'allowed' });
  t.match(ask('unmeshed', 'http://b.shop.svc/deny/%2e.;/y'), { outcome: 'denied', reason: 'access' });
});

t.test('a MeshTest of a request that is refused says nothing of who answers', async (t) => {
  const failed = runTests(mesh).results.map(({ failures }) => failures.map(({ field }) => field));
  t.strictSame(failed, [['denied'], ['service'], ['path']]);
});

t.test('what a log has is what the proxy decided on', async (t) => {
  const logged = {
    workload: 'shop/b',
    listener: 'inbound_80',
    method: 'GET',
    path: '/x/..;/deny/x',
    authority: 'b',
    response_code: 200,
    upstream_cluster: 'inbound|80||',
  };
  const said = explainedIn(mesh, JSON.stringify(logged));
  t.match(said, /was answered 200/);
  t.notMatch(said, /denied \(403\)/);
});
