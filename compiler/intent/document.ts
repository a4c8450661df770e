// One YAML document of intent as plain data that still knows where each value was written.
import { isAlias, isMap, isScalar, isSeq, type LineCounter, type Node, type Pair } from 'yaml';
import type { Span } from '../diagnostics/index.ts';

/** Keys and list indexes from the root of a document. */
export type DocumentPath = readonly (string | number)[];

export interface IntentDocument {
  readonly file: string;
  readonly kind: string;
  /** `default` unless `metadata.namespace` is given. A Mesh has none: "". */
  readonly namespace: string;
  readonly name: string;
  /** The document as plain JavaScript values, as written. */
  readonly object: Readonly<Record<string, unknown>>;
  readonly span: Span;
  /** The span of a value, or with `key` of its key. For what does not exist, the nearest thing around it that does. */
  locate(path: DocumentPath, options?: { readonly key?: boolean }): Span;
}

/** The text positions of one file. */
export class PositionMap {
  readonly file: string;
  readonly #lines: LineCounter;

  constructor(file: string, lines: LineCounter) {
    this.file = file;
    this.#lines = lines;
  }

  span(start: number, end: number): Span {
    return { file: this.file, start: this.#position(start), end: this.#position(Math.max(start, end)) };
  }

  spanOf(node: Node): Span {
    return this.span(node.range?.[0] ?? 0, endOf(node));
  }

  #position(offset: number): Span['start'] {
    const { line, col } = this.#lines.linePos(offset);
    return { line: Math.max(1, line), column: Math.max(1, col) };
  }
}

/** A value in the tree with the key under which it stands, if any. */
export interface Place {
  readonly node: Node | undefined;
  readonly key: Node | undefined;
}

/** The child of a node by key or index; aliases are seen through. */
export function childOf(node: Node | undefined, step: string | number, root: AliasResolver): Place | undefined {
  const target = isAlias(node) ? root(node) : node;
  if (isMap(target)) {
    const pair = target.items.find((item) => isScalar(item.key) && String(item.key.value) === String(step));
    return pair && { node: asNode(pair.value), key: asNode(pair.key) };
  }
  if (isSeq(target) && target.items[Number(step)] !== undefined) {
    return { node: asNode(target.items[Number(step)]), key: undefined };
  }
  return undefined;
}

export type AliasResolver = (alias: Node) => Node | undefined;

export function locateIn(
  positions: PositionMap,
  root: Node | undefined,
  path: DocumentPath,
  key: boolean,
  resolve: AliasResolver,
): Span {
  let place: Place = { node: root, key: undefined };
  let best: Node | undefined = root;
  for (const [i, step] of path.entries()) {
    const next = childOf(place.node, step, resolve);
    if (!next) break;
    place = next;
    const isLast = i === path.length - 1;
    best = (isLast && key && next.key) || (hasText(next.node) ? next.node : (next.key ?? best));
  }
  return best ? positions.spanOf(best) : positions.span(0, 0);
}

/** False for the value of `key:` with nothing behind it. */
export function hasText(node: Node | undefined): node is Node {
  return node?.range != null && node.range[1] > node.range[0];
}

/**
 * The end of what is written. The parser counts trailing blank lines and comments to a block collection; an underline
 * should stop at the last value.
 */
function endOf(node: Node): number {
  if ((isMap(node) || isSeq(node)) && !node.flow) {
    const last = node.items.at(-1);
    const inner = isMap(node) ? lastOfPair(last as Pair | undefined) : asNode(last);
    if (inner) return endOf(inner);
  }
  return node.range?.[1] ?? 0;
}

function lastOfPair(pair: Pair | undefined): Node | undefined {
  const value = asNode(pair?.value);
  return hasText(value) ? value : asNode(pair?.key);
}

function asNode(value: unknown): Node | undefined {
  return typeof value === 'object' && value !== null && 'range' in value ? (value as Node) : undefined;
}
