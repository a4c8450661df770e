// What becomes of the copies of requests, whatever becomes of the requests.
import { copies, type Fate, isReached } from '../analysis/index.ts';
import { destinationChange } from './destination-changes.ts';
import { exposedCopies, withWays } from './exposed-traffic.ts';
import { type ChangeContext, type FateChange, traffic } from './fate-change.ts';
import type { Difference } from './review.ts';
import { nameOf, said, targetsInBoth, tlsChanges } from './target-changes.ts';
import { describeSplit } from './words.ts';

type Share = Fate['shares'][number];

export function copyChanges(a: Fate, b: Fate, { isOfMany, base, head }: ChangeContext): FateChange[] {
  const [before, after] = [a.mirrors ?? [], b.mirrors ?? []];
  if (copies(before).join() === copies(after).join()) return [];
  const describe = (shares: readonly Share[]) =>
    shares.map((share) => `${share.weight}% to ${describeSplit([share])}`).join(', ') || 'nowhere';
  const [from, to] = [describe(before), describe(after)];
  const difference: Difference | undefined =
    from === to ? destinationChange(before.filter(isReached), after.filter(isReached)) : { from, to };
  if (!difference) return copiedOtherwise(before, after);
  const about = [copiesWord, ...(from === to ? [difference.about ?? ''] : [])].join(', ');
  const was = { shares: before, index: base };
  const is = { shares: after, index: head };
  const exposed = exposedCopies({ shares: a.shares, index: base }, was, is, isOfMany);
  return [traffic(withWays({ ...difference, about }, was, is), exposed)];
}

export const copiesWord = 'copies';
/** What an `about` says of how copies travel. */
export const copiesByTls = 'TLS of copies';

/** The same copies go the same way: some are let in that were not, or are encrypted otherwise. */
function copiedOtherwise(before: readonly Share[], after: readonly Share[]): FateChange[] {
  const [was, is] = [before.filter(isReached), after.filter(isReached)];
  const letIn = targetsInBoth(was, is).flatMap(([base, head]) =>
    said(base) === said(head)
      ? []
      : [traffic({ about: `${copiesWord}, ${nameOf(head)}`, from: said(base), to: said(head) }, undefined)],
  );
  return [...letIn, ...tlsChanges(was, is, copiesByTls)];
}
