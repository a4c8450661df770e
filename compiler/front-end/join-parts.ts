// What the front ends gave, as one mesh. Nothing is looked up or reported here: a part is complete in itself.
import { compareText } from '../diagnostics/index.ts';
import { deepFreeze, type Mesh, type RawObject } from '../model/index.ts';
import type { MeshFrame, MeshPart } from './front-end.ts';

/** Frozen, each list in the order that the model promises. */
export function joinParts(
  { origin, name, settings }: MeshFrame,
  parts: readonly MeshPart[],
  passthrough: readonly RawObject[],
): Mesh {
  const all = <L extends keyof MeshPart>(list: L) =>
    parts.flatMap((part) => (part[list] ?? []) as readonly unknown[] as Mesh[L][number][]);
  return deepFreeze<Mesh>({
    kind: 'Mesh',
    origin,
    name,
    settings,
    services: sorted(all('services')),
    workloads: sorted(all('workloads')),
    routeTables: sorted(all('routeTables')),
    destinationPolicies: sorted(all('destinationPolicies')),
    authorizationPolicies: sorted(all('authorizationPolicies')),
    peerAuthentications: sorted(all('peerAuthentications')),
    gateways: sorted(all('gateways')),
    egressScopes: all('egressScopes').toSorted((a, b) => compareText(a.workload, b.workload)),
    tests: sorted(all('tests')),
    passthrough,
  });
}

function sorted<T extends { readonly namespace: string; readonly name: string }>(nodes: readonly T[]): readonly T[] {
  return nodes.toSorted((a, b) => compareText(a.namespace, b.namespace) || compareText(a.name, b.name));
}
