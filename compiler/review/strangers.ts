// Workloads that do not declare that they use a service: what it lets in is not yet theirs to ask for.
import { usersIn } from '../analysis/index.ts';
import { hasSidecar, keyOf, type MeshIndex, type Workload } from '../model/index.ts';
import { newcomersTo } from './newcomers.ts';
import type { Meshes } from './proof.ts';

interface Callers {
  /** Whom no mesh has yet, as the rules of the host tell them apart (newcomers.ts). */
  readonly newcomers: readonly Workload[];
  /** Those that neither call the port nor are behind the host, sorted. */
  readonly strangersAt: (port: number) => readonly string[];
}

/** The workloads that both meshes have with a sidecar: how many, and what they are to a host. */
export function callersIn({ base, head }: Meshes): { readonly count: number; readonly of: (host: string) => Callers } {
  const users = [base, head].map(usersIn);
  const callers = head.mesh.workloads
    .filter((workload) => hasSidecar(workload) && base.workloadByKey.has(keyOf(workload)))
    .map(keyOf);
  // Their calls are those from outside, compared as such.
  const gateways = [base, head].flatMap(({ mesh }) => mesh.gateways.map(keyOf));
  const of = (host: string): Callers => {
    const own = ownWorkloads([base, head], host);
    const isUser = (key: string) =>
      users.some(({ byHost, everywhere }) => byHost.get(host)?.has(key) || everywhere.has(key));
    // The next of those that are behind the host and do not call it is a newcomer.
    const known = callers.filter((key) => isUser(key) || !own.has(key));
    const strangersAt = (port: number) => {
      const isUserThere = (key: string) =>
        users.some(({ byPort, everywhere }) => byPort.get(`${host}:${port}`)?.has(key) || everywhere.has(key));
      return known.filter((key) => !own.has(key) && !isUserThere(key)).sort();
    };
    return { newcomers: newcomersTo([base, head], host, new Set([...known, ...gateways])), strangersAt };
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
