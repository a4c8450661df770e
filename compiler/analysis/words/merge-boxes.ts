// Joins sets of requests that differ in one axis only, so that there are fewer of them to describe.
import type { RequestSpace } from '../symbolic/request-space.ts';

/** For some axes, by number, the atoms that requests may have. */
export type Box = Map<number, readonly number[]>;

/** Two boxes that differ in one axis only are one box. Changes those that it is given. */
export function mergeBoxes(boxes: readonly Box[], space: RequestSpace): Box[] {
  let merged = boxes.map((box): Summed => ({ box, sum: sumOf(box) }));
  const used = [...new Set(boxes.flatMap((box) => [...box.keys()]))].sort((a, b) => a - b);
  // What is joined along one axis may be alike along another, so it is gone over until nothing joins any more.
  for (let before = -1; before !== sizeOf(merged) && merged.length > 1; ) {
    before = sizeOf(merged);
    for (const axis of used) {
      const count = space.axes[axis]?.atoms.count;
      merged = mergeAlong(merged, axis);
      for (const one of merged) if (one.box.get(axis)?.length === count) setAtoms(one, axis, undefined);
    }
  }
  return merged.map(({ box }) => box);
}

/** `sum` is equal for equal boxes: only a hint, but cheap where boxes have hundreds of axes. */
interface Summed {
  readonly box: Box;
  sum: number;
}

function sizeOf(boxes: readonly Summed[]): number {
  return boxes.reduce((sum, { box }) => sum + 1 + box.size, 0);
}

function mergeAlong(boxes: readonly Summed[], axis: number): Summed[] {
  const groups = new Map<string, Summed[]>();
  return boxes.filter((one) => {
    const atoms = one.box.get(axis);
    const key = `${one.box.size} ${atoms !== undefined} ${one.sum - partOfSum(axis, atoms)}`;
    const list = groups.get(key) ?? [];
    groups.set(key, list);
    const same = list.find((other) => isSameBut(axis, other.box, one.box));
    if (!same) list.push(one);
    else if (atoms) {
      const all = new Set([...(same.box.get(axis) ?? []), ...atoms]);
      setAtoms(
        same,
        axis,
        [...all].sort((a, b) => a - b),
      );
    }
    return !same;
  });
}

function setAtoms(one: Summed, axis: number, atoms: readonly number[] | undefined): void {
  one.sum += partOfSum(axis, atoms) - partOfSum(axis, one.box.get(axis));
  if (atoms) one.box.set(axis, atoms);
  else one.box.delete(axis);
}

function sumOf(box: Box): number {
  let sum = 0;
  for (const [axis, atoms] of box) sum += partOfSum(axis, atoms);
  return sum;
}

function partOfSum(axis: number, atoms: readonly number[] | undefined): number {
  return atoms ? (axis + 1) * (atoms.length * 64 + (atoms[0] ?? 0)) : 0;
}

function isSameBut(axis: number, a: Box, b: Box): boolean {
  for (const [other, atoms] of a) {
    const there = b.get(other);
    if (other !== axis && there !== atoms && there?.join() !== atoms.join()) return false;
  }
  return true;
}
