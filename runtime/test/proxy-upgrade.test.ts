// WebSocket through the embedded proxy, byte by byte as through Envoy.
import { createServer, connect, type AddressInfo, type Server } from 'node:net';
import t from 'tap';
import { freePort, whyNoEnvoy } from './support/envoy.ts';
import { startPair } from './support/proxy-pair.ts';
import { any, connectionManager, forward, listener, router, routes, staticCluster } from './support/resources.ts';

const answers: Readonly<Record<string, string>> = {
  '/plain': 'HTTP/1.1 426 Upgrade Required\r\ncontent-length: 2\r\n\r\nno',
  '/fine': 'HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok',
  '/garbage': 'nonsense\r\n\r\n',
  '/hangup': '',
};

/** Changes the protocol and then sends back in capitals what it gets; some paths it answers otherwise. */
function startUpstream(): Promise<Server> {
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    let head = '';
    socket.on('error', () => {});
    socket.on('end', () => socket.end(head.startsWith('GET /late') ? 'late;' : ''));
    socket.setEncoding('latin1').on('data', (chunk: string) => {
      if (head.includes('\r\n\r\n')) return void answerFrame(socket, chunk);
      head += chunk;
      const end = head.indexOf('\r\n\r\n');
      if (end < 0) return;
      const other = answers[head.split(' ', 2)[1] ?? ''];
      if (other !== undefined) return void socket.end(other);
      const told = /^upgrade: .*$/im.exec(head)?.[0] ?? 'none';
      const upgraded = head.startsWith('GET /bare') ? '' : 'connection: Upgrade\r\nupgrade: websocket\r\n';
      socket.write(`HTTP/1.1 101 Switching Protocols\r\n${upgraded}x-told: ${told}\r\n\r\nhello;`);
      if (head.length > end + 4) answerFrame(socket, head.slice(end + 4));
    });
  });
  return new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(server)));
}

function answerFrame(socket: { write(text: string): boolean; end(): void }, text: string): void {
  socket.write(text.toUpperCase());
  if (text.includes('bye')) socket.end();
}

/** Sends the head and a first frame at once, then `bye` when that has come back, and tells all that was received. */
function converse(port: number | undefined, path: string, upgrade: string): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port: port ?? 0, allowHalfOpen: true });
    socket.on('end', () => setTimeout(() => socket.end('more;'), 50));
    let text = '';
    const finish = () => resolve(normal(text));
    socket.on('error', finish);
    socket.on('close', finish);
    socket.on('connect', () => {
      socket.write(
        `GET ${path} HTTP/1.1\r\nhost: a\r\nconnection: Upgrade\r\nupgrade: ${upgrade}\r\nsec-websocket-key: x\r\n\r\n`,
      );
      if (upgrade.toLowerCase() === 'websocket') socket.write('first;');
    });
    socket.setEncoding('latin1').on('data', (chunk) => {
      text += chunk;
      if (text.includes('FIRST;') && !text.includes('BYE')) {
        if (path === '/late') socket.end('last;');
        else socket.write('bye');
      }
      // A refused request ends with its answer, whatever becomes of the connection.
      if (!text.includes('101 Switching') && text.includes('\r\n\r\n')) setTimeout(() => socket.destroy(), 100);
    });
  });
}

/** Without what differs from moment to moment, names and order of headers aside. */
function normal(text: string): string {
  const [head = '', ...body] = text.split('\r\n\r\n');
  const [line = '', ...headers] = head.split('\r\n');
  const kept = headers
    .map((header) => header.toLowerCase())
    .filter(
      (header) =>
        !/^(date|server|x-envoy-upstream-service-time|connection: (close|keep-alive)|content-type)/.test(header),
    );
  return [line, ...kept.sort(), '', ...body].join('\n');
}

t.test('the same conversations as through Envoy', { skip: whyNoEnvoy() }, async (t) => {
  const upstream = await startUpstream();
  t.teardown(() => upstream.close());
  const dead = await freePort();
  const table = routes(
    'main',
    {
      match: { prefix: '/moved' },
      redirect: { pathRedirect: '/ws' },
      responseHeadersToAdd: [{ header: { key: 'x-route', value: '2' } }],
    },
    forward('dead', {}, { prefix: '/dead' }),
    forward('up', { upgradeConfigs: [{ upgradeType: 'websocket', enabled: false }] }, { prefix: '/never' }),
    forward(
      'up',
      { timeout: '1s' },
      { prefix: '/' },
      { responseHeadersToAdd: [{ header: { key: 'x-route', value: '1' } }] },
    ),
  );
  const denying = {
    name: 'envoy.filters.http.rbac',
    typedConfig: any('envoy.extensions.filters.http.rbac.v3.RBAC', {
      rules: {
        action: 'DENY',
        policies: { x: { permissions: [{ urlPath: { path: { prefix: '/deny' } } }], principals: [{ any: true }] } },
      },
    }),
  };
  const pair = await startPair(t, ['in', 'without'], (port) => ({
    cluster: [staticCluster('up', [(upstream.address() as AddressInfo).port]), staticCluster('dead', [dead])],
    listener: [
      listener('in', port('in'), [
        connectionManager(table, { upgradeConfigs: [{ upgradeType: 'websocket' }], httpFilters: [denying, router()] }),
      ]),
      listener('without', port('without'), [connectionManager(table)]),
    ],
  }));
  for (const name of ['in', 'without']) {
    for (const path of [
      '/ws',
      '/plain',
      '/dead',
      '/deny/x',
      '/garbage',
      '/hangup',
      '/bare',
      '/late',
      '/moved',
      '/never',
    ]) {
      for (const upgrade of ['websocket', 'WebSocket', 'foo', 'foo, websocket', 'h2c']) {
        // What is not told to change the protocol must not say that it does.
        if (upgrade === 'h2c' && path !== '/plain') continue;
        const [envoy, embedded] = [
          await converse(pair.envoy.get(name), path, upgrade),
          await converse(pair.embedded.get(name), path, upgrade),
        ];
        t.equal(embedded, envoy, `${name}: ${path} to ${upgrade}`);
        if (name === 'in' && path === '/ws' && upgrade === 'websocket') {
          t.match(envoy, /^HTTP\/1\.1 101 [\s\S]*x-told: upgrade: websocket[\s\S]*\n\nhello;FIRST;BYE$/, 'joined');
        }
      }
    }
  }
  // By design, see docs/differences.md.
  const ends = [pair.envoy, pair.embedded].map(async (ports) =>
    /200 OK[\s\S]*\n\n(.*)$/.exec(await converse(ports.get('in'), '/fine', 'websocket')),
  );
  t.match(await Promise.all(ends), [{ 1: '' }, { 1: 'ok' }], 'a 2xx answer without a change of protocol');
});
