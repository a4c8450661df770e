// Egress mode `any` in the redirect placement, with a real Envoy: what is passed through to the dialled address, and what is not.
import t from 'tap';
import { decide, indexMesh, parseRequest } from '../compiler/index.ts';
import { skipWithoutEnvoy } from '../compiler/test/support/envoy.ts';
import { instanceOf, startControlPlane } from './redirect/control.ts';
import { clientHello, httpRequest } from './redirect/exchange.ts';
import { addIpv6, makeNetwork, whyNoNamespaces } from './redirect/namespaces.ts';
import { redirectTraffic, startApplication } from './redirect/pods.ts';

const intent = `
apiVersion: fairlead.dev/v1alpha1
kind: Mesh
metadata: { name: mesh }
spec: { mtls: "off", egress: { default: any } }
---
apiVersion: fairlead.dev/v1alpha1
kind: MeshService
metadata: { name: cart, namespace: shop }
spec:
  ports: [{ name: http, port: 80, targetPort: 8080 }]
  uses: [shoes, { external: bank }]
---
apiVersion: fairlead.dev/v1alpha1
kind: ExternalService
metadata: { name: bank, namespace: shop }
spec: { hosts: [bank.example], ports: [{ name: https, port: 8443 }], resolve: none }
---
apiVersion: fairlead.dev/v1alpha1
kind: MeshService
metadata: { name: shoes, namespace: shop }
spec:
  ports: [{ name: http, port: 80 }, { name: grpc, port: 9000 }, { name: http-more, port: 8443 }]
  uses: []
---
apiVersion: fairlead.dev/v1alpha1
kind: MeshService
metadata: { name: stock, namespace: shop }
spec:
  ports: [{ name: grpc, port: 9000 }, { name: tcp, port: 80 }]
  uses: []
`;

const skip = skipWithoutEnvoy || whyNoNamespaces();

t.test('what is passed through to the dialled address', { skip }, async (t) => {
  const { caller, callee } = makeNetwork(t);
  redirectTraffic(caller);
  const cart = await startApplication(t, caller, { name: 'cart', http: [8080] });
  await startApplication(t, callee, {
    name: 'shoes',
    http: [80],
    tcp: [8443, 7000, 15_001, 15_006, 15_008],
    http2: [9000],
  });
  const control = await startControlPlane(t, intent, ['cart-0']);
  control.setInstances([instanceOf('cart', caller), ...['shoes', 'stock'].map((name) => instanceOf(name, callee))]);
  control.startSidecar('cart', caller);
  t.equal((await control.settled()).outcome, 'acked');
  for (let i = 0; i < 100; i++) {
    if ((await cart.call(callee.address, 80, httpRequest('GET', '/', 'shoes'))).text.includes('shoes')) break;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  const index = indexMesh(control.mesh);
  const verdictOf = (what: string, version?: 'HTTP/2') => {
    const { request } = parseRequest(what);
    if (!request) throw new Error(what);
    return decide(index, { from: 'shop/cart', request, ...(version && { version }) });
  };

  await t.test('A3: HTTP/2 arrives as HTTP/2, whoever it is for', async (t) => {
    for (const host of ['shoes', 'stock', 'unknown.example']) {
      for (const method of ['POST', 'ANNOUNCE']) {
        const { outcome } = verdictOf(`${method} http://${host}:9000/`, 'HTTP/2');
        t.equal(outcome, 'allowed');
        const { text } = await cart.askHttp2(callee.address, 9000, `${method} ${host}:9000 /a`);
        t.equal(text, `200 shoes got ${method} /a over HTTP/2.0`, host);
      }
    }
    const answer = await cart.call(callee.address, 80, httpRequest('GET', '/boots', 'unknown.example'));
    t.match(answer.text, /^HTTP\/1.1 200 .*"url":"\/boots"/s, 'HTTP/1.1 as HTTP/1.1');
  });

  await t.test('A4: bytes and TLS on a port that is read as HTTP', async (t) => {
    const answerTo = async (what: string) => {
      const { host, port, protocol } = new URL(what.replace(/^tcp:/, 'http:'));
      const isTls = what.startsWith('https:');
      const bytes = isTls ? await clientHello(host.split(':')[0] ?? '') : 'boots\r\n\r\n';
      return (await cart.call(callee.address, Number(port) || (protocol === 'http:' ? 80 : 443), bytes)).text;
    };
    for (const [what, isRefused] of [
      ['tcp://unknown.example:80', true],
      ['https://unknown.example:80/', true],
      ['tcp://stock:80', true],
      ['https://shoes:80/', true],
      ['tcp://unknown.example:8443', true],
      ['https://unknown.example:8443/', false],
      ['https://bank.example:8443/', false],
      ['tcp://unknown.example:7000', false],
      ['https://unknown.example:7000/', false],
      // A15: what is dialled on ports of the proxy itself goes no further.
      ['tcp://unknown.example:15001', 'closed'],
      ['https://unknown.example:15001/', 'closed'],
      ['tcp://unknown.example:15006', 'closed'],
      ['tcp://unknown.example:15008', false],
    ] as const) {
      const { outcome, steps } = verdictOf(what);
      t.equal(outcome, isRefused ? 'unavailable' : 'allowed', `${what}: ${steps.map(({ text }) => text).join(', ')}`);
      const text = await answerTo(what);
      t.match(
        text,
        isRefused ? (isRefused === 'closed' ? /^$/ : /^HTTP\/1.1 400 /) : /^shoes got /,
        `${what}: ${text.slice(0, 20)}`,
      );
    }
  });

  await t.test('A16: loopback is not redirected, and not guarded', async (t) => {
    for (const host of ['localhost', '127.0.0.1', '127.1.2.3', 'LOCALHOST']) {
      const { outcome, status, shares } = verdictOf(`GET http://${host}:8080/own`);
      t.match([outcome, status, shares[0]?.host], ['allowed', 200, host.toLowerCase()]);
      const at = /^\d/.test(host) ? host : '127.0.0.1';
      t.match(
        (await cart.call(at, 8080, httpRequest('GET', '/own', host))).text,
        /"name":"cart".*"certificate":"forged"/,
      );
    }
  });

  await t.test('A11: what is dialled by IPv6 is refused', { skip: !addIpv6(caller) && 'no IPv6' }, async (t) => {
    for (const port of [80, 7000, 8443]) {
      const { end } = await cart.call('fd00::10', port, httpRequest('GET', '/', 'shoes'));
      t.equal(end, 'refused', `port ${port}: redirected to where nobody listens`);
    }
  });
});
