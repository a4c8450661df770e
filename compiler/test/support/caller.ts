// A workload that uses everything, for goldens of what callers are given. It must not change what the mesh gives its own workloads.
import { type EgressScope, hostOf, keyOf, type Mesh, type Origin, type Workload } from '../../model/index.ts';

const nowhere: Origin = { file: 'caller.yaml', start: { line: 1, column: 1 }, end: { line: 1, column: 1 } };

/** In a namespace that no case has: nothing that the case says of its own workloads is about this one. */
const caller: Workload = {
  kind: 'Workload',
  name: 'of-everything',
  namespace: 'caller',
  labels: { app: 'of-everything' },
  serviceAccount: 'of-everything',
  proxy: 'sidecar',
  settingPlaces: [],
  origin: nowhere,
};

/** The mesh with one more workload, last in its list: every host of the mesh is in the scope of that one, on all ports. */
export function withCaller(mesh: Mesh): Mesh {
  const scope: EgressScope = {
    kind: 'EgressScope',
    workload: keyOf(caller),
    mode: 'declared',
    hosts: mesh.services.map((service) => ({
      kind: 'EgressHost',
      host: hostOf(service),
      namespace: service.namespace,
      ports: [],
      origin: nowhere,
    })),
    origin: nowhere,
  };
  return { ...mesh, workloads: [...mesh.workloads, caller], egressScopes: [...mesh.egressScopes, scope] };
}
