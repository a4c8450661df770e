// What the front ends gave, as one mesh. Nothing is looked up or reported here: a part is complete in itself.
import { deepFreeze, joinLists, type Mesh, type RawObject, sortLists } from '../model/index.ts';
import type { MeshFrame, MeshPart } from './front-end.ts';

/** Frozen, each list in the order that the model promises. */
export function joinParts(
  { origin, name, settings, settingPlaces }: MeshFrame,
  parts: readonly MeshPart[],
  passthrough: readonly RawObject[],
): Mesh {
  const lists = sortLists(joinLists([...parts, { passthrough }]));
  return deepFreeze<Mesh>({ kind: 'Mesh', origin, name, settings, settingPlaces, ...lists });
}
