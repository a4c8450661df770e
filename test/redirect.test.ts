// Redirect placement from end to end: two namespaces as pods, the injector's own rules, real Envoy beside each application,
// configured by the real control plane over the network. What is refused here is refused in a cluster.
import t, { type Test } from 'tap';
import { skipWithoutEnvoy } from '../compiler/test/support/envoy.ts';
import { instanceOf, startControlPlane } from './redirect/control.ts';
import { clientHello, exchange, httpRequest, statusOf } from './redirect/exchange.ts';
import { makeNetwork, type Network, whyNoNamespaces } from './redirect/namespaces.ts';
import { type Application, redirectTraffic, startApplication } from './redirect/pods.ts';

const intent = `
apiVersion: fairlead.dev/v1alpha1
kind: MeshService
metadata: { name: cart, namespace: shop }
spec:
  ports: [{ name: http, port: 80, targetPort: 8080 }]
  access: { allow: [{ from: [{ service: shoes }] }] }
  uses: [shoes, { external: ledger }]
---
apiVersion: fairlead.dev/v1alpha1
kind: ExternalService
metadata: { name: ledger, namespace: shop }
spec: { hosts: [ledger.example], ports: [{ port: 9200, protocol: TCP }], resolve: none }
---
apiVersion: fairlead.dev/v1alpha1
kind: MeshService
metadata: { name: shoes, namespace: shop }
spec:
  ports:
    - { name: http, port: 80, targetPort: 8080 }
    - { name: tcp-stock, port: 5432 }
    - { name: https, port: 443, targetPort: 8443 }
  access:
    allow:
      - { from: [{ service: cart }], methods: [GET], ports: [80] }
      - { from: [{ service: cart }], ports: [5432, 443] }
  uses: [cart]
`;

/** The application listens on it, and no service has it. */
const unnamedPort = 9999;
/** Annotations keep it out of the redirection on both sides. */
const metricsPort = 9100;
/** Nobody redirects what arrives on it: for the caller it is outside the mesh. */
const ledgerPort = 9200;

interface Mesh {
  readonly network: Network;
  readonly cart: Application;
  readonly shoes: Application;
}

async function startMesh(test: Test): Promise<Mesh> {
  const network = makeNetwork(test);
  const { caller, callee } = network;
  redirectTraffic(caller, { 'traffic.sidecar.istio.io/excludeOutboundPorts': String(metricsPort) });
  redirectTraffic(callee, { 'traffic.sidecar.istio.io/excludeInboundPorts': `${metricsPort},${ledgerPort}` });
  const cart = await startApplication(test, caller, { name: 'cart', http: [8080] });
  const shoes = await startApplication(test, callee, {
    name: 'shoes',
    http: [8080, unnamedPort, metricsPort],
    tcp: [5432, 8443, ledgerPort],
  });
  const plane = await startControlPlane(test, intent, ['cart-0', 'shoes-0']);
  plane.setInstances([instanceOf('cart', caller), instanceOf('shoes', callee)]);
  const logs = [plane.startSidecar('cart', caller), plane.startSidecar('shoes', callee)];
  const report = await plane.settled();
  test.equal(report.outcome, 'acked', 'both proxies take their configuration');
  await untilServing(cart, network);
  test.teardown(() => {
    const warnings = logs.map((log) => log()).join('');
    if (warnings !== '') test.comment(warnings);
  });
  return { network, cart, shoes };
}

