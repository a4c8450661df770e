// The life of a configuration: refused and kept, warmed, swapped under load, and held when the control plane is gone.
import { createServer, type AddressInfo } from 'node:net';
import t from 'tap';
import { freePort } from './support/envoy.ts';
import { requireNoRefusal, startEmbedded } from './support/proxy-pair.ts';
import { base, get, pause, serverOf, v1, v2 } from './support/proxy-upstreams.ts';
import { startResourceAdsServer } from './support/resource-ads-server.ts';
import {
  address,
  any,
  assignment,
  connectionManager,
  edsCluster,
  forward,
  listener,
  router,
  routes,
  staticCluster,
} from './support/resources.ts';

t.setTimeout(60_000);

for (const apiType of ['DELTA_GRPC', 'GRPC'] as const) {
  t.test(`${apiType}: routes, a refusal, an update, a lost control plane`, async (t) => {
    const ads = await startResourceAdsServer();
    t.teardown(() => ads.close());
    const port = await freePort();
    ads.set('n', base(port));
    const { lines } = await startEmbedded(t, ads.port, 'n', apiType);
    requireNoRefusal(ads);
    t.equal(serverOf((await get(port)).body), 'v1');

    let verdict = ads.verdictOf('n', 'route');
    ads.set(
      'n',
      base(port, { route: [routes('main', { ...forward('two'), route: { cluster: 'two', priority: 'HIGH' } })] }),
    );
    t.match(
      await verdict,
      /^main: FL0820: the embedded proxy does not support virtualHosts\[0\]\.routes\[0\]\.route\.priority of route configuration "main"/,
    );
    t.equal(serverOf((await get(port)).body), 'v1', 'last good');

    verdict = ads.verdictOf('n', 'route');
    ads.set('n', base(port, { route: [routes('main', forward('two'))] }));
    t.equal(await verdict, undefined);
    t.equal(serverOf((await get(port)).body), 'v2');

    ads.disconnect();
    t.equal(serverOf((await get(port)).body), 'v2', 'goes on without a control plane');
    verdict = ads.verdictOf('n', 'route');
    await pause(1_000);
    ads.set('n', base(port, { route: [routes('main', { match: { prefix: '/' }, directResponse: { status: 299 } })] }));
    t.equal(await verdict, undefined);
    t.equal((await get(port)).status, 299, 'and takes updates after the reconnect');
    t.ok(lines.some((line) => /the control plane at .* is gone/.test(String(line.message))));
    if (apiType === 'DELTA_GRPC') {
      const again = ads.opened.findLast((first) => first.typeUrl.endsWith('.Cluster'));
      t.strictSame(Object.keys(again?.initialResourceVersions ?? {}).sort(), ['one', 'two'], 'it says what it has');
    }
  });
}

