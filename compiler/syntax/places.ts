// Where the values of a document stand, as a table of numbers. The parser's tree of nodes is many times larger and is not kept.
import { isAlias, isMap, isScalar, isSeq, type Node } from 'yaml';
import type { Span } from '../diagnostics/index.ts';
import type { DocumentPath, PositionMap } from './document.ts';

/** Of a row: start and end of the value, start and end of its key, the row after its last descendant, the row an alias stands for. */
const width = 6;
const none = -1;
/** Deeper than anything that is read; broken texts can be deeper still. */
const maxDepth = 100;
/** Entries that are walked in search of one, before an index is made of them. */
const maxWalked = 200;

/** Rows in the order of the text: a value comes before what it holds. */
export class Places {
  readonly #rows: Int32Array;
  /** Undefined for the entries of a list. */
  readonly #keys: readonly (string | undefined)[];
  readonly #positions: PositionMap;
  readonly #indexes = new Map<number, ReadonlyMap<string, number>>();

  constructor(root: Node | undefined, positions: PositionMap) {
    const table = new TableBuilder();
    if (root) table.add(root, undefined, 0);
    this.#rows = Int32Array.from(table.rows);
    this.#keys = table.keys;
    this.#positions = positions;
  }

  /** The text of a value as written, quotes included; of what does not exist, the nearest thing around it. */
  textOf(path: DocumentPath): string {
    const [start, end] = this.#find(path, false);
    return this.#positions.text.slice(start, end);
  }

  /** The span of a value, or with `isKey` of its key. For what does not exist, the nearest thing around it that does. */
  locate(path: DocumentPath, isKey = false): Span {
    return this.#positions.span(...this.#find(path, isKey));
  }

  #find(path: DocumentPath, isKey: boolean): readonly [start: number, end: number] {
    let row = 0;
    let start = this.#cell(0, 0);
    let end = this.#cell(0, 1);
    for (const [i, step] of path.entries()) {
      row = this.#childOf(row, step);
      if (row === none) break;
      const hasKey = this.#cell(row, 2) !== none;
      const isEmpty = this.#cell(row, 1) <= this.#cell(row, 0);
      if (isEmpty && !hasKey) continue;
      const column = hasKey && (isEmpty || (isKey && i === path.length - 1)) ? 2 : 0;
      start = this.#cell(row, column);
      end = this.#cell(row, column + 1);
    }
    return [start, end];
  }

  #childOf(parent: number, step: string | number): number {
    const alias = this.#cell(parent, 5);
    const from = alias === none ? parent : alias;
    const key = String(step);
    const index = this.#indexes.get(from);
    if (index) return index.get(key) ?? none;
    const last = this.#cell(from, 4);
    for (let row = from + 1, i = 0; row < last; row = this.#cell(row, 4), i++) {
      if (i === maxWalked) return this.#indexOf(from).get(key) ?? none;
      const own = this.#keys[row];
      if (own === undefined ? i === Number(step) : own === key) return row;
    }
    return none;
  }

  /** Of what is so wide that a walk for each of its findings would never end; of what is written twice the first. */
  #indexOf(from: number): ReadonlyMap<string, number> {
    const index = new Map<string, number>();
    const last = this.#cell(from, 4);
    for (let row = from + 1, i = 0; row < last; row = this.#cell(row, 4), i++) {
      const key = this.#keys[row] ?? String(i);
      if (!index.has(key)) index.set(key, row);
    }
    this.#indexes.set(from, index);
    return index;
  }

  #cell(row: number, column: number): number {
    return this.#rows[row * width + column] ?? 0;
  }
}

class TableBuilder {
  readonly rows: number[] = [];
  readonly keys: (string | undefined)[] = [];
  readonly #anchors = new Map<string, number>();

  /** The end of what is written there. */
  add(node: Node | null, key: Node | undefined, depth: number): number {
    const row = this.keys.length;
    const [start, rawEnd] = node?.range ?? [0, 0];
    const [keyStart, keyEnd] = key?.range ?? [none, none];
    this.keys.push(isScalar(key) ? String(key.value) : undefined);
    this.rows.push(start, rawEnd, keyStart, keyEnd, none, none);
    let end = rawEnd;
    if (isAlias(node)) {
      this.rows[row * width + 5] = this.#anchors.get(node.source) ?? none;
    } else if ((isMap(node) || isSeq(node)) && depth < maxDepth) {
      if (node.anchor) this.#anchors.set(node.anchor, row);
      const last = this.#addChildren(node, depth);
      // The parser counts trailing blank lines and comments to a block collection; an underline should stop at the last value.
      if (!node.flow && last !== undefined) end = last;
    } else if (isScalar(node) && node.anchor) {
      this.#anchors.set(node.anchor, row);
    }
    this.rows[row * width + 1] = end;
    this.rows[row * width + 4] = this.keys.length;
    return end > start ? end : keyEnd;
  }

  #addChildren(node: Node, depth: number): number | undefined {
    let last: number | undefined;
    if (isMap(node)) {
      for (const { key, value } of node.items) {
        if (isScalar(key)) last = this.add(value as Node | null, key, depth + 1);
      }
    } else if (isSeq(node)) {
      for (const item of node.items) last = this.add(item as Node | null, undefined, depth + 1);
    }
    return last;
  }
}
