// Who a user means by `--from inventory`.
import { didYouMean, keyOf, type Mesh, outside, unmeshed } from '../compiler/index.ts';
import { UsageError } from './io.ts';

/** `outside`, `unmeshed`, a `namespace/name`, or a name that only one workload has. Throws UsageError for anything else. */
export function resolveCaller(mesh: Mesh, from: string): string {
  if (from === outside || from === unmeshed) return from;
  const keys = mesh.workloads.map(keyOf);
  if (keys.includes(from)) return from;
  const named = keys.filter((key) => key.endsWith(`/${from}`));
  if (named.length === 1 && named[0] !== undefined) return named[0];
  if (named.length > 1) throw new UsageError(`"${from}" is ambiguous`, `say which: ${named.join(', ')}`);
  const candidates = [...keys, ...keys.map((key) => key.slice(key.indexOf('/') + 1)), outside, unmeshed];
  throw new UsageError(
    `there is no workload "${from}"`,
    didYouMean(from, candidates) ?? `callers: ${[...keys.slice(0, 20), outside, unmeshed].join(', ')}`,
  );
}

/** `namespace/name`, a host, or a name that only one service has. Throws UsageError for anything else. */
export function resolveService(mesh: Mesh, to: string): string {
  const keys = mesh.services.map(keyOf);
  if (keys.includes(to) || mesh.services.some((s) => s.hosts.includes(to))) return to;
  const named = keys.filter((key) => key.endsWith(`/${to}`));
  if (named.length === 1 && named[0] !== undefined) return named[0];
  if (named.length > 1) throw new UsageError(`"${to}" is ambiguous`, `say which: ${named.join(', ')}`);
  throw new UsageError(
    `there is no service "${to}"`,
    didYouMean(to, [...keys, ...keys.map((key) => key.slice(key.indexOf('/') + 1))]) ??
      `services: ${keys.slice(0, 20).join(', ')}`,
  );
}
