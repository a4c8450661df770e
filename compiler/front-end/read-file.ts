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
  /** There is no document in it. */
  readonly isEmpty: boolean;
}

export function readFile(file: SourceFile, frontEnds: FrontEnds): ReadFile {
  const sink = new DiagnosticSink();
  const found: FoundObject[] = [];
  const passthrough: RawObject[] = [];
  const documents = parseFile(file, sink.report);
  for (const document of documents) {
    const { apiVersion, kind } = document.header;
    if (typeof apiVersion !== 'string' || typeof kind !== 'string') {
      reportHeaderless(document, frontEnds, sink.report);
      found.push(...frontEnds[0].guess(document));
      continue;
    }
    const frontEnd = frontEnds.find((candidate) => candidate.claims(apiVersion, kind));
    const object = frontEnd?.read(document, sink.report);
    if (object) found.push(object);
    if (frontEnd) continue;
    passthrough.push(...reportUnclaimed(document, { apiVersion, kind }, frontEnds, sink.report));
    found.push(...frontEnds[0].guess(document));
  }
  const diagnostics = oncePerFile(sink.toSorted());
  return { found, passthrough, diagnostics, isEmpty: documents.length === 0 && diagnostics.length === 0 };
}

/** Slips of a whole file: who indents with tabs, or commits a template, does so in every document. */
const slipsOfFiles: readonly string[] = ['FL0118', 'FL0120'];

function oncePerFile(diagnostics: readonly Diagnostic[]): readonly Diagnostic[] {
  const seen = new Set<string>();
  return diagnostics.filter(({ code }) => {
    const isRepeated = seen.has(code);
    if (slipsOfFiles.includes(code)) seen.add(code);
    return !isRepeated;
  });
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
