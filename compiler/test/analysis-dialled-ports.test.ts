// F7: what a proxy does with connections that are redirected to it and name nobody: plain text to a port of TLS, and any host on a port of TCP.
import t from 'tap';
import { decide, indexMesh, planEnvoy, snapshotFor } from '../index.ts';
import * as b from './support/mesh-builder.ts';
import { compiledIntent, type Edit, edited, linesOf, reviewOf } from './support/review-intent.ts';

const intent = `apiVersion: fairlead.dev/v1alpha1
kind: Mesh
metadata: { name: mesh }
spec: { egress: { default: declared } }
---
apiVersion: fairlead.dev/v1alpha1
kind: MeshService
metadata: { name: vault, namespace: shop }
spec:
  ports: [{ port: 443, name: https }]
  mtls: strict
---
apiVersion: fairlead.dev/v1alpha1
kind: MeshService
metadata: { name: web, namespace: shop }
spec:
  ports: [{ port: 80 }]
  uses: [vault, { external: bank }]
---
apiVersion: fairlead.dev/v1alpha1
kind: ExternalService
metadata: { name: bank, namespace: shop }
spec:
  hosts: [bank.example]
  ports: [{ port: 8443, protocol: HTTPS }]
---
apiVersion: fairlead.dev/v1alpha1
kind: MeshWorkload
metadata: { name: vm, namespace: shop }
spec:
  address: 10.0.0.9
  ports: [{ port: 80 }]
`;

const isTcp: Edit = ['protocol: HTTPS', 'protocol: TCP'];
const isOpen: Edit = ['default: declared', 'default: any'];
const isPermissive: Edit = ['mtls: strict', 'mtls: permissive'];
const httpBeside: Edit = [
  'kind: MeshService\nmetadata: { name: web, namespace: shop }',
  'kind: MeshService\nmetadata: { name: other, namespace: shop }\nspec: { ports: [{ port: 443, name: http }] }\n---\napiVersion: fairlead.dev/v1alpha1\nkind: MeshService\nmetadata: { name: web, namespace: shop }',
];
const usesBeside: Edit = ['uses: [vault, {', 'uses: [vault, other, {'];

type Placement = 'redirect' | 'explicit';

function said(edits: readonly Edit[], from: string, request: string, placement: Placement = 'redirect'): string {
  const index = indexMesh(compiledIntent(edited(intent, edits)));
  const { outcome, reason, status, shares } = decide(index, { from, request: b.request(request) }, { placement });
  const hosts = shares.map(({ host }) => host.replace('.svc.cluster.local', ''));
  return [outcome, reason, status, ...hosts].filter((word) => word !== undefined).join(' ');
}

t.test('plain text to a port of TLS', async (t) => {
  const web = 'shop/web';
  t.equal(said([], web, 'GET http://vault:443/'), 'unavailable', 'it has no server name: closed');
  t.equal(said([], web, 'GET https://vault/'), 'allowed vault.shop');
  t.equal(said([], web, 'tcp://vault:443'), 'allowed vault.shop', 'bytes are what the port expects');
  t.equal(said([], web, 'GET http://vault:443/', 'explicit'), 'allowed vault.shop', 'the address is the service');
  t.equal(said([], web, 'GET http://bank.example:8443/'), 'unavailable');
  t.equal(said([], web, 'GET https://bank.example:8443/'), 'allowed bank.example');
  const beside = [httpBeside, usesBeside];
  t.equal(said(beside, web, 'GET http://vault:443/'), 'unavailable 502', 'answered where requests are read');
  t.equal(said([isOpen], web, 'GET http://vault:443/'), 'denied mtls vault.shop', 'passed through, without identity');
  t.equal(said([isOpen, isPermissive], web, 'GET http://vault:443/'), 'allowed vault.shop');
  t.equal(said([], 'shop/vm', 'GET http://vault:443/'), 'denied mtls vault.shop', 'nobody looks at what it sends');
  t.equal(said([isPermissive], 'shop/vm', 'GET http://vault:443/'), 'allowed vault.shop');
  t.equal(said([isPermissive], 'unmeshed', 'GET http://vault.shop:443/'), 'allowed vault.shop');
});