t.test('what cannot be served is refused by name, and the rest applied', async (t) => {
  const ads = await startResourceAdsServer();
  t.teardown(() => ads.close());
  const port = await freePort();
  const taken = createServer();
  await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve));
  t.teardown(() => new Promise((resolve) => taken.close(resolve)));
  const http2 = 'envoy.extensions.upstreams.http.v3.HttpProtocolOptions';
  const refused = {
    cluster: [
      [
        staticCluster('x', [1], {
          typedExtensionProtocolOptions: { [http2]: any(http2, { explicitHttpConfig: { http2ProtocolOptions: {} } }) },
        }),
        /http2ProtocolOptions/,
      ],
      [{ name: 'x', type: 'ORIGINAL_DST', lbPolicy: 'CLUSTER_PROVIDED' }, /type "ORIGINAL_DST"/],
      [staticCluster('x', [1], { outlierDetection: {} }), /outlierDetection/],
      [staticCluster('x', [1], { lbPolicy: 'RING_HASH' }), /lbPolicy "RING_HASH"/],
      [staticCluster('x', [1], { circuitBreakers: { thresholds: [{ maxConnections: 5 }] } }), /maxConnections 5/],
    ],
    listener: [
      [
        listener('x', (taken.address() as AddressInfo).port, [connectionManager('main')]),
        /FL0822: listener x cannot bind 127\.0\.0\.1:\d+: EADDRINUSE/,
      ],
      [listener('x', 0, [connectionManager('main')], { useOriginalDst: true }), /useOriginalDst/],
      [listener('x', 0, [connectionManager('main')], { bindToPort: false }), /bindToPort false/],
      [
        listener('x', 0, [
          connectionManager('main', {
            httpFilters: [{ name: 'lua', typedConfig: any('envoy.extensions.filters.http.lua.v3.Lua') }, router()],
          }),
        ]),
        /envoy\.extensions\.filters\.http\.lua\.v3\.Lua/,
      ],
      [
        listener('x', 0, [connectionManager('main', { upgradeConfigs: [{ upgradeType: 'CONNECT' }] })]),
        /upgradeConfigs/,
      ],
      [
        listener('x', 0, [connectionManager(routes('r', forward('one', {}, { safeRegex: { regex: '(?=a)' } })))]),
        /FL0821: regular expression "\(\?=a\)"/,
      ],
      [
        listener('x', 0, [connectionManager(routes('r', forward('one', { retryPolicy: { retryOn: '5xy' } })))]),
        /retry condition "5xy"/,
      ],
      [
        listener('x', 0, [
          connectionManager('main', {
            accessLog: [
              {
                name: 'f',
                typedConfig: any('envoy.extensions.access_loggers.stream.v3.StdoutAccessLog', {
                  logFormat: { jsonFormat: { a: '%DYNAMIC_METADATA(x)%' } },
                }),
              },
            ],
          }),
        ]),
        /%DYNAMIC_METADATA\(x\)%/,
      ],
      [
        {
          name: 'x',
          address: address(0),
          filterChains: [{ filters: [connectionManager('main')] }, { filters: [connectionManager('main')] }],
        },
        /several filter chains have the same match/,
      ],
    ],
  } as const;
  ads.set('n', base(port));
  await startEmbedded(t, ads.port, 'n');
  for (const type of ['cluster', 'listener'] as const) {
    for (const [resource, pattern] of refused[type]) {
      const verdict = ads.verdictOf('n', type);
      const good = base(port);
      ads.set('n', { ...good, [type]: [...(good[type] ?? []), resource] });
      t.match(await verdict, pattern);
      const mended = ads.verdictOf('n', type);
      ads.set('n', good);
      await mended;
    }
  }
  t.equal(serverOf((await get(port)).body), 'v1');
});

t.test('no request is lost while everything changes under load', async (t) => {
  const ads = await startResourceAdsServer();
  t.teardown(() => ads.close());
  const port = await freePort();
  ads.set('n', base(port));
  await startEmbedded(t, ads.port, 'n');
  const failures: unknown[] = [];
  const served = new Set<string>();
  let requests = 0;
  let isOver = false;
  const agent = new (await import('node:http')).Agent({ keepAlive: true, maxSockets: 8 });
  t.teardown(() => agent.destroy());
  const { request } = await import('node:http');
  const call = () =>
    new Promise<void>((resolve) => {
      const outgoing = request({ agent, host: '127.0.0.1', port, method: 'POST', path: '/x' }, (answer) => {
        let body = '';
        answer.on('data', (chunk) => (body += chunk));
        answer.on('end', () => {
          requests++;
          if (answer.statusCode === 200) served.add(serverOf(body));
          else failures.push([answer.statusCode, body]);
          resolve();
        });
      });
      outgoing.on('error', (error) => {
        failures.push(String(error));
        resolve();
      });
      outgoing.end('some body');
    });
  const callers = Array.from({ length: 8 }, async () => {
    while (!isOver) await call();
  });
  const header = (value: string) => [{ header: { key: 'x-round', value }, appendAction: 'OVERWRITE_IF_EXISTS_OR_ADD' }];
  for (let round = 0; round < 20; round++) {
    const fresh = `c${round}`;
    ads.set('n', {
      // A new cluster each round, the one before gone; other options, other endpoints, another listener configuration.
      cluster: [edsCluster(fresh), edsCluster('one', { connectTimeout: `${1 + (round % 2)}s` })],
      endpoints: [
        assignment(fresh, round % 3 === 0 ? [v1.port, v2.port] : [v2.port]),
        assignment('one', round % 2 ? [v1.port] : [v2.port, v1.port]),
      ],
      listener: [
        listener('in', port, [connectionManager('main', { statPrefix: `r${round}`, normalizePath: round % 2 === 0 })]),
      ],
      route: [
        routes('main', {
          match: { prefix: '/' },
          route: {
            weightedClusters: {
              clusters: [
                { name: fresh, weight: 50 },
                { name: 'one', weight: 50 },
              ],
            },
          },
          requestHeadersToAdd: header(String(round)),
        }),
      ],
    });
    await pause(40);
  }
  isOver = true;
  await Promise.all(callers);
  requireNoRefusal(ads);
  t.same(failures, []);
  t.ok(requests > 100, `${requests} requests`);
  t.strictSame([...served].sort(), ['v1', 'v2']);
});
