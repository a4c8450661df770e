// The passes in order: read files, name things, lower documents, join them, check the whole. No rules of its own.
// What a document gives is kept and used again as long as its text and everything it looked up stay the same.
import { type Checker, createChecker, type PlaceOf } from './checks/index.ts';
import {
  compareSpans,
  compareText,
  type Diagnostic,
  DiagnosticSink,
  hasErrors,
  type Span,
} from './diagnostics/index.ts';
import {
  assembleMesh,
  createLowering,
  type IntentDocument,
  type Lowering,
  lowerMesh,
  type ReadDocument,
  type ReadFile,
  readFile,
} from './intent/index.ts';
import type { Mesh } from './model/index.ts';
import type { SourceTree } from './source/index.ts';

export interface CompileResult {
  /** Absent if there is any error. */
  readonly mesh?: Mesh;
  /** By place. Those of the source tree are among them. */
  readonly diagnostics: readonly Diagnostic[];
  /** The documents whose shape is right, by namespace, name and place. */
  readonly documents: readonly IntentDocument[];
}

export interface Compiler {
  compile(tree: SourceTree): CompileResult;
}

/** Compiles once. Use a compiler of its own for trees that follow one another. */
export function compile(tree: SourceTree): CompileResult {
  return createCompiler().compile(tree);
}

/** A compiler that remembers the last tree, so that a change of one file costs little. */
export function createCompiler(): Compiler {
  let files = new Map<string, { readonly text: string; readonly read: ReadFile }>();
  const passes: Passes = { lowering: createLowering(), checker: createChecker() };
  return {
    compile(tree) {
      const next: typeof files = new Map();
      for (const file of tree.files) {
        const known = files.get(file.path);
        next.set(file.path, known?.text === file.text ? known : { text: file.text, read: readFile(file) });
      }
      files = next;
      const inOrder = [...files].toSorted(([a], [b]) => compareText(a, b));
      const firstFile = inOrder[0]?.[0] ?? tree.label;
      return compileFiles(
        tree,
        firstFile,
        inOrder.map(([, { read }]) => read),
        passes,
      );
    },
  };
}

/** The passes that remember what they did last. */
interface Passes {
  readonly lowering: Lowering;
  readonly checker: Checker;
}

function compileFiles(
  tree: SourceTree,
  firstFile: string,
  files: readonly ReadFile[],
  { lowering, checker }: Passes,
): CompileResult {
  const sink = new DiagnosticSink();
  sink.add(tree.diagnostics);
  for (const file of files) sink.add(file.diagnostics);
  const all = files.flatMap((file) => file.documents).toSorted(compareDocuments);
  const isOursPresent = all.length > 0 || hasErrors(sink.toSorted());
  if (!isOursPresent) {
    sink.report('FL0114', {
      message: `there is no intent in "${tree.label}"`,
      hint: 'add a document with "apiVersion: fairlead.dev/v1alpha1", or name the folder that holds them',
    });
  }
  const documents = firstOfEachName(all, sink);
  const global = lowerMesh(documents.find((d) => d.kind === 'Mesh')?.document, firstFile);
  const lowered = lowering.lower(documents, global);
  sink.add(lowered.diagnostics);
  const passthrough = files.flatMap((file) => file.passthrough);
  const mesh = assembleMesh(global, lowered.fragments, passthrough, sink.report);
  sink.add(withoutConsequences(checker.check(mesh, placeIn(all)), sink.toSorted(), all));
  const diagnostics = sink.toSorted();
  return {
    ...(!hasErrors(diagnostics) && { mesh }),
    diagnostics,
    documents: documents.flatMap((d) => (d.document ? [d.document] : [])),
  };
}

function compareDocuments(a: ReadDocument, b: ReadDocument): number {
  return (
    compareText(a.namespace, b.namespace) ||
    compareText(a.name, b.name) ||
    compareSpans(a.span, b.span) ||
    compareText(a.kind, b.kind)
  );
}

/** Later documents of a name that is taken are reported and left out. */
function firstOfEachName(documents: readonly ReadDocument[], sink: DiagnosticSink): readonly ReadDocument[] {
  const taken = new Map<string, ReadDocument>();
  return documents.filter((found) => {
    if (found.name === '') return found.document !== undefined;
    const key =
      found.kind === 'Mesh'
        ? 'Mesh'
        : `${found.kind === 'MeshTest' ? 'MeshTest ' : ''}${found.namespace}/${found.name}`;
    const first = taken.get(key);
    if (!first) {
      taken.set(key, found);
      return true;
    }
    const related = [{ message: 'first here', span: first.nameSpan }];
    if (found.kind === 'Mesh') {
      sink.report('FL0311', {
        message: `"${found.name}" is a second Mesh`,
        span: found.nameSpan,
        related,
        hint: 'keep one of the two',
      });
    } else {
      const other = found.kind === first.kind ? `another ${first.kind}` : `the ${first.kind}`;
      const message = `${found.kind} "${found.namespace}/${found.name}" has the name of ${other}`;
      sink.report('FL0301', { message, span: found.nameSpan, related, hint: 'rename or remove one of the two' });
    }
    return false;
  });
}

/** Where in a document something stands, for rules that know the span of the document only. */
function placeIn(documents: readonly ReadDocument[]): PlaceOf {
  let byPlace: ReadonlyMap<string, ReadDocument> | undefined;
  return (origin, text) => {
    byPlace ??= new Map(documents.map((found) => [spanText(found.span), found]));
    const found = byPlace.get(spanText(origin));
    const path = text !== undefined && found?.document ? pathOf(text, found.document.object) : undefined;
    return path && found?.document ? found.document.locate(path) : (found?.nameSpan ?? origin);
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

/** Findings of the whole mesh that touch a document with errors of its own may only follow from those. */
function withoutConsequences(
  found: readonly Diagnostic[],
  before: readonly Diagnostic[],
  documents: readonly ReadDocument[],
): readonly Diagnostic[] {
  const errors = before.filter((d) => d.severity === 'error' && d.span);
  if (errors.length === 0 || found.length === 0) return found;
  const failed = documents
    .filter((d) => !d.document || errors.some((e) => e.span && isWithin(e.span, d.span)))
    .map((d) => d.span);
  const touches = (span: Span | undefined) => span !== undefined && failed.some((outer) => isWithin(span, outer));
  return found.filter((d) => !touches(d.span) && !d.related.some((r) => touches(r.span)));
}

function isWithin(inner: Span, outer: Span): boolean {
  return inner.file === outer.file && inner.start.line >= outer.start.line && inner.start.line <= outer.end.line;
}
