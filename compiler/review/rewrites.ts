// What a route makes of paths, in words; and which of two such words are of one rewrite.
import { type Fate, splitChange } from '../analysis/index.ts';
import type { Difference } from './review.ts';

const becomes = '… becomes ';

/** `/b… becomes /c…`. */
export function describeRewrite(fate: Fate): string {
  const { change } = splitChange(fate);
  if (change.kind === 'keep') return 'as sent';
  return change.kind === 'replace' ? change.path : `${change.dropped}${becomes}${change.path}…`;
}

/** The same of both words: of a prefix, the path that is nothing more becomes another one whole. */
export function rewriteOf(fate: Fate): string {
  const { change } = splitChange(fate);
  return change.kind === 'keep' ? '' : change.path.replace(/\/$/, '');
}

/** Of changes that come of one rewrite, those that say all of it. */
export function wholeRewrites<C extends Difference>(changes: readonly C[]): readonly C[] {
  const whole = changes.filter(({ from, to }) => [from, to].some((words) => words.includes(becomes)));
  return whole.length > 0 ? whole : changes;
}
