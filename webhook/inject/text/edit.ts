// A document changed in its text: only what shall mean something else is written, every other byte stays as it is.
import { isDeepStrictEqual } from 'node:util';
import { type Document, isAlias, isMap, isSeq, type Node, type Pair, visit, type YAMLMap, type YAMLSeq } from 'yaml';
import { isMergeKey, jsonKeyOf, type ManifestDocument, parseManifest } from '../../../compiler/index.ts';
import { differenceOf, lineUp } from './difference.ts';
import { applyEdits, type Edit, Patch } from './patch.ts';
import { columnOf, isBlank, startOf } from './places.ts';
import { spell } from './spell.ts';
import { isRecord, Spelt } from './write.ts';

type Json = Readonly<Record<string, unknown>>;

/** What makes the text say `after` where it says `document.value`. */
export function editsOf(text: string, document: ManifestDocument, after: unknown): readonly Edit[] {
  return new Editor(text, document).edits(after);
}

class Editor {
  readonly #text: string;
  readonly #document: ManifestDocument;
  readonly #patch: Patch;
  /** Nodes that say something else afterwards, or are gone: what names them by an alias would change along. */
  readonly #touched = new Set<unknown>();

  constructor(text: string, document: ManifestDocument) {
    this.#text = text;
    this.#document = document;
    this.#patch = new Patch(text, document.isJson);
  }

  edits(after: unknown): readonly Edit[] {
    const { tree, value, isJson } = this.#document;
    this.#change(tree.contents as Node, [value, after], isJson ? undefined : -1);
    this.#releaseAliases();
    return this.#patch.edits;
  }

  /** `column` is that of the block collection around, undefined within brackets. */
  #change(node: Node, [before, after]: readonly [unknown, unknown], column: number | undefined): void {
    if (isDeepStrictEqual(before, after)) return;
    if (isAlias(node)) {
      if (isShaped(before) && isShaped(after)) this.#patch.replaceNode(node, this.#spellChanged(node, before, after));
      else this.#patch.rewrite(node, after, undefined);
      return;
    }
    this.#touched.add(node);
    const isDone =
      (isMap(node) && isRecord(before) && isRecord(after) && this.#changeMap(node, [before, after], column)) ||
      (isSeq(node) && Array.isArray(before) && Array.isArray(after) && this.#changeList(node, [before, after], column));
    if (isDone) return;
    this.#forget(node);
    this.#patch.rewrite(node, after, column);
  }

  /** False if it cannot be done piece by piece; then nothing has been done. */
  #changeMap(map: YAMLMap, [before, after]: readonly [Json, Json], around: number | undefined): boolean {
    const difference = pairsOf(map, before, after);
    if (!difference) return false;
    const { edited, gone } = difference;
    const column = this.#columnIn(map, around);
    for (const pair of edited) {
      const key = jsonKeyOf(pair.key);
      this.#change(pair.value as Node, [before[key], after[key]], column);
    }
    const entries = difference.added.map((key): [string, unknown] => {
      const merged = mergedNode(map, key, this.#document.tree);
      return [
        key,
        isShaped(before[key]) && merged ? new Spelt(this.#spellChanged(merged, before[key], after[key])) : after[key],
      ];
    });
    for (const pair of gone) {
      this.#forget(pair);
      // What comes instead of something stands in its place.
      const instead = entries.shift();
      if (instead) this.#patch.replacePair(pair, instead);
      else this.#patch.removePair(map, pair, (other) => !gone.includes(other));
    }
    if (entries.length > 0) this.#patch.addPairs(map, entries);
    return true;
  }

  #changeList(
    list: YAMLSeq,
    [before, after]: readonly [readonly unknown[], readonly unknown[]],
    around: number | undefined,
  ): boolean {
    const start = lineUp(before, after);
    if (start === undefined || before.length === 0 || list.items.some(isBlank)) return false;
    if (start > 0) this.#patch.addItemsFirst(list, after.slice(0, start));
    const column = this.#columnIn(list, around);
    for (const [i, item] of before.entries()) this.#change(list.items[i] as Node, [item, after[start + i]], column);
    const last = after.slice(start + before.length);
    if (last.length > 0) this.#patch.addItems(list, last);
    return true;
  }

  #columnIn(collection: YAMLMap | YAMLSeq, around: number | undefined): number | undefined {
    return around === undefined || collection.flow ? undefined : columnOf(this.#text, startOf(collection));
  }

  #forget(node: Node | Pair): void {
    visit(node as Node, (_, inner) => void this.#touched.add(inner));
  }

  /** What stands elsewhere, changed: there it stays what it is, for all others. */
  #spellChanged(node: Node, before: unknown, after: unknown): string {
    const text = spell(node, this.#document.tree);
    const [document] = parseManifest({ path: '', text }, () => undefined) ?? [];
    if (!document || !isDeepStrictEqual(document.value, before)) throw new Error('a node was written out wrongly');
    return applyEdits(text, editsOf(text, document, after));
  }

  /** Aliases that named something that has changed are written out as what they stood for. */
  #releaseAliases(): void {
    const { tree } = this.#document;
    const written = this.#patch.edits.filter(({ start, end }) => end > start);
    visit(tree, {
      Alias: (_, alias) => {
        const at = startOf(alias);
        const isWritten = written.some(({ start, end }) => start <= at && at < end);
        if (!isWritten && this.#touched.has(alias.resolve(tree))) this.#patch.replaceNode(alias, spell(alias, tree));
      },
    });
  }
}

interface PairDifference {
  readonly edited: readonly Pair[];
  readonly gone: readonly Pair[];
  readonly added: readonly string[];
}

/** Undefined where the pairs of the mapping do not tell: it is empty afterwards or before, or they come from elsewhere. */
function pairsOf(map: YAMLMap, before: Json, after: Json): PairDifference | undefined {
  const pairs = new Map(map.items.filter(({ key }) => !isMergeKey(key)).map((pair) => [jsonKeyOf(pair.key), pair]));
  const { changed, added, removed } = differenceOf(before, after, (key) => pairs.has(key));
  const pairsAt = (keys: readonly string[]) => keys.flatMap((key) => pairs.get(key) ?? []);
  const [edited, gone] = [pairsAt(changed), pairsAt(removed)];
  const isEmptied = added.length === 0 && gone.length === map.items.length;
  if (map.items.length === 0 || isEmptied || gone.length < removed.length) return undefined;
  // What is merged after a key overrules it.
  const lastMerge = map.items.findLastIndex(({ key }) => isMergeKey(key));
  const isOverruled = (pair: Pair) => !pair.value || map.items.indexOf(pair) < lastMerge;
  const isBlankInFlow = map.flow === true && gone.some(({ value }) => isBlank(value));
  return isBlankInFlow || [...edited, ...gone].some(isOverruled) ? undefined : { edited, gone, added };
}

function isShaped(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

/** Where a key has its value from that is merged into a mapping; the last one counts, and the first of a list. */
function mergedNode(map: YAMLMap, key: string, tree: Document.Parsed): Node | undefined {
  const merges = map.items.filter((pair) => isMergeKey(pair.key)).toReversed();
  for (const { value } of merges) {
    const source = isAlias(value) ? value.resolve(tree) : value;
    for (const one of isSeq(source) ? source.items : [source]) {
      const held = isAlias(one) ? one.resolve(tree) : one;
      if (!isMap(held)) continue;
      const own = held.items.find((pair) => !isMergeKey(pair.key) && jsonKeyOf(pair.key) === key)?.value;
      const found = (own as Node | undefined) ?? mergedNode(held, key, tree);
      if (found) return found;
    }
  }
  return undefined;
}
