// What a workload may reach: the service ports of its egress scope. Only selection; nothing of Envoy.
import {
  hostOf,
  keyOf,
  type MeshIndex,
  nothingLeft,
  type Origin,
  type Use,
  type Workload,
  isOpenEgress,
} from '../../model/index.ts';

export type ReachablePort = Pick<Use, 'service' | 'port'>;

export interface Reach {
  /** What is not in scope is sent where it was going; else it is refused. */
  readonly isOpen: boolean;
  /** By host, then port number. */
  readonly ports: readonly ReachablePort[];
  /** Those of `ports`, and as the scope names them, whether the mesh has them or not. */
  readonly hosts: readonly string[];
  readonly origin: Origin;
}

/** A workload without a scope uses nothing; whether the rest is passed through is then the mesh's default. */
export function reachOf(index: MeshIndex, workload: Workload): Reach {
  const scope = index.scopeByWorkload.get(keyOf(workload));
  if (!scope) {
    return { isOpen: isOpenEgress(index.mesh.settings.egressDefault), ports: [], hosts: [], origin: workload.origin };
  }
  const { kind: _kind, origin, workload: _workload, mode, hosts, ...rest } = scope;
  nothingLeft(rest);
  // Which services an entry opens, and which of their ports, has been found out by the index.
  const uses = hosts.map(({ kind: _k, origin: _origin, host, namespace: _namespace, ports: _ports, ...unread }) => {
    nothingLeft(unread);
    return host;
  });
  const names = [...uses, ...index.usesOf(workload).map(({ service }) => hostOf(service))];
  return { isOpen: isOpenEgress(mode), ports: index.usesOf(workload), hosts: [...new Set(names)], origin };
}
