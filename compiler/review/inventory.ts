// Services, workloads and gateways that only one of the meshes has: rows without requests.
import { type Mesh, type ModelNode, keyOf } from '../model/index.ts';
import type { ReviewRow } from './review.ts';

type Named = ModelNode<string> & { readonly namespace: string; readonly name: string };

const lists = [
  ['service', (mesh: Mesh): readonly Named[] => mesh.services],
  ['workload', (mesh: Mesh): readonly Named[] => mesh.workloads],
  ['gateway', (mesh: Mesh): readonly Named[] => mesh.gateways],
] as const;
const namedLimit = 8;

/** At most one row a kind of object and direction. */
export function inventoryRows(base: Mesh, head: Mesh): ReviewRow[] {
  return lists.flatMap(([what, list]) => [
    ...row(what, 'added', onlyIn(list(head), list(base)), 'head'),
    ...row(what, 'removed', onlyIn(list(base), list(head)), 'base'),
  ]);
}

function onlyIn(list: readonly Named[], other: readonly Named[]): Named[] {
  const known = new Set(other.map(keyOf));
  return list.filter((object) => !known.has(keyOf(object)));
}

function row(what: string, effect: 'added' | 'removed', objects: readonly Named[], side: 'base' | 'head'): ReviewRow[] {
  if (objects.length === 0) return [];
  const names = objects.slice(0, namedLimit).map(keyOf);
  const more = objects.length > namedLimit ? ` and ${objects.length - namedLimit} more` : '';
  const places = objects
    .slice(0, namedLimit)
    .map((object) => ({ text: `${what} ${keyOf(object)}`, origin: object.origin }));
  return [
    {
      kind: 'inventory',
      effect,
      severity: 'low',
      title: `${what}${objects.length === 1 ? '' : 's'} ${effect}: ${names.join(', ')}${more}`,
      callers: [],
      destinations: [],
      requests: [],
      base: side === 'base' ? places : [],
      head: side === 'head' ? places : [],
      touched: [],
    },
  ];
}
