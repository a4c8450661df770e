// The control plane on real sockets: both protocol variants, NACK and recovery, reconnects, identity, endpoints, order.
import t from 'tap';
import { createCertificateAuthority } from '../ca/authority.ts';
import type { AdsClientOptions } from './support/ads-client.ts';
import { edsCluster, identityOf, originAt, routeTo, selector, snapshotOf, trustDomain } from './support/snapshots.ts';
import { authority, instance, start } from './support/started-control-plane.ts';

const variants = ['sotw', 'delta'] as const;

for (const variant of variants) {
  t.test(`${variant}: a proxy is given its view, and acknowledges it`, async (t) => {
    const { plane, connect, publish, wait } = await start(t);
    plane.setInstances([instance('shoes', '10.0.0.1')]);
    publish('c1', snapshotOf('myapp'));
    const client = connect('myapp', { variant });
    client.subscribeAll();
    await client.until((c) => c.responses.length >= 5);
    const report = await wait('c1');
    t.equal(report.outcome, 'acked');
    t.match(report.proxies, [{ node: 'myapp-0', workload: 'shop/myapp', state: 'acked' }]);
    t.same(
      new Set(client.responses.flatMap((r) => r.names)),
      new Set(['shoes', 'default', 'ROOTCA', 'outbound', 'http']),
    );
    t.match(plane.status(), [{ node: 'myapp-0', variant, ackedCommit: 'c1', types: { cluster: { resources: 1 } } }]);
  });

  t.test(`${variant}: a refused change keeps last good, is not sent again, and a later good one arrives`, async (t) => {
    const { connect, publish, wait } = await start(t);
    publish('good', snapshotOf('myapp'));
    const judge: AdsClientOptions['judge'] = (response) =>
      response.json.has('bad') ? 'Error adding/updating cluster(s) bad: no such type' : undefined;
    const client = connect('myapp', { variant, judge });
    client.subscribeAll();
    await wait('good');
    const origins = new Map([['bad', originAt(33)]]);
    const route = routeTo('http', 'bad');
    publish(
      'broken',
      snapshotOf('myapp', { clusters: [edsCluster('shoes'), edsCluster('bad')], routes: [route], origins }),
    );
    const broken = await wait('broken');
    t.equal(broken.outcome, 'nacked');
    t.match(broken.proxies[0]?.diagnostics, [
      { code: 'FL0801', message: /myapp-0 refused cluster bad: Error/, span: originAt(33) },
    ]);
    t.equal(client.of('route').length, 1, 'the route that refers to the refused cluster stays at last good');
    const sent = client.of('cluster').filter((response) => response.names.includes('bad')).length;
    publish(
      'still-broken',
      snapshotOf('myapp', { clusters: [edsCluster('shoes'), edsCluster('bad')], routes: [route], origins }),
    );
    t.equal((await wait('still-broken')).outcome, 'nacked');
    t.equal(client.of('cluster').filter((response) => response.names.includes('bad')).length, sent, 'not sent again');
    publish(
      'fixed',
      snapshotOf('myapp', { clusters: [edsCluster('shoes'), edsCluster('hats')], routes: [routeTo('http', 'hats')] }),
    );
    t.equal((await wait('fixed')).outcome, 'acked');
    t.match(client.of('route').at(-1)?.json.get('http'), {
      virtualHosts: [{ routes: [{ route: { cluster: 'hats' } }] }],
    });
  });

  t.test(`${variant}: what is new is made before what is old is broken`, async (t) => {
    const { connect, publish, wait } = await start(t);
    publish('c1', snapshotOf('myapp'));
    const client = connect('myapp', { variant });
    client.subscribeAll();
    await wait('c1');
    const before = client.responses.length;
    publish(
      'c2',
      snapshotOf('myapp', {
        clusters: [edsCluster('hats')],
        endpoints: [selector('hats')],
        routes: [routeTo('http', 'hats')],
      }),
    );
    t.equal((await wait('c2')).outcome, 'acked');
    const steps = client.responses
      .slice(before)
      .map(({ type, names, removed }) => `${type} ${names.join()} -${removed.join()}`);
    t.same(
      steps,
      variant === 'sotw'
        ? ['cluster hats,shoes -', 'endpoints hats -', 'route http -', 'cluster hats -']
        : ['cluster hats -', 'endpoints hats -', 'route http -', 'cluster  -shoes', 'endpoints  -shoes'],
    );
  });
}

