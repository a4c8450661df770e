// What a proxy answers a gRPC request by itself: real Envoy and the embedded proxy, beside what others get. The verdict is compared in conformance.test.ts.
import { type AddressInfo, createServer, type Server } from 'node:net';
import t, { type Test } from 'tap';
import { whyNoEnvoy } from '../runtime/test/support/envoy.ts';
import { type ProxyPair, startPair } from '../runtime/test/support/proxy-pair.ts';
import { connectionManager, forward, listener, routes, staticCluster } from '../runtime/test/support/resources.ts';
import { rawAnswer } from './support/raw-answer.ts';
import { rawHeads, refusedByEmbedded, udpPaths } from './support/request-heads.ts';

/** What frames a message is not looked at, nor whether another may follow. */
const incidental = /^(date|server|connection|content-length|transfer-encoding|x-envoy-upstream-service-time):/;

/** Status and headers, in one order, and the body. */
async function askRaw(port: number | undefined, request: string): Promise<string> {
  const answer = await rawAnswer(port, request);
  if (!answer) return 'closed';
  const told = answer.headers.map((header) => header.toLowerCase()).filter((header) => !incidental.test(header));
  return [answer.status, ...told.sort(), answer.body].filter(Boolean).join('; ');
}

/** Never answers. */
function startSilent(): Promise<Server> {
  const server = createServer((socket) => void socket.on('error', () => {}).resume());
  return new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(server)));
}

async function startListeners(t: Test): Promise<ProxyPair> {
  const upstream = await startSilent();
  t.teardown(() => upstream.close());
  const table = routes(
    'main',
    { match: { path: '/moved' }, redirect: { pathRedirect: '/there' } },
    { match: { path: '/direct' }, directResponse: { status: 404, body: { inlineString: '100% ~ caf\u00e9\n' } } },
    {
      ...forward('up', { timeout: '0.2s' }, { path: '/silent' }),
      responseHeadersToAdd: [
        { header: { key: 'grpc-status', value: '99' } },
        { header: { key: 'grpc-message', value: 'of the route' } },
      ],
    },
    forward('up', { timeout: '0.2s' }, { path: '/broken' }),
    forward('none', {}, { path: '/none' }),
  );
  return startPair(t, ['sidecar', 'edge'], (port) => ({
    cluster: [staticCluster('up', [(upstream.address() as AddressInfo).port]), staticCluster('none', [])],
    listener: ['sidecar', 'edge'].map((name) =>
      listener(name, port(name), [
        connectionManager(table, {
          normalizePath: true,
          upgradeConfigs: [{ upgradeType: 'websocket' }],
          ...(name === 'edge' && { useRemoteAddress: true }),
        }),
      ]),
    ),
  }));
}

const asGrpc = (head: string) => head.replace(/(HTTP\/\S+\r?\n)/i, '$1content-type: application/grpc\r\n');

/** Broken within its body, of which the head says nothing. */
const brokenBody = 'POST /broken HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\nx\r\n';
const heads = [
  ...rawHeads,
  ...udpPaths.map((path) => `GET ${path} HTTP/1.1\r\nhost: a\r\nconnection: upgrade\r\nupgrade: connect-udp\r\n\r\n`),
  ...['/moved', '/direct', '/silent', '/none', '/%00', '/a b', '/\u00e9', '/#', '/moved#x'].map(
    (path) => `GET ${path} HTTP/1.1\r\nhost: a\r\n\r\n`,
  ),
  ...['host', 'a,b,c,d,e,f,g,h,i,j', ':path'].map((name) => `GET / HTTP/1.1\r\nhost: a\r\nconnection: ${name}\r\n\r\n`),
  'FOO / HTTP/1.1\r\nhost: a\r\n\r\n',
  'HEAD /moved HTTP/1.1\r\nhost: a\r\n\r\n',
  'GET /moved HTTP/1.1\r\nhost: a\r\nx-forwarded-proto:\r\n\r\n',
  brokenBody,
];
const badRequest = '400; content-type: text/plain; Bad Request';

t.test('heads of requests, byte by byte', { skip: whyNoEnvoy() }, async (t) => {
  const pair = await startListeners(t);
  const refused = new Set([...refusedByEmbedded, ...refusedByEmbedded.map(asGrpc)]);
  for (const request of [...heads, ...heads.map(asGrpc)]) {
    for (const name of ['sidecar', 'edge']) {
      const [envoy, embedded] = [
        await askRaw(pair.envoy.get(name), request),
        await askRaw(pair.embedded.get(name), request),
      ];
      t.equal(embedded, refused.has(request) ? badRequest : envoy, `${name} ${JSON.stringify(request).slice(0, 200)}`);
    }
  }
});
