// Where in a document something stands, for rules that know the span of the document only.
import { holdsPosition, type Span } from '../diagnostics/index.ts';
import type { DocumentPath, ObjectDocument } from '../syntax/index.ts';
import type { FoundObject } from './front-end.ts';

/**
 * Answers with the place of `text`, a value or the name of one, in the object at `origin` or the part of one, else with the name of the
 * object, or the part. With `before`, `text` is a part of a value, and stands after it. Looked up when first asked.
 */
export function placesIn(found: readonly FoundObject[]): (origin: Span, text?: string, before?: string) => Span {
  let bySpan: ReadonlyMap<string, FoundObject> | undefined;
  return (origin, text, before) => {
    bySpan ??= new Map(found.map((object) => [spanText(object.span), object]));
    const whole = bySpan.get(spanText(origin));
    const object = whole ?? found.find(({ span }) => isWithin(origin, span));
    const place = text === undefined ? undefined : placeOf({ text, before }, object?.document, origin);
    return place ?? whole?.nameSpan ?? origin;
  };
}

interface Wanted {
  readonly text: string;
  readonly before: string | undefined;
}

function placeOf({ text, before }: Wanted, document: ObjectDocument | undefined, within: Span): Span | undefined {
  if (!document) return undefined;
  const isWanted = (written: string, isKey: boolean) =>
    before === undefined
      ? written === text || (isKey && isSameWord(written, text))
      : !isKey && partOf(written, before, text) >= 0;
  for (const { path, written, isKey } of textsIn(document.object)) {
    if (!isWanted(written, isKey)) continue;
    const place = document.locate(path, { key: isKey });
    if (isWithin(place, within)) return before === undefined ? place : part(place, written, before, text);
  }
  return undefined;
}

function isSameWord(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase();
}

/** Where `text` begins in a value, whatever its case. */
function partOf(written: string, before: string, text: string): number {
  const at = written.toLowerCase().indexOf((before + text).toLowerCase());
  return at < 0 ? at : at + before.length;
}

/** The whole place where the value does not stand there as it is, as with escapes or several lines. */
function part(place: Span, written: string, before: string, text: string): Span {
  const { start, end } = place;
  const quotes = end.column - start.column - written.length;
  if (start.line !== end.line || (quotes !== 0 && quotes !== 2)) return place;
  const column = start.column + quotes / 2 + partOf(written, before, text);
  return { ...place, start: { ...start, column }, end: { ...end, column: column + text.length } };
}

/** By value: nodes that did not change keep the span objects of an earlier compile. */
function spanText({ file, start, end }: Span): string {
  return `${file}:${start.line}:${start.column}-${end.line}:${end.column}`;
}

function isWithin(inner: Span, outer: Span): boolean {
  return inner.file === outer.file && holdsPosition(outer, inner.start) && holdsPosition(outer, inner.end);
}

interface Text {
  readonly path: DocumentPath;
  readonly written: string;
  readonly isKey: boolean;
}

/** The names and the values that are texts or numbers, in the order in which they are written. */
function* textsIn(value: unknown, at: DocumentPath = []): Generator<Text> {
  if (typeof value === 'string' || typeof value === 'number') yield { path: at, written: String(value), isKey: false };
  if (typeof value !== 'object' || value === null) return;
  for (const [key, inner] of Object.entries(value)) {
    const isList = Array.isArray(value);
    const path = [...at, isList ? Number(key) : key];
    if (!isList) yield { path, written: key, isKey: true };
    yield* textsIn(inner, path);
  }
}