/** A listener is acknowledged before it listens: it may still wait for its certificate. */
async function untilServing(cart: Application, { virtualAddress }: Network): Promise<void> {
  for (let i = 0; i < 100; i++) {
    const answer = await cart.call(virtualAddress, 80, httpRequest('GET', '/', 'shoes'));
    if (statusOf(answer) === 200) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

const skip = skipWithoutEnvoy || whyNoNamespaces();

t.test('traffic that iptables redirects', { skip }, async (t) => {
  const { network, cart, shoes } = await startMesh(t);
  const { callee, virtualAddress } = network;
  const get = (host: string, address = virtualAddress, port = 80) =>
    cart.call(address, port, httpRequest('GET', '/boots', host));

  await t.test('the application calls by name and knows nothing of the mesh', async (t) => {
    for (const host of ['shoes', 'shoes.shop', 'shoes.shop.svc', 'shoes.shop.svc.cluster.local', 'SHOES:80']) {
      const answer = await get(host);
      t.equal(statusOf(answer), 200, host);
      t.match(answer.text, /"name":"shoes","port":8080,"url":"\/boots"/);
      t.match(
        answer.text,
        /URI=spiffe:\/\/cluster\.local\/ns\/shop\/sa\/cart/,
        'mutual TLS, with the identity of the caller',
      );
      t.notMatch(answer.text, /forged/, 'what the caller says of itself does not count');
    }
  });

  await t.test('what the intent does not allow is refused', async (t) => {
    const post = await cart.call(virtualAddress, 80, httpRequest('POST', '/boots', 'shoes'));
    t.equal(statusOf(post), 403, 'a method that access does not name');
    t.equal(statusOf(await get('unknown.example')), 502, 'a host that nobody declared');
    t.equal(statusOf(await get('shoes', callee.address)), 200, 'by name, whatever address was dialled');
    t.equal(statusOf(await get(callee.address, callee.address)), 502, 'by address');
    const undeclared = await cart.call(virtualAddress, unnamedPort, httpRequest('GET', '/', 'shoes'));
    t.match(undeclared, { text: '', end: 'closed' }, 'a port that nobody declared');
    t.match(await get('shoes', callee.address, 8080), { text: '', end: 'closed' }, "past the service's own port");
  });

  await t.test('TCP goes through both sidecars', async (t) => {
    t.match(await cart.call(virtualAddress, 5432, 'boots'), { text: 'shoes got boots', end: 'closed' });
  });

  await t.test('F7: what names nobody, on a port of TLS and on one of TCP', async (t) => {
    const plain = await cart.call(virtualAddress, 443, httpRequest('GET', '/', 'shoes'));
    t.match(plain, { text: '', end: 'closed' }, 'plain text to a port of TLS');
    const hello = await cart.call(virtualAddress, 443, await clientHello('shoes'));
    t.match(hello.text, /^shoes got /, 'TLS that names the service');
    const other = await cart.call(virtualAddress, 443, await clientHello('boots'));
    t.match(other, { text: '', end: 'closed' }, 'TLS that names another');
    const taken = await cart.call(callee.address, ledgerPort, 'boots');
    t.match(taken.text, /^shoes got boots/, 'whatever address is dialled, it is the ledger');
  });

  await t.test('who comes from outside the mesh is not let in', async (t) => {
    const { addressFromNode } = callee;
    for (const [port, why] of [
      [8080, 'plain text to a port that is STRICT'],
      [5432, 'plain text to a TCP port'],
      [unnamedPort, 'a port of the application that is no service'],
      [80, 'a port of the outbound side: nothing may be forwarded with the identity of the callee'],
      [15001, 'the outbound listener itself'],
      [15006, 'the inbound listener itself'],
    ] as const) {
      for (const host of ['cart', 'shoes']) {
        const answer = await exchange(addressFromNode, port, httpRequest('GET', '/boots', host));
        t.match(answer, { text: '', end: /closed|refused/ }, `${port}, host ${host}: ${why}`);
      }
    }
    t.equal((await exchange(addressFromNode, 15000, httpRequest('GET', '/', 'x'))).text, '', 'the admin interface');
  });

  await t.test('what annotations exclude is left alone', async (t) => {
    const request = httpRequest('GET', '/metrics', 'shoes');
    for (const answer of [
      await exchange(callee.addressFromNode, metricsPort, request),
      await cart.call(callee.address, metricsPort, request),
    ]) {
      t.match(answer.text, /"port":9100,"url":"\/metrics","certificate":"forged"/);
    }
  });

  await t.test('the callee is a caller too, and reaches itself', async (t) => {
    const answer = await shoes.call(virtualAddress, 80, httpRequest('GET', '/basket', 'cart'));
    t.equal(statusOf(answer), 200);
    t.match(answer.text, /"name":"cart".*sa\/shoes/);
    const local = await shoes.call('127.0.0.1', 8080, httpRequest('GET', '/own', 'localhost'));
    t.match(local.text, /"url":"\/own","certificate":"forged"/, "loopback is nobody's business");
  });
});
