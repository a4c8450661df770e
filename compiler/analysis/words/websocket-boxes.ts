// Whether a set of requests is of those that ask for WebSocket, or of all others: two headers say it together, and people one word.
import { upgradeLanguages } from '../fields/upgrade-language.ts';
import type { RequestSpace } from '../symbolic/request-space.ts';
import { type Box, mergeBoxes } from './merge-boxes.ts';

export interface ApartByWebSocket {
  /** Follows what is said of the boxes, which leave the two headers out where it says something. */
  readonly said: '' | ' for WebSocket' | ', WebSocket apart';
  readonly boxes: readonly Box[];
}

interface Asked {
  readonly axis: number;
  /** By atom, whether its values ask for it. */
  readonly inside: Uint8Array;
}

/** Sets that are not told apart so stay as they are. */
export function apartByWebSocket(space: RequestSpace, boxes: readonly Box[]): readonly ApartByWebSocket[] {
  const [connection, upgrade] = [askedIn(space, 'connection'), askedIn(space, 'upgrade')];
  if (!connection || !upgrade) return [{ said: '', boxes }];
  const bare = (box: Box): Box =>
    new Map([...box].filter(([axis]) => axis !== connection.axis && axis !== upgrade.axis));
  const partOf = (box: Box) => `${holds(connection, box)} ${holds(upgrade, box)}`;
  const groups = Map.groupBy(boxes, (box) => keyOf(bare(box)));
  const apart: Record<ApartByWebSocket['said'], Box[]> = { '': [], ', WebSocket apart': [], ' for WebSocket': [] };
  for (const group of groups.values()) {
    const parts = group.map(partOf).sort().join();
    const said = sayings[parts] ?? '';
    apart[said].push(...(said === '' ? group : group.slice(0, 1).map(bare)));
  }
  return Object.entries(apart)
    .filter(([, list]) => list.length > 0)
    .map(([said, list]) => ({
      said: said as ApartByWebSocket['said'],
      boxes: said === '' ? list : mergeBoxes(list, space),
    }));
}

/** By what connection and upgrade say in the boxes that are otherwise alike. */
const sayings: Readonly<Record<string, ApartByWebSocket['said']>> = {
  'yes yes': ' for WebSocket',
  'no any,yes no': ', WebSocket apart',
  'any no,no yes': ', WebSocket apart',
};

function askedIn(space: RequestSpace, header: keyof typeof upgradeLanguages): Asked | undefined {
  const field = space.fields.find(({ dimension }) => dimension.key === `header ${header}`);
  const [only, ...others] = field?.axes ?? [];
  const inside = only?.atoms.inside.get(upgradeLanguages[header].key);
  const [axis] = field?.numbers ?? [];
  return inside && axis !== undefined && others.length === 0 ? { axis, inside } : undefined;
}

function holds({ axis, inside }: Asked, box: Box): 'yes' | 'no' | 'any' | 'some' {
  const atoms = box.get(axis);
  if (atoms === undefined) return 'any';
  const isExactly = (wanted: number) =>
    atoms.every((atom) => inside[atom] === wanted) && atoms.length === inside.filter((one) => one === wanted).length;
  return isExactly(1) ? 'yes' : isExactly(0) ? 'no' : 'some';
}

function keyOf(box: Box): string {
  return JSON.stringify([...box].sort(([a], [b]) => a - b));
}
