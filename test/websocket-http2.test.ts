// WebSocket towards applications of HTTP/2, on real Envoy: refused by the server's proxy, and no other request on the connection is broken.
import { connect } from 'node:net';
import t from 'tap';
import { compile, decide, indexMesh, keyOf, type SocketAddress, type TestRequest } from '../compiler/index.ts';
import { skipWithoutEnvoy } from '../compiler/test/support/envoy.ts';
import { delayHeader } from './conformance/applications.ts';
import { runMesh } from './conformance/running-mesh.ts';

const service = (name: string, spec: string) => `---
apiVersion: fairlead.dev/v1alpha1
kind: MeshService
metadata: { name: ${name}, namespace: shop }
spec: ${spec}
`;
const text = `apiVersion: fairlead.dev/v1alpha1
kind: Mesh
metadata: { name: test }
spec: { mtls: permissive, access: { default: allow } }
---
apiVersion: fairlead.dev/v1alpha1
kind: MeshGateway
metadata: { name: front, namespace: edge }
spec: { listeners: [{ name: web, port: 80, protocol: HTTP, hosts: [h2.example.com] }] }
${service('page', '{ ports: [{ port: 80 }], uses: [h2, grpc, web, copied] }')}
${service('web', '{ ports: [{ name: http, port: 80 }] }')}
${service('h2', '{ ports: [{ name: http2, port: 80 }], expose: [{ gateway: edge/front, host: h2.example.com }] }')}
${service('grpc', '{ ports: [{ name: grpc, port: 80 }] }')}
${service('copied', '{ ports: [{ name: http, port: 80 }], routes: [{ to: [{ service: web }], mirror: [{ to: { service: h2 } }] }] }')}
`;

/** The status; undefined where the connection is closed without one. */
function ask(at: SocketAddress, host: string, headers: Readonly<Record<string, string>>): Promise<string | undefined> {
  return new Promise((resolve) => {
    const socket = connect({ host: at.address, port: at.port });
    const lines = Object.entries({ host, ...headers }).map(([name, value]) => `${name}: ${value}\r\n`);
    socket.on('connect', () => socket.write(`GET / HTTP/1.1\r\n${lines.join('')}\r\n`));
    socket.on('error', () => resolve(undefined));
    socket.on('close', () => resolve(undefined));
    socket.setEncoding('latin1').on('data', (answer: string) => {
      resolve(answer.slice(9, 12));
      socket.destroy();
    });
  });
}

const asked = { connection: 'Upgrade', upgrade: 'websocket' };

t.setTimeout(60_000);

t.test('T3: WebSocket breaks nothing that shares a connection', { skip: skipWithoutEnvoy }, async (t) => {
  const { mesh } = compile({ label: 'test', files: [{ path: 'mesh.yaml', text }], diagnostics: [] });
  if (!mesh) throw new Error('no mesh');
  const running = await runMesh(mesh, 'envoy');
  t.teardown(() => running.close());
  const alive = setInterval(() => {}, 1_000);
  t.teardown(() => clearInterval(alive));
  const placed = (name: string) =>
    running.allocation.instances.find(({ workload }) => keyOf(workload) === name)?.placement;
  const [own, front, server] = [
    placed('shop/page')?.outboundHttp,
    placed('edge/front')?.gateway[80],
    placed('shop/h2')?.inbound[80]?.bind,
  ];
  if (!own || !front || !server) throw new Error('not placed');
  const index = indexMesh(mesh);
  const verdictOn = (from: string, host: string, headers: TestRequest['headers']) =>
    decide(index, { from, request: { method: 'GET', scheme: 'http', host, port: 80, path: '/', headers } }).status;
  for (const [from, at, host, other] of [
    ['shop/page', own, 'h2.shop', 'h2.shop'],
    ['shop/page', own, 'grpc.shop', 'grpc.shop'],
    ['outside', front, 'h2.example.com', 'h2.example.com'],
    ['unmeshed', server, 'h2.shop', 'h2.shop'],
    ['shop/page', own, 'copied.shop', 'h2.shop'],
  ] as const) {
    t.equal(await ask(at, other, {}), '200', `${from} to ${other}`);
    const before = ask(at, other, { [delayHeader]: '1500' });
    await new Promise((resolve) => setTimeout(resolve, 500));
    t.equal(await ask(at, host, asked), String(verdictOn(from, host, asked)), `${from} asks ${host} for WebSocket`);
    t.equal(await before, '200', 'what was on its way arrives');
  }
});
