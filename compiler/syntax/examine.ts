// Looks through a parsed document for what YAML allows and we do not: duplicate keys, keys that are not text,
// great depth, many aliases, aliases that contain themselves.
import { isAlias, isMap, isScalar, isSeq, type Node, type Scalar, type YAMLMap } from 'yaml';
import type { KnownCode, Report } from '../diagnostics/index.ts';
import { causeAt, oddBlankAtStart } from './causes.ts';
import type { PositionMap } from './document.ts';
import { quote } from './quote.ts';

export const maxAliasCount = 100;
export const nestingHint = 'look for an unclosed bracket';
export const writeOutHint = 'write the values out';
const maxDepth = 64;

export interface Examination {
  /** False after a report. */
  readonly isSound: boolean;
  readonly hasAliases: boolean;
}

export function examine(root: Node | undefined, positions: PositionMap, report: Report): Examination {
  const examiner = new Examiner(positions, report);
  if (root) examiner.visit(root, 0, new Set());
  return examiner;
}

class Examiner {
  isSound = true;
  hasAliases = false;
  #aliases = 0;
  readonly #positions: PositionMap;
  readonly #report: Report;

  constructor(positions: PositionMap, report: Report) {
    this.#positions = positions;
    this.#report = report;
  }

  /** `anchors` are those that the node stands in. */
  visit(node: Node, depth: number, anchors: ReadonlySet<string>): void {
    if (depth > maxDepth) {
      this.#fail('FL0104', node, `nested deeper than ${maxDepth} levels`, nestingHint);
    } else if (isAlias(node)) {
      this.#visitAlias(node, node.source, anchors);
    } else if (isMap(node) || isSeq(node)) {
      const inside = node.anchor ? new Set([...anchors, node.anchor]) : anchors;
      if (isMap(node)) this.#checkKeys(node, depth === 0);
      if (isMap(node)) for (const { value } of node.items) this.#visitChild(value, depth, inside);
      else for (const item of node.items) this.#visitChild(item, depth, inside);
    }
  }

  #visitChild(child: unknown, depth: number, anchors: ReadonlySet<string>): void {
    if (this.isSound && child) this.visit(child as Node, depth + 1, anchors);
  }

  #visitAlias(node: Node, anchor: string, anchors: ReadonlySet<string>): void {
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
    for (const { key } of map.items) {
      if (!isScalar(key)) {
        this.#fail('FL0101', (key as Node | null) ?? map, 'not valid YAML here: a key must be plain text');
        continue;
      }
      const text = String(key.value);
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
    this.#report(cause.code, { ...cause, span: this.#positions.span(cause.start, cause.end) });
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

/** A key that nobody writes on purpose. */
function isOddKey(key: Node): boolean {
  if (!isScalar(key)) return true;
  const text = String(key.value);
  return oddBlankAtStart.test(text) || text.includes('\ufeff');
}
