// The least mesh with something of everything: a caller, a service with two versions, one out of reach, a database, no proxy.
import type { Mesh } from '../../model/index.ts';
import * as b from './mesh-builder.ts';

/** `changes` replace whole lists. */
export function smallMesh(changes: Partial<Mesh> = {}): Mesh {
  return b.mesh({
    services: [
      b.service('caller.shop'),
      b.service('shoes.shop'),
      b.service('secret.shop'),
      b.service('db.shop', { ports: [b.port(5432, 'TCP')] }),
    ],
    workloads: [
      b.workload('caller.shop'),
      b.workload('shoes.shop'),
      b.workload('db.shop'),
      b.workload('plain.shop', { proxy: 'none' }),
    ],
    routeTables: [
      b.table('shoes.shop', [b.route(b.forward([b.to('shoes.shop', 'v1', 90), b.to('shoes.shop', 'v2', 10)]))]),
    ],
    destinationPolicies: [b.versions('shoes.shop', { v1: { version: 'v1' }, v2: { version: 'v2' } })],
    egressScopes: [b.uses('caller.shop', ['shoes.shop', 'db.shop'])],
    ...changes,
  });
}
