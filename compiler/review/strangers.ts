// Workloads that do not declare that they use a service: what it lets in is not yet theirs to ask for.
import { usersIn } from '../analysis/index.ts';
import { hasSidecar, keyOf, type MeshIndex } from '../model/index.ts';
import type { Meshes } from './proof.ts';

interface Callers {
  /** All but those that are behind the host and do not call it: the next of their kind is a newcomer. */
  readonly known: readonly string[];
  /** Those that neither call the port nor are behind the host, sorted. */
  readonly strangersAt: (port: number) => readonly string[];
}

/** The workloads that both meshes have with a sidecar: how many, and what they are to a host. */
export function callersIn({ base, head }: Meshes): { readonly count: number; readonly of: (host: string) => Callers } {
  const users = [base, head].map(usersIn);
  const callers = head.mesh.workloads
    .filter((workload) => hasSidecar(workload) && base.workloadByKey.has(keyOf(workload)))
    .map(keyOf);
  const of = (host: string): Callers => {
    const own = ownWorkloads([base, head], host);
    const isUser = (key: string) =>
      users.some(({ byHost, everywhere }) => byHost.get(host)?.has(key) || everywhere.has(key));
    const known = callers.filter((key) => isUser(key) || !own.has(key));
    const strangersAt = (port: number) => {
      const isUserThere = (key: string) =>
        users.some(({ byPort, everywhere }) => byPort.get(`${host}:${port}`)?.has(key) || everywhere.has(key));
      return known.filter((key) => !own.has(key) && !isUserThere(key)).sort();
    };
    return { known, strangersAt };
  };
  return { count: callers.length, of };
}

/** A service that calls itself is no news. */
function ownWorkloads(indexes: readonly MeshIndex[], host: string): ReadonlySet<string> {
  const own = indexes.map((index) => {
    const service = index.serviceByHost.get(host);
    return service ? index.workloadsOf(service) : [];
  });
  return new Set(own.flat().map(keyOf));
}
