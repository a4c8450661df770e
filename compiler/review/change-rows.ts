// Changes of what nodes say to rows without requests: one for each, however many nodes share it.
import type { MeshIndex } from '../model/index.ts';
import { nameSome, plainRow } from './inventory.ts';
import { ownersOf } from './owners.ts';
import type { ReviewRow } from './review.ts';
import type { Change } from './setting.ts';

export function changeRows(meshes: readonly MeshIndex[], changes: readonly Change[]): ReviewRow[] {
  const groups = Map.groupBy(changes, ({ what, about, from, to, means }) =>
    JSON.stringify([what, about, from, to, means]),
  );
  return [...groups.values()].flatMap((group) => rowOf(meshes, group));
}

function rowOf(meshes: readonly MeshIndex[], group: readonly Change[]): ReviewRow[] {
  const [first] = group;
  if (!first) return [];
  const { what, about, from, to, severity, means } = first;
  const names = new Set(group.map(({ name }) => name));
  const whose = [what, nameSome([...names])].filter((word) => word !== '').join(' ');
  const title = `${whose}: ${about}${means === undefined ? '' : `; ${means}`}`;
  return [
    plainRow(
      { kind: 'settings', effect: 'changed', severity, title, about, from, to },
      group.map(({ places }) => places.base),
      group.map(({ places }) => places.head),
      ownersOf(
        meshes,
        group.flatMap(({ name, earlier = name }) => [earlier, name]),
      ),
    ),
  ];
}
