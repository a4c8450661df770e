// What has to be written for one value to become another, piece by piece. Knows keys and items, no places.
import { isDeepStrictEqual } from 'node:util';
import { isRecord } from './write.ts';

export interface MapDifference {
  /** Keys, in the order in which they are written. */
  readonly changed: readonly string[];
  readonly added: readonly string[];
  readonly removed: readonly string[];
}

/** `isOwn` says of a key whether it is written there itself; what comes from elsewhere is overruled by a key of its own. */
export function differenceOf(
  before: Readonly<Record<string, unknown>>,
  after: Readonly<Record<string, unknown>>,
  isOwn: (key: string) => boolean,
): MapDifference {
  const kept = Object.keys(after).filter((key) => Object.hasOwn(before, key));
  const changed = kept.filter((key) => !isDeepStrictEqual(before[key], after[key]));
  return {
    changed: changed.filter(isOwn),
    added: [
      ...changed.filter((key) => !isOwn(key)),
      ...Object.keys(after).filter((key) => !Object.hasOwn(before, key)),
    ],
    removed: Object.keys(before).filter((key) => !Object.hasOwn(after, key)),
  };
}

/** The index in `after` at which the items of `before` stand, in their order; undefined if they do not. */
export function lineUp(before: readonly unknown[], after: readonly unknown[]): number | undefined {
  const spare = after.length - before.length;
  // Each is changed where it stands.
  if (spare === 0) return 0;
  const starts = spare < 0 ? [] : [0, spare];
  return starts.find((start) => before.every((item, i) => isSame(item, after[start + i])));
}

/** One and the same for Kubernetes, whatever has changed in it: containers and volumes are told apart by their names. */
function isSame(a: unknown, b: unknown): boolean {
  if (isRecord(a) && isRecord(b) && typeof a.name === 'string') return a.name === b.name;
  return isDeepStrictEqual(a, b);
}
