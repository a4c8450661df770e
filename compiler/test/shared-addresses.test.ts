// Two services at one address and port: a connection says only where it goes, so that a TCP service takes what is meant for the other.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { checkEnvoy, compile, decide, indexMesh, type Mesh, planEnvoy, snapshotFor } from '../index.ts';
import * as b from './support/mesh-builder.ts';
import { smallMesh as small } from './support/small-mesh.ts';

const path = join(import.meta.dirname, 'golden/addresses-shared/intent.yaml');
const text = readFileSync(path, 'utf8');

function meshOf(source: string): Mesh {
  const { mesh, diagnostics } = compile({ label: 'x', files: [{ path: 'x', text: source }], diagnostics: [] });
  if (!mesh) throw new Error(diagnostics.map(({ message }) => message).join('\n'));
  return mesh;
}

/** Of a caller that uses these alone. */
function using(...names: readonly string[]): Mesh {
  const lines = text.split('\n').filter((line) => {
    const [, used] = /^ {4}- \{ \w+: (\w+) \}$/.exec(line) ?? [];
    return used === undefined || names.includes(used);
  });
  return meshOf(lines.join('\n'));
}

const said = (mesh: Mesh) => checkEnvoy(planEnvoy(mesh)).map(({ code, message }) => `${code} ${message}`);

t.test('who is hidden by whom', async (t) => {
  const rest = 'and what is sent there all goes to the first: its port is TCP';
  const pairs = [
    ['a', 'b', 'a.example and b.example, both at 203.0.113.9:9000'],
    ['a', 'c', 'a.example and c.example, both at 203.0.113.9:9000'],
    ['a', 'd', 'a.example and d.example, both at 203.0.113.9:9000'],
    ['a', 'g', 'a.example and g.shop.svc.cluster.local, both at 203.0.113.9:9000'],
    ['c', 'g', 'g.shop.svc.cluster.local and c.example, both at 203.0.113.9:9000'],
    ['e', 'f', 'e.example and f.example, both at [2001:db8::1]:80'],
  ] as const;
  for (const [one, other, which] of pairs) {
    t.same(said(using(one, other)), [`FL0552 shop/buyer uses ${which}, ${rest}`]);
  }
  for (const pair of [
    ['a', 'apart'],
    ['c', 'd'],
    ['e', 'g'],
  ]) {
    t.same(said(using(...pair)), [], pair.join());
  }
});

t.test('what would tell them apart', async (t) => {
  const hints = (mesh: Mesh) => checkEnvoy(planEnvoy(mesh)).map(({ hint }) => hint);
  t.same(hints(using('a', 'b')), ['give one of them another port or address']);
  t.match(hints(using('e', 'f')), [/^write that port 80 of e\.example speaks HTTP too/]);
  t.match(hints(using('a', 'd')), [/^write that port 9000 of a\.example speaks TLS too/]);
});

t.test('each address has one listener, that of the first', async (t) => {
  const snapshot = snapshotFor(planEnvoy(meshOf(text)), { workload: 'shop/buyer', placement: { mode: 'redirect' } });
  const at = (snapshot?.listeners ?? []).map(({ name, address }) => {
    const { address: host, portValue } = (address as { socketAddress: { address: string; portValue: number } })
      .socketAddress;
    return `${host} ${portValue}: ${name}`;
  });
  t.strictSame(
    at.filter((one) => !one.startsWith('0.0.0.0')),
    [
      '203.0.113.9 9000: outbound_tcp_a.example_9000',
      '203.0.113.10 9000: outbound_tcp_apart.example_9000',
      '203.0.113.8 9000: outbound_tcp_b.example_9000',
      '2001:db8::1 80: outbound_tcp_e.example_80',
    ],
  );
});

t.test('an address is what takes all that goes there', async (t) => {
  const index = indexMesh(using('b', 'e'));
  const ask = (request: string, placement?: 'explicit') =>
    decide(index, { from: 'shop/buyer', request: b.request(request) }, placement && { placement });
  const toB = { outcome: 'allowed', shares: [{ host: 'b.example', port: 9000 }] };
  for (const scheme of ['tcp', 'GET http', 'GET https']) {
    const end = scheme === 'tcp' ? '' : '/';
    t.match(ask(`${scheme}://203.0.113.9:9000${end}`), toB, scheme);
    t.match(
      ask(`${scheme}://203.0.113.10:9000${end}`),
      { outcome: 'denied', reason: 'egress' },
      'of nobody who is used',
    );
    t.match(ask(`${scheme}://203.0.113.9:9001${end}`), { outcome: 'denied', reason: 'egress' }, 'on no port of it');
    t.match(ask(`${scheme}://[2001:DB8:0::1]:80${end}`), { shares: [{ host: 'e.example' }] }, 'in any spelling');
  }
  t.match(
    ask('GET http://203.0.113.9:9000/', 'explicit'),
    { outcome: 'denied', status: 502 },
    'where no address is seen',
  );
});

t.test('a verdict says where only cluster addresses tell two services apart', async (t) => {
  const tcp = (name: string, port: number) => b.service(name, { ports: [b.port(port, 'TCP')] });
  const scope = b.uses('caller.shop', ['db.shop', 'ledger.shop', 'web.shop', 'log.shop']);
  const services = [
    tcp('db.shop', 1),
    tcp('ledger.shop', 1),
    b.service('web.shop', { ports: [b.port(2)] }),
    tcp('log.shop', 2),
  ];
  const index = indexMesh(small({ services, egressScopes: [scope] }));
  const told = (request: string) =>
    decide(index, { from: 'shop/caller', request: b.request(request) })
      .steps.map(({ text: step }) => step)
      .filter((step) => step.includes('FL0455'));
  t.same([told('tcp://db:1'), told('GET http://web:2/')], [[], []]);
  t.match(told('tcp://ledger:1'), [/has db\.shop\.svc\.cluster\.local take all of port 1, what is for ledger\.shop/]);
  t.match(told('tcp://log:2'), [/has web\.shop\.svc\.cluster\.local take all of port 2, what is for log\.shop/]);
});
