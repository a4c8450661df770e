// Looks through a parsed document for what YAML allows and we do not: duplicate keys, keys that are not text,
// great depth, many aliases, aliases that contain themselves.
import { isAlias, isMap, isScalar, isSeq, type Node, type Scalar, type YAMLMap } from 'yaml';
import type { KnownCode, Report } from '../diagnostics/index.ts';
import { type Cause, causeAt, oddBlankAtStart } from './causes.ts';
import type { PositionMap } from './document.ts';
import { isMergeKey } from './kubernetes-values.ts';
import { clip, quote } from './quote.ts';

export const maxAliasCount = 100;
export const nestingHint = 'look for an unclosed bracket';
export const writeOutHint = 'write the values out';
const maxDepth = 64;

export interface Examination {
  /** False after a report. */
  readonly isSound: boolean;
  readonly hasAliases: boolean;
}

export interface ExaminationRules {
  readonly positions: PositionMap;
  readonly report: Report;
  readonly reportCause: (cause: Cause) => void;
  /** What a key is called once it is read. */
  readonly nameOfKey: (key: Scalar) => string;
  /** `<<` is part of YAML 1.1. */
  readonly mayMerge: boolean;
}

export function examine(root: Node | undefined, rules: ExaminationRules): Examination {
  const examiner = new Examiner(rules);
  if (root) examiner.visit(root, 0, new Set());
  return examiner;
}

class Examiner {
  isSound = true;
  hasAliases = false;
  #aliases = 0;
  /** The anchors that stand before what is visited. */
  readonly #known = new Set<string>();
  readonly #positions: PositionMap;
  readonly #report: Report;
  readonly #reportCause: (cause: Cause) => void;
  readonly #nameOfKey: (key: Scalar) => string;
  readonly #mayMerge: boolean;

  constructor({ positions, report, reportCause, nameOfKey, mayMerge }: ExaminationRules) {
    this.#nameOfKey = nameOfKey;
    this.#positions = positions;
    this.#report = report;
    this.#reportCause = reportCause;
    this.#mayMerge = mayMerge;
  }

  /** `anchors` are those that the node stands in. */
  visit(node: Node, depth: number, anchors: ReadonlySet<string>): void {
    if ('anchor' in node && typeof node.anchor === 'string') this.#known.add(node.anchor);
    if (depth > maxDepth) {
      this.#fail('FL0104', node, `nested deeper than ${maxDepth} levels`, nestingHint);
    } else if (isAlias(node)) {
      this.#visitAlias(node, node.source, anchors);
    } else if (isMap(node) || isSeq(node)) {
      const inside = node.anchor ? new Set([...anchors, node.anchor]) : anchors;
      if (isMap(node)) this.#visitMap(node, depth, inside);
      else for (const item of node.items) this.#visitChild(item, depth, inside);
    }
  }

  #visitMap(map: YAMLMap, depth: number, anchors: ReadonlySet<string>): void {
    this.#checkKeys(map, depth === 0);
    for (const { key, value } of map.items) {
      if (isScalar(key) && key.anchor) this.#known.add(key.anchor);
      this.#visitChild(value, depth, anchors);
    }
  }

  #visitChild(child: unknown, depth: number, anchors: ReadonlySet<string>): void {
    if (this.isSound && child) this.visit(child as Node, depth + 1, anchors);
  }

  #visitAlias(node: Node, anchor: string, anchors: ReadonlySet<string>): void {
    if (!this.#known.has(anchor)) this.#fail('FL0101', node, ...unknownAlias(anchor));
    if (anchors.has(anchor)) this.#fail('FL0103', node, `alias ${quote(anchor)} contains itself`, writeOutHint);
    this.#aliases += 1;
    this.hasAliases = true;
    if (this.#aliases > maxAliasCount) {
      this.#fail('FL0103', node, `more than ${maxAliasCount} aliases in one document`, writeOutHint);
    }
  }

  /** With a set: the parser's own comparison takes a time that grows with the square of the keys. */
  #checkKeys(map: YAMLMap, isRoot: boolean): void {
    const odd = map.items.map(({ key }) => (key as Node | null) ?? map).find(isOddKey);
    if (odd && this.#failByCause(odd)) return;
    const seen = new Map<string, Node>();
    for (const { key } of map.items.filter((pair) => !this.#mayMerge || !isMergeKey(pair.key))) {
      if (!isScalar(key)) {
        this.#fail('FL0101', (key as Node | null) ?? map, 'not valid YAML here: a key must be plain text');
        continue;
      }
      const text = this.#nameOfKey(key);
      const first = seen.get(text);
      seen.set(text, first ?? key);
      if (text === '<<' && key.type === 'PLAIN') {
        this.#fail('FL0101', key, 'merge keys (`<<`) are not part of YAML 1.2', writeOutHint);
      } else if (first) {
        // Without the line between them two documents run into one, and every key of the second is a repetition.
        const isSecondDocument = isRoot && (text === 'apiVersion' || text === 'kind');
        const hint = isSecondDocument ? 'put a line with `---` between two documents' : 'remove one of the two';
        this.#failRepeated(key, first, hint);
        if (isSecondDocument) return;
      }
    }
  }

  /** False if the line does not show why. */
  #failByCause(node: Node): boolean {
    const cause = causeAt(this.#positions, node.range?.[0] ?? 0);
    if (!cause) return false;
    this.isSound = false;
    this.#reportCause(cause);
    return true;
  }

  #fail(code: KnownCode, node: Node, message: string, hint?: string): void {
    this.isSound = false;
    this.#report(code, { message, span: this.#positions.spanOf(node), hint });
  }

  #failRepeated(key: Scalar, first: Node, hint: string): void {
    this.isSound = false;
    this.#report('FL0102', {
      message: `key ${quote(String(key.value))} is written twice`,
      span: this.#positions.spanOf(key),
      hint,
      related: [{ message: 'first written here', span: this.#positions.spanOf(first) }],
    });
  }
}

/** Most often a text that begins with a star, and lacks its quotes. */
function unknownAlias(name: string): readonly [message: string, hint: string] {
  const hint = `write ${quote(`*${name}`)} in quotes`;
  if (!/^\w+$/.test(name))
    return [`not valid YAML: ${quote(`*${name}`)} without quotes is an alias, and no anchor has this name`, hint];
  const message = `not valid YAML: there is no anchor "&${clip(name)}" before the alias ${quote(`*${name}`)}`;
  return [message, `${hint}, if it is a text; or write the value out`];
}

/** A key that nobody writes on purpose. */
function isOddKey(key: Node): boolean {
  if (!isScalar(key)) return true;
  const text = String(key.value);
  return oddBlankAtStart.test(text) || text.includes('\ufeff') || (key.type === 'PLAIN' && text.startsWith('+'));
}
