// Dumps of the model: nothing is lost on the way out and back, and a dump of another version of the model is refused by name.
import { isDeepStrictEqual } from 'node:util';
import * as fc from 'fast-check';
import t from 'tap';
import { dumpMesh, loadMesh } from '../model/index.ts';
import { everythingMesh } from './support/everything-mesh.ts';
import * as b from './support/mesh-builder.ts';
import { randomMesh } from './support/random-mesh.ts';
import { shopMesh } from './support/shop-mesh.ts';

t.test('a mesh comes back as it was', async (t) => {
  for (const mesh of [b.mesh(), shopMesh(), everythingMesh()]) t.strictSame(loadMesh(dumpMesh(mesh)), mesh);
  fc.assert(fc.property(randomMesh, (mesh) => isDeepStrictEqual(loadMesh(dumpMesh(mesh)), mesh)));
});

t.test('names are free to be the words of the model', async (t) => {
  const words = { kind: 'Service', origin: 'a.yaml:1:1-2:2', labels: '', hosts: '1' };
  const edits = {
    kind: 'HeaderOperations',
    origin: b.at(),
    request: { set: words, add: {}, remove: [] },
    response: { set: {}, add: words, remove: ['origin'] },
  } as const;
  const mesh = b.mesh({
    services: [b.service('shoes.shop', { labels: words, selector: words })],
    routeTables: [b.table('shoes.shop', [b.route(b.forward([b.to('shoes.shop')]), [], { features: [edits] })])],
    passthrough: [
      {
        kind: 'RawObject',
        origin: b.at(),
        object: { kind: 'Service', origin: 'here', hosts: [], spec: {}, labels: {} },
      },
    ],
  });
  t.strictSame(loadMesh(dumpMesh(mesh)), mesh);
});

t.test('what is empty is left out', async (t) => {
  const dump = dumpMesh(b.mesh({ services: [b.service('shoes.shop')] }));
  t.notMatch(dump, /\[\]|\{\}/);
  t.match(dump, /^model: \d+\nkind: Mesh\n/);
});

/** As it was before dumps said their version: every list written, empty or not. */
const unversioned = `kind: Mesh
origin: intent.yaml:1:1-1:1
name: mesh
settings:
  trustDomain: cluster.local
  rootNamespace: istio-system
  mtls: STRICT
  accessDefault: deny
  egressDefault: declared
  timeoutMs: 15000
  retries:
    attempts: 2
    perTryTimeoutMs: 0
    on:
      - connect-failure
  injectedProxy: envoy
services: []
workloads: []
routeTables: []
destinationPolicies: []
authorizationPolicies: []
peerAuthentications: []
gateways: []
egressScopes: []
tests: []
passthrough: []
`;

t.test('a dump of another version is refused', async (t) => {
  const older = /dump of an older model \((no version|version 1), expected \d+\): write it again with make golden/;
  t.throws(() => loadMesh(unversioned), { message: older });
  t.throws(() => loadMesh(`model: 1\n${unversioned}`), { message: older });
  t.throws(() => loadMesh(''), { message: older });
  t.throws(() => loadMesh(`model: 1000\n${unversioned}`), { message: /dump of a newer model \(version 1000,/ });
});
