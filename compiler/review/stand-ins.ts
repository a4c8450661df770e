// Hosts that stand for many: for all of a wildcard, or for all that nobody names. None of them is a host of its own in any mesh.
import { hostAliases, type MeshIndex, nearestHost } from '../model/index.ts';

/** A name under the wildcard that nothing among the hosts and wildcards names more exactly; `*` stands for what none of them names. */
export function standIn(pattern: string, named: ReadonlySet<string>): string {
  const wanted = named.has(pattern) ? pattern : undefined;
  const names = pattern === '*' ? unknownNames() : namesUnder(pattern.slice(1));
  for (const name of names) if (nearestHost(name, named) === wanted) return name;
  throw new Error(`no name stands for ${pattern}`);
}

function* namesUnder(rest: string): Generator<string> {
  for (let i = 0; ; i++) yield `any${i === 0 ? '' : i}${rest}`;
}

/** The domains are reserved for no use at all: RFC 2606. */
function* unknownNames(): Generator<string> {
  yield* ['unknown.example', 'unknown.test', 'unknown.invalid'];
  for (let i = 1; ; i++) yield* [`unknown${i}.example`, `unknown.host${i}`];
}

/** Every name by which some caller may mean a service of one of the meshes. */
export function namesIn(indexes: readonly MeshIndex[]): ReadonlySet<string> {
  return new Set(
    indexes.flatMap((index) =>
      index.mesh.services.flatMap(({ hosts, namespace }) => hosts.flatMap((host) => hostAliases(host, namespace))),
    ),
  );
}
