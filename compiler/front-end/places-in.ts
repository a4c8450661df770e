// Where in a document something stands, for rules that know the span of the document only.
import type { Span } from '../diagnostics/index.ts';
import type { DocumentPath, ObjectDocument } from '../syntax/index.ts';
import type { FoundObject } from './front-end.ts';

/**
 * Answers with the place of `text`, a value or the name of one, in the object at `origin` or the part of one, else with the name of the
 * object, or the part. Looked up when first asked.
 */
export function placesIn(found: readonly FoundObject[]): (origin: Span, text?: string) => Span {
  let bySpan: ReadonlyMap<string, FoundObject> | undefined;
  return (origin, text) => {
    bySpan ??= new Map(found.map((object) => [spanText(object.span), object]));
    const whole = bySpan.get(spanText(origin));
    const object = whole ?? found.find(({ span }) => isWithin(origin, span));
    const place = text === undefined ? undefined : placeOf(text, object?.document, origin);
    return place ?? whole?.nameSpan ?? origin;
  };
}

function placeOf(text: string, document: ObjectDocument | undefined, within: Span): Span | undefined {
  if (!document) return undefined;
  for (const path of pathsTo(text, document.object)) {
    const place = document.locate(path.path, { key: path.isKey });
    if (isWithin(place, within)) return place;
  }
  return undefined;
}

/** By value: nodes that did not change keep the span objects of an earlier compile. */
function spanText({ file, start, end }: Span): string {
  return `${file}:${start.line}:${start.column}-${end.line}:${end.column}`;
}

function isWithin(inner: Span, outer: Span): boolean {
  return inner.file === outer.file && !isBefore(inner.start, outer.start) && !isBefore(outer.end, inner.end);
}

function isBefore(a: Span['start'], b: Span['start']): boolean {
  return a.line < b.line || (a.line === b.line && a.column < b.column);
}

interface Found {
  readonly path: DocumentPath;
  readonly isKey: boolean;
}

/** To the values that are `text`, and the names, whatever their case, in the order in which they are written. */
function* pathsTo(text: string, value: unknown, at: DocumentPath = []): Generator<Found> {
  if (value === text) yield { path: at, isKey: false };
  if (typeof value !== 'object' || value === null) return;
  for (const [key, inner] of Object.entries(value)) {
    const path = [...at, Array.isArray(value) ? Number(key) : key];
    if (key.toLowerCase() === text.toLowerCase()) yield { path, isKey: true };
    yield* pathsTo(text, inner, path);
  }
}
