// What a YAML document is to those who read it: plain data that still knows where each value was written.
// Knows no language: which documents there are and what they mean is for the front ends.
import type { LineCounter, Node } from 'yaml';
import type { Span } from '../diagnostics/index.ts';
import type { SourceFile } from '../source/index.ts';

/** Keys and list indexes from the root of a document. */
export type DocumentPath = readonly (string | number)[];

/** The span of a value, or with `key` of its key. For what does not exist, the nearest thing around it that does. */
export type Locate = (path: DocumentPath, options?: { readonly key?: boolean }) => Span;

/** A Kubernetes object as its front end read it. Its shape has been checked, its values are as they were written. */
export interface ObjectDocument {
  readonly file: string;
  readonly kind: string;
  /** As the front end understands it, defaults included; "" for what belongs to no namespace. */
  readonly namespace: string;
  readonly name: string;
  /** The document as plain JavaScript values. */
  readonly object: Readonly<Record<string, unknown>>;
  readonly span: Span;
  readonly locate: Locate;
}

/** The text positions of one file. */
export class PositionMap {
  readonly file: string;
  readonly text: string;
  readonly #lines: LineCounter;
  #loneBreak: number | undefined;

  constructor({ path, text }: SourceFile, lines: LineCounter) {
    this.file = path;
    this.text = text;
    this.#lines = lines;
  }

  span(start: number, end: number): Span {
    return { file: this.file, start: this.#position(start), end: this.#position(Math.max(start, end)) };
  }

  /** For leaves: of a collection `Places` knows the end more exactly. */
  spanOf(node: Node): Span {
    return this.span(node.range?.[0] ?? 0, node.range?.[1] ?? 0);
  }

  /** The first carriage return that ends no line, or -1; looked for once, however often it is asked for. */
  get loneBreak(): number {
    this.#loneBreak ??= this.text.search(/\r(?!\n|$)/);
    return this.#loneBreak;
  }

  #position(offset: number): Span['start'] {
    const { line, col } = this.#lines.linePos(offset);
    return { line: Math.max(1, line), column: Math.max(1, col) };
  }
}
