// Who may call a host: those whose scope opens it, and those whom no scope holds back.
import { keyOf, type MeshIndex } from '../../model/index.ts';
import { isHeldByNoScope } from './find-host.ts';

/** Keys of workloads. */
export interface Users {
  /** By any host of a service: whose scope opens some port of it. */
  readonly byHost: ReadonlyMap<string, ReadonlySet<string>>;
  /** By `host:port`: whose scope opens that one. */
  readonly byPort: ReadonlyMap<string, ReadonlySet<string>>;
  readonly everywhere: ReadonlySet<string>;
}

/** A review asks for them where it compares, and again for what nobody calls yet. */
const known = new WeakMap<MeshIndex, Users>();

export function usersIn(index: MeshIndex): Users {
  const users = known.get(index) ?? findUsers(index);
  known.set(index, users);
  return users;
}

function findUsers(index: MeshIndex): Users {
  const [byHost, byPort] = [new Map<string, Set<string>>(), new Map<string, Set<string>>()];
  const add = (users: Map<string, Set<string>>, what: string, workload: string) => {
    users.set(what, (users.get(what) ?? new Set<string>()).add(workload));
  };
  for (const workload of index.mesh.workloads) {
    const key = keyOf(workload);
    for (const { service, port } of index.usesOf(workload)) {
      for (const host of service.hosts) {
        add(byHost, host, key);
        add(byPort, `${host}:${port.number}`, key);
      }
    }
  }
  const free = index.mesh.workloads.filter((workload) => isHeldByNoScope(index, workload));
  return { byHost, byPort, everywhere: new Set(free.map(keyOf)) };
}
