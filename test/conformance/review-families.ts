// A random mesh and changes of it, such that what a review says of them shows in proxies that run here.
import fc from 'fast-check';
import { deepFreeze, type HttpRoute, type Mesh } from '../../compiler/index.ts';
import { randomMesh } from '../../compiler/test/support/random-mesh.ts';

export interface Family {
  readonly name: string;
  readonly base: Mesh;
  readonly heads: readonly Mesh[];
}

type Change = (base: Mesh, other: Mesh) => Mesh;

const part =
  (...names: readonly (keyof Mesh)[]): Change =>
  (base, other) => ({ ...base, ...Object.fromEntries(names.map((name) => [name, other[name]])) });

/** What another mesh has in its place, and what a line of intent swaps. */
const changes: readonly Change[] = [
  part('routeTables'),
  part('authorizationPolicies'),
  part('peerAuthentications', 'settings'),
  part('egressScopes'),
  part('gateways', 'routeTables'),
  part('workloads'),
  (base) => ({
    ...base,
    destinationPolicies: base.destinationPolicies.map((policy) => ({
      ...policy,
      subsets: policy.subsets.map((subset, i, all) => ({ ...subset, labels: all[all.length - 1 - i]?.labels ?? {} })),
    })),
  }),
  (base) => ({
    ...base,
    services: base.services.map((service) => ({
      ...service,
      ports: service.ports.map((port) => (port.number === 81 ? { ...port, targetPort: 8080 } : port)),
    })),
  }),
  (_base, other) => other,
];

/** The same for the same seed. */
export function families(count: number, heads: number, seed: number): readonly Family[] {
  const meshes = fc.sample(randomMesh, { numRuns: count * (heads + 1), seed }).map(observable);
  return Array.from({ length: count }, (_, i) => {
    const [base, ...others] = meshes.slice(i * (heads + 1), (i + 1) * (heads + 1)) as [Mesh, ...Mesh[]];
    const changed = others.map((other, k) => (changes[(i * heads + k) % changes.length] as Change)(base, other));
    return { name: `family ${i} of seed ${seed}`, base, heads: changed.map((head) => deepFreeze(head)) };
  });
}

/**
 * Discovery tells ports of an instance apart by their names; a workload without a proxy runs nowhere here; dialled proxies cannot pass
 * on what they do not know; and a connection that fails cannot be had at will, while an answer of 503 can.
 */
function observable(mesh: Mesh): Mesh {
  return deepFreeze({
    ...mesh,
    settings: { ...mesh.settings, egressDefault: 'declared', retries: { ...mesh.settings.retries, on: ['5xx'] } },
    services: mesh.services.map((service) => ({
      ...service,
      ports: service.ports.map((port) => ({ ...port, name: `p${port.number}` })),
    })),
    workloads: mesh.workloads.map((w) => (w.proxy === 'none' ? { ...w, proxy: 'sidecar' as const } : w)),
    egressScopes: mesh.egressScopes.map((scope) => ({ ...scope, mode: 'declared' as const })),
    routeTables: mesh.routeTables.map((table) => ({ ...table, http: table.http.map(withTellingRetries) })),
  });
}

function withTellingRetries(route: HttpRoute): HttpRoute {
  return {
    ...route,
    features: route.features.map((feature) => (feature.kind === 'RetryPolicy' ? { ...feature, on: ['5xx'] } : feature)),
  };
}
