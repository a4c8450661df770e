// The alternatives of a pattern, wherever in it they stand.
import { groupless } from './regex-escapes.ts';

export interface Alternative {
  /** As it is written. */
  readonly text: string;
  /** Where in the pattern it stands. */
  readonly from: number;
  readonly to: number;
  /** The pattern with another text in its place, and no other alternative beside it or around it. */
  readonly with: (text: string) => string;
}

const parts = new RegExp(`${groupless}|\\(\\?[a-zA-Z-]+\\)|\\((?:\\?[^:>)]*[:>])?|[)|]`, 'g');
const flags = /^\(\?[a-zA-Z-]+\)$/;

/** What stands between two brackets, or the whole: where its alternatives start, and where the last one ends. */
interface Group {
  readonly starts: number[];
  readonly parent: Group | undefined;
  end: number;
}

/** None where flags that are set on the way, as in `a|(?i)b`, may reach from one to the next. The pattern has to be a regular expression. */
export function alternativesOf(pattern: string): readonly Alternative[] {
  const closed: Group[] = [];
  let open: Group | undefined = { starts: [0], parent: undefined, end: pattern.length };
  for (const { 0: part, index } of pattern.matchAll(parts)) {
    if (flags.test(part) && index > 0) return [];
    if (part === ')' && open) {
      open.end = index;
      closed.push(open);
      open = open.parent;
    } else if (part === '|') open?.starts.push(index + 1);
    else if (part.startsWith('(') && !flags.test(part))
      open = { starts: [index + part.length], parent: open, end: pattern.length };
  }
  if (open) closed.push(open);
  // Flags at the very beginning hold for all.
  const head = /^\(\?[a-zA-Z-]+\)/.exec(pattern)?.[0] ?? '';
  return closed.filter(({ starts }) => starts.length > 1).flatMap((group) => alternativesIn(group, pattern, head));
}

/** Without those that are part of another: of what is wrong as a whole, each part is. */
export function outermost(alternatives: readonly Alternative[]): readonly Alternative[] {
  return alternatives.filter(
    (one) => !alternatives.some((other) => other !== one && other.from <= one.from && one.to <= other.to),
  );
}

function alternativesIn(group: Group, pattern: string, head: string): Alternative[] {
  return rangesOf(group, head).map(([from, to]) => ({
    text: pattern.slice(from, to),
    from,
    to,
    with(text) {
      let isolated = text;
      for (let inner = group; inner.parent; inner = inner.parent) {
        const [start = 0] = inner.starts;
        const [first, last] = rangesOf(inner.parent, head).find(([, end]) => start <= end) ?? [0, pattern.length];
        isolated = pattern.slice(first, start) + isolated + pattern.slice(inner.end, last);
      }
      return head + isolated;
    },
  }));
}

function rangesOf({ starts, end }: Group, head: string): (readonly [from: number, to: number])[] {
  return starts.map((start, i) => [start === 0 ? head.length : start, (starts[i + 1] ?? end + 1) - 1]);
}
