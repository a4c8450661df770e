import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import t, { type Test } from 'tap';
import { freePort } from './support/envoy.ts';
import { startEmbedded } from './support/proxy-pair.ts';
import { base, get, pause, serverOf, v2 } from './support/proxy-upstreams.ts';
import { sendRaw } from './support/raw-http.ts';
import { startResourceAdsServer } from './support/resource-ads-server.ts';
import { assignment, forward, routes } from './support/resources.ts';

t.setTimeout(60_000);

t.test('a removed listener is closed, its port is free, requests in flight finish', async (t) => {
  const ads = await startResourceAdsServer();
  t.teardown(() => ads.close());
  const port = await freePort();
  ads.set('n', base(port));
  const { proxy } = await startEmbedded(t, ads.port, 'n');
  const slow = get(port, '/', 'x-echo-delay: 400\r\n');
  await pause(100);
  const verdict = ads.verdictOf('n', 'listener');
  ads.set('n', base(port, { listener: [] }));
  await verdict;
  t.same(proxy.listeners(), []);
  t.equal((await get(port)).status, 0, 'nobody listens');
  t.equal((await slow).status, 200);
});

t.test('mirrors, splits and bodies', async (t) => {
  const ads = await startResourceAdsServer();
  t.teardown(() => ads.close());
  const port = await freePort();
  const split = {
    weightedClusters: {
      clusters: [
        { name: 'one', weight: 80 },
        { name: 'two', weight: 20 },
      ],
    },
  };
  ads.set(
    'n',
    base(port, {
      route: [
        routes(
          'main',
          forward('one', { requestMirrorPolicies: [{ cluster: 'two' }] }, { prefix: '/mirror' }),
          forward(
            'one',
            { requestMirrorPolicies: [{ cluster: 'two', runtimeFraction: { defaultValue: { numerator: 0 } } }] },
            { prefix: '/unmirrored' },
          ),
          { match: { prefix: '/split' }, route: split },
          forward('one', { retryPolicy: { retryOn: '5xx', numRetries: 1 } }, { prefix: '/retried' }),
          forward('one'),
        ),
      ],
    }),
  );
  await startEmbedded(t, ads.port, 'n');
  const before = v2.seen.length;
  await sendRaw(port, 'POST /mirror HTTP/1.1\r\nHost: shop:81\r\nContent-Length: 4\r\n\r\nbody');
  await get(port, '/unmirrored');
  for (let i = 0; i < 50 && v2.seen.length === before; i++) await pause(10);
  t.match(v2.seen.slice(before), [{ method: 'POST', url: '/mirror', body: 'body' }]);
  t.ok(v2.seen.at(-1)?.headers.includes('shop-shadow:81'));

  let two = 0;
  for (let i = 0; i < 500; i++) if (serverOf((await get(port, '/split')).body) === 'v2') two++;
  t.ok(two > 60 && two < 140, `${two} of 500 went to a fifth of the traffic`);

  const big = 'x'.repeat(3_000_000);
  const post = (path: string, more = '') =>
    sendRaw(port, `POST ${path} HTTP/1.1\r\nHost: a\r\nContent-Length: ${big.length}\r\n${more}\r\n${big}`);
  t.equal((JSON.parse((await post('/')).body) as { body: string }).body.length, big.length);
  t.equal(
    (await post('/retried', 'x-echo-id: big\r\nx-echo-status: 503,200\r\n')).status,
    503,
    'too long to be kept for a retry',
  );
  t.equal((await sendRaw(port, `${'GET /a HTTP/1.1\r\nHost: a\r\n\r\n'.repeat(3)}`)).status, 200, 'pipelined');
});

/** Answers as soon as it has the head: 200 with nothing, or, for `/echo`, with the body that comes after it. */
async function startHasty(t: Test, seen: string[]): Promise<number> {
  const answer = (request: IncomingMessage, response: ServerResponse) => {
    seen.push(
      `${request.method} ${request.url} ${request.headers['content-length'] ?? request.headers['transfer-encoding']}`,
    );
    if (request.url !== '/echo') {
      request.resume();
      response.writeHead(request.url === '/again' && seen.length === 1 ? 503 : 200, { 'content-length': 0 }).end();
      return;
    }
    response.writeHead(200).flushHeaders();
    request.pipe(response);
  };
  const server = createServer(answer);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.teardown(() => {
    server.closeAllConnections();
    server.close();
  });
  return (server.address() as AddressInfo).port;
}

/** Sends the head, waits for that of the answer, sends the rest, and gives what came until the text is there. */
function sendLate(port: number, head: string, rest: string, until: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: '127.0.0.1', port }, () => socket.write(head));
    let got = '';
    socket.on('error', reject);
    socket.on('close', () => resolve(got));
    socket.on('data', (chunk) => {
      if (got === '') socket.write(rest);
      got += chunk.toString('latin1');
      if (got.includes(until)) socket.destroy();
    });
  });
}

t.test('the head of a request goes on before its body comes', async (t) => {
  const ads = await startResourceAdsServer();
  t.teardown(() => ads.close());
  const port = await freePort();
  const seen: string[] = [];
  const hasty = await startHasty(t, seen);
  const again = forward('one', { retryPolicy: { retryOn: '5xx', numRetries: 1 } }, { prefix: '/again' });
  const endpoints = [assignment('one', [hasty]), assignment('two', [v2.port])];
  ads.set('n', base(port, { endpoints, route: [routes('main', again, forward('one'))] }));
  await startEmbedded(t, ads.port, 'n');
  for (const method of ['POST', 'GET', 'PATCH'])
    for (const framing of ['content-length: 3', 'transfer-encoding: chunked']) {
      const head = `${method} /a HTTP/1.1\r\nhost: a\r\n${framing}\r\n\r\n`;
      t.equal((await sendRaw(port, head)).status, 200, `${method}, ${framing}`);
      t.equal(seen.pop(), `${method} /a ${framing.split(': ')[1]}`);
    }
  const echo = (framing: string) => `POST /echo HTTP/1.1\r\nhost: a\r\n${framing}\r\n\r\n`;
  t.match(await sendLate(port, echo('content-length: 3'), 'abc', 'abc'), /^HTTP\/1.1 200 .*\r\nabc\r\n/s);
  const chunks = '3\r\nabc\r\n1\r\nd\r\n0\r\n\r\n';
  t.match(await sendLate(port, echo('transfer-encoding: chunked'), chunks, '\r\n0\r\n'), /abc.*d\r\n0\r\n/s);
  t.match(await sendLate(port, echo('transfer-encoding: chunked'), '0\r\n\r\n', '\r\n0\r\n'), /^HTTP\/1.1 200 /);
  seen.length = 0;
  t.equal((await sendRaw(port, 'POST /again HTTP/1.1\r\nhost: a\r\ncontent-length: 3\r\n\r\n')).status, 200);
  t.same(seen, ['POST /again 3', 'POST /again 3'], 'tried again');
});
