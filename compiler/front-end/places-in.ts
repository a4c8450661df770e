// Where in a document something stands, for rules that know the span of the document only.
import type { Span } from '../diagnostics/index.ts';
import type { FoundObject } from './front-end.ts';

/** Answers with the place of `text` in the object at `origin`, else with the name of the object. Looked up when first asked. */
export function placesIn(found: readonly FoundObject[]): (origin: Span, text?: string) => Span {
  let bySpan: ReadonlyMap<string, FoundObject> | undefined;
  return (origin, text) => {
    bySpan ??= new Map(found.map((object) => [spanText(object.span), object]));
    const object = bySpan.get(spanText(origin));
    const path = text !== undefined && object?.document ? pathOf(text, object.document.object) : undefined;
    return path && object?.document ? object.document.locate(path) : (object?.nameSpan ?? origin);
  };
}

/** By value: nodes that did not change keep the span objects of an earlier compile. */
function spanText({ file, start, end }: Span): string {
  return `${file}:${start.line}:${start.column}-${end.line}:${end.column}`;
}

/** The path to the first value that is exactly `text`. */
function pathOf(text: string, value: unknown): readonly string[] | undefined {
  if (value === text) return [];
  if (typeof value !== 'object' || value === null) return undefined;
  for (const [key, inner] of Object.entries(value)) {
    const path = pathOf(text, inner);
    if (path) return [key, ...path];
  }
  return undefined;
}
