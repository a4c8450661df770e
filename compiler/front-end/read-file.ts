// One file to the objects in it: parsed, and each document handed to the front end that claims it.
// Depends on the text alone, so that its result can be kept as long as the text stays.
import { compareSpans, compareText, type Diagnostic, DiagnosticSink } from '../diagnostics/index.ts';
import type { RawObject } from '../model/index.ts';
import type { SourceFile } from '../source/index.ts';
import { parseFile } from '../syntax/index.ts';
import type { FoundObject, FrontEnds } from './front-end.ts';
import { reportHeaderless, reportUnclaimed } from './unclaimed.ts';

/** `found` is what front ends read, `passthrough` what none of them claims and that is Istio's. */
export interface ReadFile {
  readonly found: readonly FoundObject[];
  readonly passthrough: readonly RawObject[];
  readonly diagnostics: readonly Diagnostic[];
}

export function readFile(file: SourceFile, frontEnds: FrontEnds): ReadFile {
  const sink = new DiagnosticSink();
  const found: FoundObject[] = [];
  const passthrough: RawObject[] = [];
  for (const document of parseFile(file, sink.report)) {
    const { apiVersion, kind } = document.header;
    if (typeof apiVersion !== 'string' || typeof kind !== 'string') {
      reportHeaderless(document, frontEnds, sink.report);
      continue;
    }
    const frontEnd = frontEnds.find((candidate) => candidate.claims(apiVersion, kind));
    const object = frontEnd?.read(document, sink.report);
    if (object) found.push(object);
    if (!frontEnd) passthrough.push(...reportUnclaimed(document, { apiVersion, kind }, frontEnds, sink.report));
  }
  return { found, passthrough, diagnostics: sink.toSorted() };
}

/** By namespace, name and place: the order of files does not show. */
export function compareObjects(a: FoundObject, b: FoundObject): number {
  return (
    compareText(a.namespace, b.namespace) ||
    compareText(a.name, b.name) ||
    compareSpans(a.span, b.span) ||
    compareText(a.kind, b.kind)
  );
}
