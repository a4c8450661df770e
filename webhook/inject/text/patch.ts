// Changes to a text, by what is put in or taken away beside the nodes of a document. Knows where things stand, not what they mean.
import type { Node, Pair, YAMLMap, YAMLSeq } from 'yaml';
import {
  type Collection,
  columnOf,
  endOf,
  endOfPair,
  endsInBlockText,
  endsLine,
  endWithComments,
  isBlank,
  lineEnd,
  lineStart,
  startOf,
  startsLine,
  startWithComments,
} from './places.ts';
import { isFilled, type Wording, writeBlock, writeFlow, writePair, writeScalar } from './write.ts';

export interface Edit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** Edits may touch and never overlap; where several put something in at one place, they do so in the given order. */
export function applyEdits(text: string, edits: readonly Edit[]): string {
  const isInsertion = ({ start, end }: Edit) => (start === end ? 0 : 1);
  let result = '';
  let at = 0;
  for (const edit of edits.toSorted((a, b) => a.start - b.start || isInsertion(a) - isInsertion(b))) {
    result += text.slice(at, edit.start) + edit.text;
    at = edit.end;
  }
  return result + text.slice(at);
}

type Entry = readonly [key: string, value: unknown];

export class Patch {
  readonly edits: Edit[] = [];
  readonly #text: string;
  readonly #wording: Wording;

  constructor(text: string, isJson: boolean) {
    this.#text = text;
    this.#wording = { isJson, newline: /\r?\n/.exec(text)?.[0] ?? '\n' };
  }

  replaceNode(node: Node, text: string): void {
    this.#replace(startOf(node), endOf(node, this.#text), text);
  }

  /** The whole value; `column` is that of the block collection it stands in, undefined within brackets. */
  rewrite(node: Node, value: unknown, column: number | undefined): void {
    const at = startOf(node);
    const end = endOf(node, this.#text);
    const start = at - (/ *$/.exec(this.#text.slice(lineStart(this.#text, at), at))?.[0].length ?? 0);
    const isBelow = startsLine(this.#text, at);
    // A list may stand below the very column of its key, and nothing else may.
    const below = Math.max(columnOf(this.#text, at), (column ?? 0) + (Array.isArray(value) ? 0 : 1));
    if (column !== undefined && isFilled(value) && endsLine(this.#text, end)) {
      const lines = writeBlock(value, ' '.repeat(isBelow ? below : column + 2), this.#wording);
      this.#replace(start, end, isBelow ? lines.join(this.#wording.newline) : this.#below(lines));
    } else {
      const text = writeFlow(value, this.#wording);
      if (isBlank(node)) this.#insert(start, ` ${text}`);
      else if (isBelow && column !== undefined)
        this.#replace(start, end, ' '.repeat(Math.max(below, column + 1)) + text);
      else this.#replace(at, end, text);
    }
  }

  replacePair(pair: Pair, [key, value]: Entry): void {
    const text = `${writeScalar(key, this.#wording)}: ${writeFlow(value, this.#wording)}`;
    this.#replace(startOf(pair.key), endOfPair(pair, this.#text), text);
  }

  /** Not the only one; `isKept` tells which others stay. */
  removePair(map: YAMLMap, pair: Pair, isKept: (pair: Pair) => boolean): void {
    const i = map.items.indexOf(pair);
    const start = startOf(pair.key);
    const end = endOfPair(pair, this.#text);
    const before = map.items[i - 1];
    const next = map.items[i + 1];
    if (!map.flow && startsLine(this.#text, start) && lineStart(this.#text, start) > 0)
      this.#replace(lineEnd(this.#text, this.#breakAbove(start)), lineEnd(this.#text, end), '');
    else if (map.flow && before && map.items.slice(0, i).some(isKept))
      this.#replace(endOfPair(before, this.#text), end, '');
    else this.#replace(start, next ? startOf(next.key) : end, '');
  }

  addPairs(map: YAMLMap, entries: readonly Entry[]): void {
    const pairs = (indent: string) => entries.flatMap(([key, value]) => writePair(key, value, indent, this.#wording));
    if (map.flow)
      this.#addFlow(map, map.items.at(-1)?.value, (write) =>
        entries.map(([key, value]) => `${writeScalar(key, this.#wording)}: ${write(value)}`),
      );
    else this.#addLines(map, pairs, 0);
  }

  addItems(list: YAMLSeq, items: readonly unknown[]): void {
    if (list.flow) this.#addFlow(list, list.items.at(-1), (write) => items.map(write));
    // A comment below that is indented like the list is about what follows.
    else this.#addLines(list, (indent) => writeBlock(items, indent, this.#wording), 1);
  }

  addItemsFirst(list: YAMLSeq, items: readonly unknown[]): void {
    const start = startOf(list);
    const lead = this.#leadOf(list);
    const lines = writeBlock(items, this.#indentOf(list), this.#wording);
    if (list.flow)
      this.#insert(start + 1, items.map((item) => `${lead}${this.#flow(item, lead)},`).join('') + (lead ? '' : ' '));
    else if (startsLine(this.#text, start))
      this.#insert(startWithComments(this.#text, start), lines.map((line) => line + this.#wording.newline).join(''));
    else this.#insertBefore(list, lines);
  }

  #addLines(collection: Collection, write: (indent: string) => string[], deeper: number): void {
    const indent = this.#indentOf(collection);
    const end = endOf(collection, this.#text);
    // At the end of the file such a text may have no break, and would get one.
    if (end === this.#text.length && endsInBlockText(collection)) this.#insertBefore(collection, write(indent));
    else this.#insert(endWithComments(this.#text, end, indent.length + deeper), this.#below(write(indent)));
  }

  /** On the line of the first entry, which moves down. */
  #insertBefore(collection: Collection, lines: readonly string[]): void {
    const text = lines.map((line) => line + this.#wording.newline).join('');
    this.#insert(startOf(collection), text.trimStart() + this.#indentOf(collection));
  }

  #addFlow(collection: Collection, last: unknown, written: (write: (value: unknown) => string) => string[]): void {
    const lead = this.#leadOf(collection);
    const entries = written((value) => this.#flow(value, lead)).map((one) => `${lead || ' '}${one}`);
    if (isBlank(last)) this.#insert(startOf(collection) + 1, entries.map((one) => `${one},`).join(''));
    else this.#insert(endOf(last, this.#text), entries.map((one) => `,${one}`).join(''));
  }

  /** Of brackets over several lines, what stands before each entry; "" of all others. */
  #leadOf(collection: Collection): string {
    const [first] = collection.items;
    const key = (first as Pair | undefined)?.key ?? first;
    const lead = collection.flow && key ? this.#text.slice(startOf(collection) + 1, startOf(key)) : '';
    return /^\s*\n[ \t]*$/.test(lead) ? lead : '';
  }

  #flow(value: unknown, lead: string): string {
    return writeFlow(value, this.#wording, lead ? lead.slice(lead.lastIndexOf('\n') + 1) : undefined);
  }

  #indentOf(collection: Collection): string {
    return ' '.repeat(columnOf(this.#text, startOf(collection)));
  }

  /** An offset in the line above. */
  #breakAbove(offset: number): number {
    return lineStart(this.#text, lineStart(this.#text, offset) - 1);
  }

  #below(lines: readonly string[]): string {
    return lines.map((line) => this.#wording.newline + line).join('');
  }

  #insert(at: number, text: string): void {
    this.edits.push({ start: at, end: at, text });
  }

  #replace(start: number, end: number, text: string): void {
    this.edits.push({ start, end, text });
  }
}
