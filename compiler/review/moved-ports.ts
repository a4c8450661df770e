// A port that is renumbered is one change: what it takes from some callers under the old number, it gives them under the new one.
import { contentKey, distribution, type Share } from '../analysis/index.ts';
import type { MeshIndex } from '../model/index.ts';
import { endpointPlaces } from './endpoint-places.ts';
import type { Meshes } from './proof.ts';
import type { ReviewRow } from './review.ts';
import { shortHost, splitDestination } from './words.ts';

/** In the place of both rows one, whose example is the call that no longer gets through. */
export function joinMovedPorts(meshes: Meshes, rows: readonly ReviewRow[]): ReviewRow[] {
  const { base, head } = meshes;
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
      (left, { lost, gained: other }) => [
        ...left.filter((row) => row !== lost && row !== other),
        joined(meshes, lost, other),
      ],
      [...rows],
    );
}

/** True if no destination of the row is a port that the other mesh has. */
function isOnly(mine: MeshIndex, other: MeshIndex, { destinations }: ReviewRow): boolean {
  return destinations.every((destination) => {
    const { host, port: number } = splitDestination(destination);
    const has = (index: MeshIndex) => index.serviceByHost.get(host)?.ports.some((port) => port.number === number);
    return has(mine) === true && has(other) === false;
  });
}

function isSameMove(lost: ReviewRow, gained: ReviewRow): boolean {
  const about = ({ callers, requests, destinations }: ReviewRow) =>
    contentKey([callers, requests, destinations.map((one) => splitDestination(one).host)]);
  const [before, after] = [lost.witness?.base, gained.witness?.head].map((verdict) =>
    distribution((verdict?.shares ?? []).map(withoutPort)),
  );
  return about(lost) === about(gained) && contentKey(before) === contentKey(after);
}

/** The port behind moves along where nobody says another. */
function withoutPort(share: Share): Share {
  const targets = share.targets.map((target) => ({ ...target, endpoint: { ...target.endpoint, port: 0 } }));
  return { ...share, targets };
}

function joined(meshes: Meshes, lost: ReviewRow, gained: ReviewRow): ReviewRow {
  const [from, to] = addressesOf(lost, gained);
  return {
    ...lost,
    kind: 'traffic',
    effect: 'changed',
    title: lost.title.replace('may no longer call', 'must call another port of').replace(/:\d+/g, ''),
    about: 'port',
    from,
    to,
    destinations: [...lost.destinations, ...gained.destinations].sort(),
    ...placesOf(meshes, lost, gained),
    touched: [...new Set([...lost.touched, ...gained.touched])].sort(),
  };
}

function placesOf(meshes: Meshes, lost: ReviewRow, gained: ReviewRow): Pick<ReviewRow, 'base' | 'head'> {
  if (!lost.witness || !gained.witness) return { base: lost.base, head: gained.head };
  const base = { index: meshes.base, verdict: lost.witness.base };
  const head = { index: meshes.head, verdict: gained.witness.head };
  return { base: endpointPlaces(base, head), head: endpointPlaces(head, base) };
}

/** `shoes.shop:80`, and the ports behind where they move otherwise than that. */
function addressesOf(lost: ReviewRow, gained: ReviewRow): readonly [from: string, to: string] {
  const sides = [
    { row: lost, verdict: lost.witness?.base },
    { row: gained, verdict: gained.witness?.head },
  ].map(({ row, verdict }) => {
    const targets = verdict?.shares.flatMap((share) => share.targets) ?? [];
    const numbers = new Set(row.destinations.map((destination) => splitDestination(destination).port));
    const behind = [...new Set(targets.map(({ endpoint }) => endpoint.port))];
    return { text: row.destinations.map(shortHost).join(', '), behind, isOwn: behind.every((one) => numbers.has(one)) };
  });
  const [was, is] = sides.map(({ behind }) => behind.join(', '));
  const isTold = was !== is && sides.some(({ isOwn }) => !isOwn);
  const [from = '', to = ''] = sides.map(({ text, behind }) =>
    isTold ? `${text}, port ${behind.join(', ')} behind` : text,
  );
  return [from, to];
}
