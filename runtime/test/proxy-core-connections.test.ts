// The pure core of the proxy about connections: who is let in, by which chain of filters, and what of the configuration is taken.
import { once } from 'node:events';
import { createServer } from 'node:net';
import { connect } from 'node:tls';
import fc from 'fast-check';
import t from 'tap';
import { compileRbac } from '../proxy/filters/rbac-engine.ts';
import { deniedDetails } from '../proxy/filters/rbac.ts';
import { mirrorHost } from '../proxy/http/mirror.ts';
import { inspect } from '../proxy/listener/client-hello.ts';
import { matchFilterChain } from '../proxy/listener/filter-chain-match.ts';
import { findUnsupported, anyOf, anything, message } from '../proxy/supported/shape.ts';
import { subjectAltNames } from '../proxy/tls/certificates.ts';
import { connection, head } from './support/proxy-requests.ts';

t.test('access rules', async (t) => {
  const exact = (principal: string) => ({ authenticated: { principalName: { exact: principal } } });
  const engine = compileRbac({
    policies: {
      b: { permissions: [{ any: true }], principals: [exact('spiffe://td/ns/a/sa/b')] },
      a: { permissions: [{ header: { name: ':method', stringMatch: { exact: 'GET' } } }], principals: [{ any: true }] },
      z: {
        permissions: [{ destinationPort: 8080 }],
        principals: [{ directRemoteIp: { addressPrefix: '10.1.0.0', prefixLen: 16 } }],
      },
    },
  });
  t.same(
    engine?.({ connection: connection('spiffe://td/ns/a/sa/b'), head: head('/') }),
    { isAllowed: true, policy: 'a' },
    'the first by name',
  );
  t.same(
    engine?.({ connection: connection('spiffe://td/ns/a/sa/b') }),
    { isAllowed: true, policy: 'b' },
    'TCP sees no method',
  );
  t.same(engine?.({ connection: connection() }), { isAllowed: false, policy: undefined });
  const nobody = compileRbac({
    action: 'DENY',
    policies: { out: { permissions: [{ any: true }], principals: [{ notId: exact('x') }] } },
  });
  t.same(nobody?.({ connection: connection() }), { isAllowed: false, policy: 'out' }, 'plain text is nobody');
  t.same(compileRbac({ policies: {} })?.({ connection: connection('x') }), { isAllowed: false, policy: undefined });
  t.equal(compileRbac(undefined), undefined);
  t.equal(deniedDetails('shop/a b'), 'rbac_access_denied_matched_policy[shop/a_b]');
});

t.test('filter chains', async (t) => {
  const chain = (name: string, serverNames: string[], transportProtocol = '', applicationProtocols: string[] = []) => ({
    name,
    match: { serverNames, transportProtocol, applicationProtocols },
  });
  const chains = [
    chain('exact', ['a.b.c']),
    chain('wild', ['*.b.c']),
    chain('short', ['*.c']),
    chain('istio', [], 'tls', ['istio']),
    chain('tls', [], 'tls'),
    chain('plain', [], 'raw_buffer'),
  ];
  const pick = (
    serverName: string,
    transportProtocol: 'tls' | 'raw_buffer' = 'tls',
    applicationProtocols: string[] = [],
  ) => matchFilterChain(chains, { serverName, transportProtocol, applicationProtocols })?.name;
  t.equal(pick('a.b.c'), 'exact');
  t.equal(pick('x.b.c'), 'wild');
  t.equal(pick('x.y.c'), 'short');
  t.equal(pick('d'), 'tls');
  t.equal(pick('d', 'tls', ['istio']), 'istio');
  t.equal(pick('', 'raw_buffer'), 'plain');
  t.equal(
    matchFilterChain([chain('tls', [], 'tls')], {
      serverName: '',
      transportProtocol: 'raw_buffer',
      applicationProtocols: [],
    }),
    undefined,
  );
});

t.test('ClientHello', async (t) => {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  const caller = connect({ host: '127.0.0.1', port, servername: 'Shop.Example', ALPNProtocols: ['istio', 'h2'] });
  caller.on('error', () => {});
  const [socket] = await once(server, 'connection');
  const [bytes] = (await once(socket, 'data')) as [Buffer];
  caller.destroy();
  socket.destroy();
  server.close();
  t.same(inspect(bytes), { isTls: true, serverName: 'shop.example', alpn: ['istio', 'h2'] });
  for (let i = 0; i < bytes.length; i++) t.equal(inspect(bytes.subarray(0, i)), 'more', `${i} bytes`);
  const first = Buffer.concat([Buffer.from([0x16, 3, 1, 0, 50]), bytes.subarray(5, 55)]);
  const second = Buffer.from([0x16, 3, 1, 0, 0]);
  second.writeUInt16BE(bytes.length - 55, 3);
  t.same(inspect(Buffer.concat([first, second, bytes.subarray(55)])), inspect(bytes), 'in two records');
  t.same(inspect(Buffer.from('GET / HTTP/1.1\r\n')), { isTls: false });
  fc.assert(
    fc.property(
      fc.uint8Array({ maxLength: 200 }),
      (noise) => void inspect(Buffer.concat([bytes.subarray(0, 60), noise])),
    ),
    { numRuns: 300 },
  );
});

t.test('allow-lists', async (t) => {
  const shape = message({
    a: anything,
    mode: ['x', 'y'],
    list: message({ b: anything }),
    any: anyOf({ 'T.A': message({ c: anything }) }),
  });
  t.equal(
    findUnsupported(
      { a: { anything: 1 }, mode: 'x', list: [{ b: 1 }], any: { '@type': 'type.googleapis.com/T.A', c: 1 } },
      shape,
    ),
    undefined,
  );
  t.match(findUnsupported({ z: 1 }, shape), { path: 'z', what: 'field' });
  t.match(findUnsupported({ mode: 'z' }, shape), { path: 'mode', what: 'value', value: '"z"' });
  t.match(findUnsupported({ list: [{ b: 1 }, { d: 1 }] }, shape), { path: 'list[1].d' });
  t.match(findUnsupported({ any: { '@type': 'type.googleapis.com/T.B' } }, shape), {
    path: 'any',
    what: 'type',
    value: 'T.B',
  });
  t.match(findUnsupported({ any: { '@type': 'type.googleapis.com/T.A', d: 1 } }, shape), { path: 'any.d' });
});

t.test('names', async (t) => {
  t.same(subjectAltNames('DNS:a, URI:spiffe://td/x, DNS:"b, \\"c\\""'), [
    ['DNS', 'a'],
    ['URI', 'spiffe://td/x'],
    ['DNS', 'b, "c"'],
  ]);
  t.same(subjectAltNames(undefined), []);
  const mirror = { cluster: 'c', perMillion: 1, hasShadowSuffix: true };
  t.equal(mirrorHost(mirror, 'shop:81'), 'shop-shadow:81');
  t.equal(mirrorHost({ ...mirror, hasShadowSuffix: false }, 'shop'), 'shop');
});
