// Keeps text away from the YAML parser that would keep it busy for minutes: a megabyte of brackets, question marks or anchors.
// A coarse look at the raw text only; what passes is examined again once it is parsed.
import type { Position } from '../diagnostics/index.ts';

const maxOpenBrackets = 128;

/** Where text is nested beyond all reason, or undefined. */
export function findHostileNesting(text: string): Position | undefined {
  const at = findBrackets(text) ?? findRuns(text);
  return at === undefined ? undefined : positionOf(text, at);
}

/** Counts brackets without regard to quotes: within quotes they are balanced in all but contrived texts. */
function findBrackets(text: string): number | undefined {
  let open = 0;
  for (let i = 0; i < text.length; i++) {
    const c = text.charCodeAt(i);
    if (c === 0x5b || c === 0x7b) open += 1;
    else if ((c === 0x5d || c === 0x7d) && open > 0) open -= 1;
    if (open > maxOpenBrackets) return i;
  }
  return undefined;
}

/** Block lists in one line (`- - - -`), explicit keys in keys (`? ? ?`), anchors and tags upon one another. */
function findRuns(text: string): number | undefined {
  const found = /(?:-[ \t]+){100}|(?:\?\s+){8}|(?:[&!][^\s,[\]{}]*\s+){16}/.exec(text);
  return found?.index;
}

function positionOf(text: string, at: number): Position {
  const before = text.slice(0, at);
  const lineStart = before.lastIndexOf('\n') + 1;
  return { line: before.split('\n').length, column: at - lineStart + 1 };
}
