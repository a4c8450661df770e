// Who a user means by `--from inventory`.
import { didYouMean, hasProxy, keyOf, type Mesh, outside, unmeshed } from '../compiler/index.ts';
import { UsageError } from './io.ts';
import { onlyOne } from './only-one.ts';
import { nameMeant } from './words-of-others.ts';

/** `outside`, `unmeshed`, a `namespace/name`, or a name that only one workload has. Throws UsageError for anything else. */
export function resolveCaller(mesh: Mesh, from: string): string {
  if (from === outside || from === unmeshed) return from;
  const keys = mesh.workloads.map(keyOf);
  const found = onlyOne(keys, from);
  if (found !== undefined) return found;
  const candidates = [...keys, ...keys.map((key) => key.slice(key.indexOf('/') + 1)), outside, unmeshed];
  throw new UsageError(
    `there is no workload "${from}"`,
    otherWay(from, keys) ??
      didYouMean(from, candidates) ??
      `callers: ${[...keys.slice(0, 20), outside, unmeshed].join(', ')}`,
  );
}

/** What is there, and was named as other tools do. */
function otherWay(written: string, keys: readonly string[]): string | undefined {
  const meant = nameMeant(written);
  const found = keys.filter((key) => meant !== undefined && (key === meant || key.endsWith(`/${meant}`)));
  return found.length === 1 ? `did you mean "${found[0]}"?` : undefined;
}

/** A workload with a proxy of its own, named like a caller. Throws UsageError for anything else. */
export function resolveProxied(mesh: Mesh, name: string): string {
  const proxied = mesh.workloads.filter(hasProxy);
  const key = resolveCaller(mesh, name);
  if (proxied.some((workload) => keyOf(workload) === key)) return key;
  const others = proxied.map(keyOf).slice(0, 20);
  throw new UsageError(
    `"${key}" has no proxy`,
    others.length > 0 ? `workloads with a proxy: ${others.join(', ')}` : 'no workload of this mesh has one',
  );
}

/** `namespace/name`, a host, or a name that only one service has. Throws UsageError for anything else. */
export function resolveService(mesh: Mesh, to: string): string {
  const keys = mesh.services.map(keyOf);
  if (mesh.services.some((s) => s.hosts.includes(to))) return to;
  const found = onlyOne(keys, to);
  if (found !== undefined) return found;
  throw new UsageError(
    `there is no service "${to}"`,
    otherWay(to, keys) ??
      didYouMean(to, [...keys, ...keys.map((key) => key.slice(key.indexOf('/') + 1))]) ??
      `services: ${keys.slice(0, 20).join(', ')}`,
  );
}
