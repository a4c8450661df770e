// The alternatives of a pattern, wherever in it they stand.
import { groupless } from './regex-escapes.ts';

export interface Alternative {
  /** As it is written. */
  readonly text: string;
  /** The pattern with another text in its place, and no other alternative beside it. */
  readonly with: (text: string) => string;
}

const parts = new RegExp(`${groupless}|\\(\\?[a-zA-Z-]+\\)|\\((?:\\?[^:>)]*[:>])?|[)|]`, 'g');
const flags = /^\(\?[a-zA-Z-]+\)$/;

/** None where flags that are set on the way, as in `a|(?i)b`, may reach from one to the next. The pattern has to be a regular expression. */
export function alternativesOf(pattern: string): readonly Alternative[] {
  const found: Alternative[] = [];
  const open: number[][] = [[0]];
  const close = (end: number) => {
    const starts = open.pop() ?? [];
    if (starts.length > 1) found.push(...between(pattern, starts, end));
  };
  for (const { 0: part, index } of pattern.matchAll(parts)) {
    if (flags.test(part) && index > 0) return [];
    if (part === ')') close(index);
    else if (part === '|') open.at(-1)?.push(index + 1);
    else if (part.startsWith('(') && !flags.test(part)) open.push([index + part.length]);
  }
  close(pattern.length);
  return found;
}

function between(pattern: string, starts: readonly number[], end: number): Alternative[] {
  const [first = 0] = starts;
  // Flags at the very beginning hold for all.
  const head = first === 0 ? (/^\(\?[a-zA-Z-]+\)/.exec(pattern)?.[0] ?? '') : pattern.slice(0, first);
  return starts.map((start, i) => {
    const from = start === 0 ? head.length : start;
    const text = pattern.slice(from, (starts[i + 1] ?? end + 1) - 1);
    return { text, with: (other) => head + other + pattern.slice(end) };
  });
}
