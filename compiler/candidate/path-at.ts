// From a place in a text back to the path of the value that is written there.
import { isMap, isScalar, LineCounter, parseDocument, visit } from 'yaml';
import type { Span } from '../diagnostics/index.ts';

type Path = readonly (string | number)[];

/** Path of the innermost key or value that begins at or before a place. */
export function pathAt(text: string, span: Span): Path {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines });
  const offset = (lines.lineStarts[span.start.line - 1] ?? 0) + span.start.column - 1;
  let best: Path = [];
  visit(document, {
    Node(_key, node, ancestors) {
      if (!node.range || node.range[0] > offset || node.range[1] <= offset) return;
      const path = pathOf([...ancestors, node]);
      if (path.length >= best.length) best = path;
    },
  });
  return best;
}

function pathOf(chain: readonly unknown[]): Path {
  const path: (string | number)[] = [];
  chain.forEach((item, i) => {
    const parent = chain[i - 1];
    if (item && typeof item === 'object' && 'key' in item && isScalar(item.key)) path.push(String(item.key.value));
    else if (
      parent &&
      typeof parent === 'object' &&
      'items' in parent &&
      Array.isArray(parent.items) &&
      !isMap(parent)
    ) {
      path.push(parent.items.indexOf(item));
    }
  });
  return path;
}
