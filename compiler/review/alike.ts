// One change of one route may show in as many ways as it has neighbours: what is told in the same words of the same calls is one row.
import type { ReviewRow, WayToShow } from './review.ts';
import { byWeight } from './ways.ts';

/** So many are read one by one. */
const fewWays = 4;

/** The most telling of them stands for all; the others are kept with it, each with its own example. */
export function joinAlike(rows: readonly ReviewRow[]): ReviewRow[] {
  const groups = Map.groupBy(rows, ({ kind, effect, severity, about, title, callers, destinations }) =>
    JSON.stringify([kind, effect, severity, about, title, callers, destinations]),
  );
  return [...groups.values()].flatMap((group) => {
    if (group.length <= fewWays) return group;
    const [first, ...others] = group.toSorted(byWeight(group));
    if (!first) return [];
    const [touched, owners] = [allOf(group, (row) => row.touched), allOf(group, (row) => row.owners)];
    const title = `${first.title}, in ${group.length} ways`;
    return [{ ...first, title, touched, owners, others: others.map(wayOf) }];
  });
}

/** What several rows name, sorted, each once. */
export function allOf(rows: readonly ReviewRow[], of: (row: ReviewRow) => readonly string[]): readonly string[] {
  return [...new Set(rows.flatMap(of))].sort();
}

/** Of the same callers and hosts as the row that it is told with. */
export function wayOf({ from, to, requests, witness, example, base, head }: ReviewRow): WayToShow {
  return {
    ...(from !== undefined && { from }),
    ...(to !== undefined && { to }),
    requests,
    ...(witness && { witness }),
    ...(example && { example }),
    base,
    head,
  };
}