t.test('a port of TCP without addresses takes whatever is dialled', async (t) => {
  const web = 'shop/web';
  for (const request of [
    'tcp://evil.example:8443',
    'GET http://evil.example:8443/',
    'GET https://evil.example:8443/',
  ]) {
    t.equal(said([], web, request), 'denied egress', `${request}: TLS has a server name`);
    t.equal(said([isTcp], web, request), 'allowed bank.example', request);
    t.equal(said([isTcp, isOpen], web, request), 'allowed bank.example', `${request}: before it is passed through`);
    t.equal(
      said([isTcp], web, request, 'explicit'),
      request.startsWith('GET http:') ? 'denied egress 502' : 'denied egress',
    );
  }
  t.equal(said([isTcp], web, 'tcp://evil.example:8444'), 'denied egress', 'on that port alone');
  const addressed: Edit = [
    'hosts: [bank.example]',
    'hosts: [bank.example]\n  resolve: static\n  addresses: [192.0.2.1]',
  ];
  t.equal(said([isTcp, addressed], web, 'tcp://evil.example:8443'), 'denied egress', 'an address tells it apart');
  const cluster: Edit = ['{ port: 443, name: https }', '{ port: 8443, name: tcp }'];
  t.equal(said([cluster], web, 'tcp://evil.example:8443'), 'denied egress', 'a Kubernetes Service has an address');
  const tlsBeside: Edit = ['{ port: 443, name: https }', '{ port: 8443, name: https }'];
  t.equal(said([isTcp, tlsBeside], web, 'GET http://vault:8443/'), 'allowed bank.example', 'plain text names nobody');
  t.equal(said([isTcp, tlsBeside], web, 'GET https://vault:8443/'), 'allowed vault.shop');
});

t.test('Envoy has a chain for it that asks for nothing, beside those of server names', async (t) => {
  const mesh = compiledIntent(edited(intent, [isTcp, ['{ port: 443, name: https }', '{ port: 8443, name: https }']]));
  const snapshot = snapshotFor(planEnvoy(mesh), { workload: 'shop/web', placement: { mode: 'redirect' } });
  const listener = snapshot?.listeners.find(({ name }) => name === 'outbound_8443');
  t.match(
    listener?.filterChains?.map(({ filterChainMatch }) => filterChainMatch),
    [{ transportProtocol: 'tls', serverNames: [] }, undefined],
  );
});

t.test('a review tells TLS from plain text, and what happens to all other hosts', async (t) => {
  const named: Edit = ['{ port: 443, name: https }', '{ port: 443, name: http }'];
  t.strictSame(
    linesOf(reviewOf(edited(intent, [named]), [named[1], named[0]])).filter((line) => line.includes('shop/web')),
    [
      'high access gained: shop/web may newly call vault.shop:443 by TLS | nobody answers -> vault.shop',
      'medium access lost: shop/web may no longer call vault.shop:443 in plain text | vault.shop -> nobody answers',
    ],
  );
  t.strictSame(
    linesOf(reviewOf(intent, isTcp)).filter((line) => line.includes('shop/web')),
    [
      'high egress gained: shop/web may newly call any other host:8443, outside the mesh | not in uses -> bank.example',
      'high egress gained: shop/web may newly call bank.example:8443 in plain text, outside the mesh | nobody answers -> bank.example',
    ],
  );
  const unused: Edit = ['uses: [vault, { external: bank }]', 'uses: [vault]'];
  t.strictSame(
    linesOf(reviewOf(edited(intent, [unused]), [unused[1], unused[0]])),
    [
      'high egress gained: shop/web may newly call bank.example:8443 by TLS, outside the mesh | not in uses -> bank.example',
    ],
    'that plain text is refused otherwise is no news',
  );
});

t.test('B4: TLS and bytes to a port of HTTP, from who has no proxy', async (t) => {
  const asked = { ...b.request('GET http://web.shop/'), port: 80 };
  const index = indexMesh(compiledIntent(intent));
  for (const from of ['unmeshed', 'shop/vm']) {
    const answer = (scheme: 'http' | 'https' | 'tcp') => {
      const method = scheme === 'tcp' ? '' : 'GET';
      return decide(index, { from, request: { ...asked, scheme, method } });
    };
    t.notMatch(answer('http'), { outcome: 'unavailable' });
    for (const scheme of ['https', 'tcp'] as const) {
      const { outcome, status, steps } = answer(scheme);
      t.same([outcome, status], ['unavailable', undefined]);
      t.match(steps.at(-1)?.text, `port 80 of web.shop.svc.cluster.local speaks HTTP, not ${scheme}`);
    }
  }
});

t.test('A16: loopback is not redirected', async (t) => {
  for (const edits of [[], [isOpen]]) {
    for (const host of ['localhost', 'LocalHost', '127.0.0.9', '[::1]']) {
      const index = indexMesh(compiledIntent(edited(intent, edits)));
      const request = { ...b.request('GET http://x:8080/'), host };
      for (const from of ['shop/web', 'shop/vm', 'unmeshed']) {
        const { outcome, status, steps } = decide(index, { from, request });
        t.strictSame([outcome, status], ['allowed', 200]);
        t.match(steps.at(-1)?.text, `${host} is loopback, which is not redirected`);
      }
      const explicit = decide(index, { from: 'shop/web', request }, { placement: 'explicit' });
      t.match(explicit, { outcome: 'denied', reason: 'egress', status: 502 });
    }
  }
  for (const host of ['localhost.example', '128.0.0.1', 'local']) {
    t.equal(said([], 'shop/web', `GET http://${host}:8080/`), 'denied egress');
  }
});
