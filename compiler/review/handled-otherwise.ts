// How requests are handled on their way, in two meshes: timeouts, retries, headers, faults and so on.
import { type Fate, noticedHandling, reaches } from '../analysis/index.ts';
import { isReadByMore } from './cors-words.ts';
import { corsWord, difference, featureChanges } from './feature-changes.ts';
import type { Difference, Severity } from './review.ts';
import { formatMs } from './words.ts';

interface Handled extends Difference {
  readonly severity: Severity;
}

/** All that differs in one line; at most one. */
export function handledOtherwise(
  a: Fate,
  b: Fate,
  isTold: (found: Difference) => boolean = () => true,
): readonly Handled[] {
  const [before, after] = [noticedHandling(a), noticedHandling(b)];
  const found = [
    ...difference('timeout', before.timeoutMs, after.timeoutMs, formatMs),
    ...difference('host', a.forward?.host, b.forward?.host, (host) => host ?? 'as sent'),
    ...featureChanges(before, after),
  ].filter(isTold);
  const [first, ...others] = found;
  if (!first) return [];
  const say = (side: 'from' | 'to') => found.map((one) => `${one.about} ${one[side]}`).join('; ');
  const told =
    others.length === 0
      ? first
      : { about: found.map(({ about }) => about).join(', '), from: say('from'), to: say('to') };
  const [was, is] = [a, b].map((fate) => (isHeard(fate) ? abortedOf(fate) : 0)) as [number, number];
  const isOpened = found.some(({ about }) => about === corsWord) && isReadByMore(before.cors, after.cors);
  return [{ ...told, severity: isOpened || isStopping(was, is) ? 'medium' : 'low' }];
}

/** What is refused gets nowhere, aborted or not. */
function isHeard(fate: Fate): boolean {
  return reaches(fate) || fate.outcome === 'redirect' || fate.outcome === 'answered';
}

function abortedOf(fate: Fate): number {
  return noticedHandling(fate).fault?.abort?.percentage ?? 0;
}

/** From here on they are most. */
const mostOfThem = 50;

/** Most requests get nowhere any more; or for the first time since a fault has aborted them all some do. */
function isStopping(was: number, is: number): boolean {
  return is > was ? is >= mostOfThem : was >= 100 && is < was;
}