t.test('delta: a client that returns with its versions is sent nothing; after a change only that', async (t) => {
  const { connect, publish, wait } = await start(t);
  publish('c1', snapshotOf('myapp'));
  const first = connect('myapp');
  first.subscribeAll();
  await wait('c1');
  first.close();
  const known = (type: 'cluster' | 'endpoints' | 'secret' | 'listener' | 'route') =>
    Object.fromEntries(first.held.get(type) ?? []);
  const again = connect('myapp');
  for (const type of ['cluster', 'endpoints', 'secret', 'listener', 'route'] as const)
    again.subscribe(type, ['*'], known(type));
  await wait('c1');
  t.same(again.responses, []);
  publish('c2', snapshotOf('myapp', { routes: [routeTo('http', 'shoes', { validateClusters: false })] }));
  await wait('c2');
  t.same(
    again.responses.map((r) => [r.type, ...r.names]),
    [['route', 'http']],
  );
});

t.test('state of the world: a client that returns with its versions is sent nothing', async (t) => {
  const { connect, publish, wait } = await start(t);
  publish('c1', snapshotOf('myapp'));
  const first = connect('myapp', { variant: 'sotw' });
  first.subscribeAll();
  await wait('c1');
  const versions = new Map(first.versions);
  first.close();
  const again = connect('myapp', { variant: 'sotw' });
  for (const [type, version] of versions) again.resubscribeSotw(type, ['*'], version);
  await wait('c1');
  t.same(again.responses, []);
});

t.test('a stale nonce answers nothing', async (t) => {
  const { plane, connect, publish } = await start(t);
  publish('c1', snapshotOf('myapp'));
  for (const variant of variants) {
    const client = connect('myapp', { variant, autoAck: false });
    client.subscribe('cluster');
    await client.until((c) => c.responses.length === 1);
    const [response] = client.responses;
    if (!response) throw new Error('no response');
    client.answer(response, 'refused by mistake', 'no-such-nonce');
    client.answer(response);
    client.subscribe('listener');
    await client.until((c) => c.of('listener').length === 1);
    t.equal(plane.status().find((s) => s.variant === variant)?.lastRefusal, undefined);
    t.equal(plane.status().find((s) => s.variant === variant)?.types.cluster?.ackedVersion, response.version);
    client.close();
  }
});

t.test('a request for what does not exist', async (t) => {
  const { connect, publish } = await start(t);
  publish('c1', snapshotOf('myapp'));
  const delta = connect('myapp');
  delta.subscribe('route', ['nowhere']);
  await delta.until((c) => c.responses.length === 1);
  t.match(delta.responses, [{ type: 'route', names: [], removed: ['nowhere'] }], 'delta says that it is not there');
  const sotw = connect('myapp', { variant: 'sotw' });
  sotw.subscribe('endpoints', ['nowhere', 'shoes']);
  await sotw.until((c) => c.responses.length === 1);
  t.match(sotw.responses, [{ type: 'endpoints', names: ['shoes'] }], 'state of the world leaves it out');
  publish('c2', snapshotOf('myapp', { routes: [routeTo('http', 'shoes'), routeTo('nowhere', 'shoes')] }));
  await delta.until((c) => c.responses.length === 2);
  t.match(delta.responses[1], { names: ['nowhere'], removed: [] }, 'and when it comes to exist it is sent');
});

