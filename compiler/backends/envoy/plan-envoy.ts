// Begins a plan, afresh or from the one before: decides what of that is kept. See reuse.ts for what depends on what.
import { indexMesh, type ListName, type Mesh, type MeshIndex, type Reading } from '../../model/index.ts';
import type { EnvoyPlan, Kept } from './plan.ts';
import { reuseNodes, Unchanged } from './reuse.ts';

/** What no plan asked for in so many generations is forgotten, such as snapshots for placements that are no more. */
const keptGenerations = 2;

/** What is said of the mesh as a whole is its settings; its name is for people, and so are the places of settings. */
type Known = Reading<Mesh, 'kind' | 'origin' | 'name' | 'settings' | 'settingPlaces' | ListName>;

/**
 * Cheap: everything is built when first asked for. With a `previous` plan all that depends only on unchanged parts of the mesh
 * is kept, as the same objects; the result equals that of a plan made afresh. The previous plan stays usable.
 */
export function planEnvoy(mesh: Mesh, previous?: EnvoyPlan): EnvoyPlan {
  const known: Known = mesh;
  if (!previous) return emptyPlan(indexMesh(known));
  const index = indexMesh(reuseNodes(previous.index.mesh, known), previous.index);
  const next = { ...emptyPlan(index), generation: previous.generation + 1, inboundClusters: previous.inboundClusters };
  if (index.mesh.settings === previous.index.mesh.settings) {
    keepUnchanged(next, previous, new Unchanged(previous.index, index));
  }
  for (const [key, kept] of previous.snapshots) if (!next.snapshots.has(key)) next.outdated.set(key, kept.value);
  return next;
}

function keepUnchanged(next: EnvoyPlan, previous: EnvoyPlan, unchanged: Unchanged): void {
  const isKept = ({ generation, hosts }: Kept<unknown>) =>
    next.generation - generation <= keptGenerations && hosts.every((host) => unchanged.isHostSame(host));
  for (const [host, parts] of previous.hosts) if (unchanged.isHostSame(host)) next.hosts.set(host, parts);
  for (const [key, kept] of previous.routeConfigurations) if (isKept(kept)) next.routeConfigurations.set(key, kept);
  for (const [key, kept] of previous.snapshots) {
    if (unchanged.isWorkloadSame(kept.value.workload) && isKept(kept)) next.snapshots.set(key, kept);
  }
}

function emptyPlan(index: MeshIndex): EnvoyPlan {
  return {
    index,
    generation: 0,
    hosts: new Map(),
    inboundClusters: new Map(),
    routeConfigurations: new Map(),
    snapshots: new Map(),
    outdated: new Map(),
  };
}
