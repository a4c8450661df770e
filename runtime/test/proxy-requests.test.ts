import t from 'tap';
import { freePort } from './support/envoy.ts';
import { startEmbedded } from './support/proxy-pair.ts';
import { base, get, pause, serverOf, v2 } from './support/proxy-upstreams.ts';
import { sendRaw } from './support/raw-http.ts';
import { startResourceAdsServer } from './support/resource-ads-server.ts';
import { forward, routes } from './support/resources.ts';

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
