// Hosts that stand for many: for all of a wildcard, or for all that nobody names. None of them is a host of its own in any mesh.
import { hostAliases, type HttpRoute, type MeshIndex, nearestHost, rewrittenHost } from '../model/index.ts';

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

/** Every name by which some caller may mean a service of one of the meshes, or that routes write. */
export function namesIn(indexes: readonly MeshIndex[]): ReadonlySet<string> {
  const served = indexes.flatMap((index) =>
    index.mesh.services.flatMap(({ hosts, namespace }) => hosts.flatMap((host) => hostAliases(host, namespace))),
  );
  return new Set([...served, ...writtenHosts(indexes)]);
}

/** By redirects and rewrites: who asks for one of these is sent where he was anyway, which nobody else is. */
export function writtenHosts(indexes: readonly MeshIndex[]): readonly string[] {
  const routes = indexes.flatMap(({ mesh }) => mesh.routeTables.flatMap(({ http }) => http));
  return routes.flatMap((route) => hostOfAction(route)?.replace(/:\d+$/, '') ?? []);
}

function hostOfAction(route: HttpRoute): string | undefined {
  const { action } = route;
  return action.kind === 'RedirectAction' ? action.host : rewrittenHost(route, action);
}
