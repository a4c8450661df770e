// Walks a checked document with its types, so that lowering can take a value and its place from the same hand.
import type { Span } from '../diagnostics/index.ts';
import type { DocumentPath, ObjectDocument } from './document.ts';

/**
 * A typed value of a document. Trust it only after the schema check.
 * Spans are computed when asked for: most values never need theirs.
 */
export class Cursor<T> {
  readonly value: T;
  readonly document: ObjectDocument;
  readonly path: DocumentPath;

  constructor(value: T, document: ObjectDocument, path: DocumentPath) {
    this.value = value;
    this.document = document;
    this.path = path;
  }

  get origin(): Span {
    return this.document.locate(this.path);
  }

  get keySpan(): Span {
    return this.document.locate(this.path, { key: true });
  }

  /** The field, or undefined if it is not written. */
  get<K extends keyof T & string>(key: K): Cursor<NonNullable<T[K]>> | undefined {
    const inner = (this.value as T | null | undefined)?.[key];
    return inner === undefined || inner === null ? undefined : new Cursor(inner, this.document, [...this.path, key]);
  }

  /** The entries of a list. */
  items<E>(this: Cursor<readonly E[]>): readonly Cursor<E>[] {
    return this.value.map((inner, i) => new Cursor(inner, this.document, [...this.path, i]));
  }

  /** The entries of a list under a field; none if the field is not written. */
  list<K extends keyof T & string>(key: K): readonly Cursor<ElementOf<T[K]>>[] {
    const inner = (this.value as T | null | undefined)?.[key] as readonly ElementOf<T[K]>[] | null | undefined;
    return (inner ?? []).map((item, i) => new Cursor(item, this.document, [...this.path, key, i]));
  }

  /** The entries of a mapping from names to values. */
  entries<V>(this: Cursor<Readonly<Record<string, V>>>): readonly (readonly [string, Cursor<V>])[] {
    return Object.entries(this.value).map(([key, inner]) => [
      key,
      new Cursor(inner, this.document, [...this.path, key]),
    ]);
  }

  /** The same place, seen as one form of a union: the caller has looked at `value`. */
  as<U extends T>(): Cursor<U> {
    return this as unknown as Cursor<U>;
  }
}

type ElementOf<L> = NonNullable<L> extends readonly (infer E)[] ? E : never;
