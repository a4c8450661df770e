// What a wildcard in a title does not stand for: more exact hosts that the callers use on the same port, which are another matter.
import { coversHost, type MeshIndex } from '../model/index.ts';
import { describeDestinations, splitDestination } from './words.ts';

/** `*.ex.org:80 but *.b.ex.org`, of those that are not among the destinations themselves. */
export function describeWithExceptions(
  meshes: readonly MeshIndex[],
  callers: readonly string[],
  destinations: readonly string[],
): string {
  return describeDestinations(destinations, (destination) => {
    const { host, port } = splitDestination(destination);
    if (!host.startsWith('*.')) return [];
    const isOther = (one: string) => one !== host && coversHost(host, one) && !destinations.includes(`${one}:${port}`);
    return usedOn(meshes, callers, port).filter(isOther).sort();
  });
}

function usedOn(meshes: readonly MeshIndex[], callers: readonly string[], number: number): string[] {
  const hosts = meshes.flatMap((index) =>
    callers.flatMap((key) => {
      const workload = index.workloadByKey.get(key);
      const uses = workload ? index.usesOf(workload) : [];
      return uses.flatMap(({ service, port }) => (port.number === number ? service.hosts : []));
    }),
  );
  return [...new Set(hosts)];
}