t.test('a proxy gets its own identity, nothing else', async (t) => {
  const { plane, connect, publish, tokenFor } = await start(t);
  const codes: string[] = [];
  plane.events.on('diagnostic', ({ code }) => codes.push(code));
  publish('c1', snapshotOf('myapp'), snapshotOf('users'), snapshotOf('impostor', { identity: identityOf('myapp') }));
  const issue = async (name: string) => {
    const issued = await authority.issue({ spiffeId: identityOf(name), lifetimeMs: 60_000, usages: ['client'] });
    return { chain: issued.certificateChain, key: issued.privateKey.reveal() };
  };
  const foreignAuthority = await createCertificateAuthority({ trustDomain });
  const foreign = await foreignAuthority.issue({
    spiffeId: identityOf('myapp'),
    lifetimeMs: 60_000,
    usages: ['client'],
  });
  const server = await authority.issue({ spiffeId: identityOf('myapp'), lifetimeMs: 60_000, usages: ['server'] });
  const asNode = { node: { id: 'x', cluster: 'shop/myapp' } };
  const noToken = { token: undefined } as unknown as Partial<AdsClientOptions>;
  const unauthenticated = 16;
  const denied = 7;
  const cases: readonly (readonly [string, number, Partial<AdsClientOptions>])[] = [
    ['no credentials', unauthenticated, noToken],
    ['a garbage token', unauthenticated, { token: 'fl1.abc.def' }],
    [
      'a forged token',
      unauthenticated,
      { token: tokenFor('myapp').replace(/.$/, (c) => (c === 'A' ? 'B' : 'A')) + 'AA' },
    ],
    ['an expired token', unauthenticated, { token: tokenFor('myapp', -1) }],
    ["another workload's token", denied, { token: tokenFor('users') }],
    ["another workload's certificate", denied, { ...noToken, certificate: await issue('users') }],
    [
      'a certificate of another authority',
      unauthenticated,
      { ...noToken, certificate: { chain: foreign.certificateChain, key: foreign.privateKey.reveal() } },
    ],
    [
      'a server certificate',
      unauthenticated,
      { ...noToken, certificate: { chain: server.certificateChain, key: server.privateKey.reveal() } },
    ],
  ];
  for (const [what, code, options] of cases) {
    const client = connect('myapp', { ...asNode, ...options });
    client.subscribeAll();
    t.match(await client.ended, { code }, what);
    t.same(client.responses, [], `${what}: nothing was sent`);
  }
  const own = connect('myapp', { ...noToken, certificate: await issue('myapp') });
  own.subscribeAll();
  await own.until((c) => c.responses.length >= 5);
  t.pass('its own certificate is enough');
  t.ok(codes.length > 0 && codes.every((code) => code === 'FL0804'), 'each refusal is reported');
});

t.test('an endpoint change reaches concerned proxies only, and compiles nothing', async (t) => {
  const { plane, connect, wait } = await start(t);
  let compiled = 0;
  const snapshots = [
    snapshotOf('myapp'),
    snapshotOf('users', {
      clusters: [edsCluster('hats')],
      endpoints: [selector('hats')],
      routes: [routeTo('http', 'hats')],
    }),
  ];
  plane.setInstances([instance('shoes', '10.0.0.1'), instance('hats', '10.0.1.1')]);
  plane.publish({
    commit: 'c1',
    snapshotFor: ({ workload }) => {
      compiled += 1;
      return snapshots.find((s) => s.workload === workload);
    },
  });
  const [myapp, users] = [connect('myapp'), connect('users', { variant: 'sotw' })];
  myapp.subscribeAll();
  users.subscribeAll();
  await wait('c1');
  const [before, beforeUsers] = [myapp.responses.length, users.responses.length];
  plane.setInstances([instance('shoes', '10.0.0.1'), instance('shoes', '10.0.0.2'), instance('hats', '10.0.1.1')]);
  await myapp.until((c) => c.responses.length > before);
  t.match(myapp.responses.slice(before), [{ type: 'endpoints', names: ['shoes'] }]);
  t.equal(users.responses.length, beforeUsers);
  plane.setInstances([
    instance('shoes', '10.0.0.2'),
    instance('hats', '10.0.1.1'),
    { ...instance('hats', '10.0.1.2'), healthy: false },
  ]);
  await myapp.until((c) => c.responses.length > before + 1);
  t.equal(users.responses.length, beforeUsers, 'an unhealthy instance is no endpoint');
  t.equal(compiled, 2);
});

t.test('a thousand streams of one workload all get a change', async (t) => {
  const { connect, publish, wait } = await start(t);
  publish('c1', snapshotOf('myapp'));
  const shared = connect('myapp', { node: { id: 'myapp-first', cluster: 'shop/myapp' } });
  shared.subscribeAll();
  const clients = Array.from({ length: 1_000 }, (_, i) =>
    connect('myapp', { node: { id: `myapp-${i}`, cluster: 'shop/myapp' }, variant: i % 2 === 0 ? 'delta' : 'sotw' }),
  );
  for (const client of clients) client.subscribeAll();
  await Promise.all(clients.map((client) => client.until((c) => c.responses.length >= 5, 60_000)));
  publish('c2', snapshotOf('myapp', { routes: [routeTo('http', 'shoes', { validateClusters: false })] }));
  const report = await wait('c2');
  t.equal(report.outcome, 'acked');
  t.equal(report.proxies.length, 1_001);
});
