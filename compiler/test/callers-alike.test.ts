// Callers that are looked at once for all: only where nothing that they are given, and no rule on the way, tells them apart.
import t from 'tap';
import { reach } from '../analysis/index.ts';
import { indexMesh, type MeshIndex } from '../model/index.ts';
import * as b from './support/mesh-builder.ts';

const names = ['a', 'b', 'c', 'd'].map((name) => `${name}.shop`);
const uses = [b.uses('a.shop', ['b.shop']), b.uses('d.shop', ['b.shop']), b.uses('b.shop', []), b.uses('c.shop', [])];

const summary = (mesh: Parameters<typeof reach>[0], to = 'shop/b') =>
  reach(mesh, { to }).map((row) => `${row.from.join()} ${row.reach}`);

t.test('a TCP route leads to workloads with rules of their own', async (t) => {
  const mesh = b.mesh({
    services: names.map((name) => b.service(name, { ports: [b.port(90, 'TCP')] })),
    workloads: names.map((name) => b.workload(name)),
    routeTables: [
      b.table('b.shop', [], {
        tcp: [
          {
            kind: 'TcpRoute',
            name: 't',
            matches: [b.match()],
            origin: b.at(),
            destinations: [b.to('c.shop', '', 100, 90)],
          },
        ],
      }),
    ],
    authorizationPolicies: [b.policy('c.shop', 'ALLOW', [b.rule([b.callers('a.shop')], [])])],
    egressScopes: uses,
  });
  t.same(summary(mesh), [], 'where it is sent to is what is reached');
  t.same(summary(mesh, 'shop/c'), ['shop/a all']);
});

/** As a front end may have it in which some clients do not see some tables and policies. */
function seenFromA(index: MeshIndex): MeshIndex {
  return {
    ...index,
    routeTableFor: (client, host) => (client.labels.app === 'a' ? index.routeTableFor(client, host) : undefined),
    destinationPolicyFor: (client, host) =>
      client.labels.app === 'a' ? index.destinationPolicyFor(client, host) : undefined,
  };
}

t.test('what one client is given and another is not', async (t) => {
  const mesh = b.mesh({
    services: names.map((name) => b.service(name)),
    workloads: names.map((name) => b.workload(name)),
    routeTables: [b.table('b.shop', [b.route(b.redirect({ path: '/elsewhere' }))])],
    egressScopes: uses,
  });
  const index = seenFromA(indexMesh(mesh));
  t.same(summary(index), ['shop/d all']);
});
