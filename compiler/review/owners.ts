// Who is asked about a change: the `team` label of the services and gateways that it is about.
import { type Mesh, keyOf, type MeshIndex } from '../model/index.ts';

const ownerLabel = 'team';

/** Sorted, each once. Names are hosts of services, or keys of services and gateways. */
export function ownersOf(meshes: readonly (Mesh | MeshIndex)[], names: readonly string[]): readonly string[] {
  const wanted = new Set(names);
  const owners = meshes.flatMap((one) => {
    const { services, gateways } = 'mesh' in one ? one.mesh : one;
    const found = [
      ...services.filter((service) => wanted.has(keyOf(service)) || service.hosts.some((host) => wanted.has(host))),
      ...gateways.filter((gateway) => wanted.has(keyOf(gateway))),
    ];
    return found.flatMap(({ labels }) => labels[ownerLabel] ?? []);
  });
  return [...new Set(owners)].sort();
}
