// Who may call a host: those whose scope opens it, and those whom no scope holds back.
import { keyOf, type MeshIndex } from '../../model/index.ts';
import { isHeldByNoScope } from './find-host.ts';

/** Keys of workloads. */
export interface Users {
  /** By any host of a service: whose scope opens some port of it. */
  readonly byHost: ReadonlyMap<string, ReadonlySet<string>>;
  readonly everywhere: ReadonlySet<string>;
}

export function usersIn(index: MeshIndex): Users {
  const byHost = new Map<string, Set<string>>();
  for (const workload of index.mesh.workloads) {
    for (const host of index.usesOf(workload).flatMap(({ service }) => service.hosts)) {
      byHost.set(host, (byHost.get(host) ?? new Set<string>()).add(keyOf(workload)));
    }
  }
  const free = index.mesh.workloads.filter((workload) => isHeldByNoScope(index, workload));
  return { byHost, everywhere: new Set(free.map(keyOf)) };
}
