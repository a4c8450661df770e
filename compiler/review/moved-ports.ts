// A port that is renumbered is one change: what it takes from some callers under the old number, it gives them under the new one.
import { contentKey, distribution } from '../analysis/index.ts';
import type { MeshIndex } from '../model/index.ts';
import type { Meshes } from './proof.ts';
import type { ReviewRow } from './review.ts';
import { shortHost } from './words.ts';

/** In the place of both rows one, whose example is the call that no longer gets through. */
export function joinMovedPorts({ base, head }: Meshes, rows: readonly ReviewRow[]): ReviewRow[] {
  const gained = new Set(rows.filter(({ effect, kind }) => effect === 'gained' && kind !== 'exposure'));
  return rows
    .flatMap((row) => {
      if (row.effect !== 'lost' || !isOnly(base, head, row)) return [];
      const other = [...gained].find((one) => isOnly(head, base, one) && isSameMove(row, one));
      if (!other) return [];
      gained.delete(other);
      return [{ lost: row, gained: other }];
    })
    .reduce<ReviewRow[]>(
      (left, { lost, gained: other }) => [...left.filter((row) => row !== lost && row !== other), joined(lost, other)],
      [...rows],
    );
}

/** True if no destination of the row is a port that the other mesh has. */
function isOnly(mine: MeshIndex, other: MeshIndex, { destinations }: ReviewRow): boolean {
  return destinations.every((destination) => {
    const [host, number] = split(destination);
    const has = (index: MeshIndex) => index.serviceByHost.get(host)?.ports.some((port) => port.number === number);
    return has(mine) === true && has(other) === false;
  });
}

function split(destination: string): readonly [host: string, port: number] {
  const at = destination.lastIndexOf(':');
  return [destination.slice(0, at), Number(destination.slice(at + 1))];
}

function isSameMove(lost: ReviewRow, gained: ReviewRow): boolean {
  const about = ({ callers, requests, destinations }: ReviewRow) =>
    contentKey([callers, requests, destinations.map((one) => split(one)[0])]);
  const [before, after] = [lost.witness?.base, gained.witness?.head].map((verdict) =>
    distribution(verdict?.shares ?? []),
  );
  return about(lost) === about(gained) && contentKey(before) === contentKey(after);
}

function joined(lost: ReviewRow, gained: ReviewRow): ReviewRow {
  const [from, to] = [lost, gained].map(({ destinations }) => destinations.map(shortHost).join(', ')) as [
    string,
    string,
  ];
  return {
    ...lost,
    kind: 'traffic',
    effect: 'changed',
    title: lost.title.replace('may no longer call', 'must call another port of').replace(/:\d+/g, ''),
    about: 'port',
    from,
    to,
    destinations: [...lost.destinations, ...gained.destinations].sort(),
    head: gained.head,
    touched: [...new Set([...lost.touched, ...gained.touched])].sort(),
  };
}
