// What a candidate object would do to the mesh: the intent tree compiled with it and without it, and the difference in findings.
import { isMap, isScalar, LineCounter, parseAllDocuments, parseDocument, visit } from 'yaml';
import type { Finding, JsonObject, JsonPath } from '../admission/request.ts';
import { asRecord } from '../admission/request.ts';
import type { CompileResult, Diagnostic, Mesh, SourceFile, SourceTree, Span } from '../../compiler/index.ts';
import { describeOpenings } from './openings.ts';

export interface Candidate {
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
  /** Absent when the object is being deleted. */
  readonly object?: JsonObject;
}

export interface MeshChecker {
  /** What the mesh would have to complain about that it has not already. */
  consequences(candidate: Candidate): readonly Finding[];
}

export type CompileTree = (tree: SourceTree) => Pick<CompileResult, 'diagnostics' | 'mesh'>;

/** Without a mesh only what an object says by itself can be judged: its syntax and its schema. */
const intrinsicFamilies = ['FL01', 'FL02'];

/**
 * A checker for one state of the tree; make another when the tree changes.
 * Errors the mesh has already are nobody's fault now, and block nothing.
 */
export function makeMeshChecker(compile: CompileTree, tree?: SourceTree): MeshChecker {
  let known: { readonly counts: ReadonlyMap<string, number>; readonly mesh: Mesh | undefined } | undefined;
  const base: SourceTree = tree ?? { label: 'admission', files: [], diagnostics: [] };
  const compileBase = () => {
    const { diagnostics, mesh } = compile(base);
    return { counts: countByKey(diagnostics), mesh };
  };
  return {
    consequences(candidate) {
      known ??= compileBase();
      const file = candidateFile(candidate);
      const others = base.files.map((f) => blankDocument(f, candidate));
      const files = [...others, ...(file ? [file] : [])].toSorted((a, b) => (a.path < b.path ? -1 : 1));
      const result = compile({ ...base, files });
      const found = withoutKnown(result.diagnostics, known.counts, file?.path);
      const relevant = tree ? found : found.filter((d) => intrinsicFamilies.includes(d.code.slice(0, 4)));
      const opened = known.mesh && result.mesh ? describeOpenings(known.mesh, result.mesh) : [];
      return [...relevant.map((diagnostic) => toFinding(diagnostic, file)), ...opened];
    },
  };
}

function countByKey(diagnostics: readonly Diagnostic[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const d of diagnostics) counts.set(keyOf(d), (counts.get(keyOf(d)) ?? 0) + 1);
  return counts;
}

/** Findings elsewhere are matched first: of two alike, the candidate's is the new one. */
function withoutKnown(
  found: readonly Diagnostic[],
  known: ReadonlyMap<string, number>,
  candidatePath: string | undefined,
): readonly Diagnostic[] {
  const left = new Map(known);
  const isElsewhere = (d: Diagnostic) => d.span?.file !== candidatePath;
  const isNew = (d: Diagnostic) => !takeOne(left, keyOf(d));
  const elsewhere = found.filter(isElsewhere).filter(isNew);
  return [...found.filter((d) => !isElsewhere(d)).filter(isNew), ...elsewhere];
}

/** By what is said, not where: the candidate stands in another file than the object it replaces. */
function keyOf(d: Diagnostic): string {
  return `${d.code} ${d.message}`;
}

function takeOne(counts: Map<string, number>, key: string): boolean {
  const count = counts.get(key) ?? 0;
  if (count > 0) counts.set(key, count - 1);
  return count > 0;
}

/** The candidate as its author wrote it: what the API server adds is not intent. */
function candidateFile({ kind, namespace, name, object }: Candidate): SourceFile | undefined {
  if (!object) return undefined;
  const { apiVersion, metadata, status: _status, ...rest } = object;
  const kept = Object.entries(asRecord(metadata)).filter(([key]) =>
    ['name', 'namespace', 'labels', 'annotations'].includes(key),
  );
  // JSON is YAML, and on one line the fastest both to write and to read.
  const text = JSON.stringify({ apiVersion, ...rest, metadata: Object.fromEntries(kept) });
  return { path: `admission/${[kind, namespace, name].filter(Boolean).join('-')}.yaml`, text };
}

/** The file without the document of that object. Blanks keep the lines and columns of everything else. */
function blankDocument(file: SourceFile, candidate: Candidate): SourceFile {
  if (!file.text.includes(candidate.name)) return file;
  let { text } = file;
  for (const document of parseAllDocuments(file.text)) {
    const { contents } = document;
    if (!isMap(contents) || !contents.range || !isSame(document.toJS({ maxAliasCount: 100 }), candidate)) continue;
    const [contentStart, , end] = contents.range;
    // With the separator before it, or an empty document would be left, which is a mistake of its own.
    const separator = text.slice(0, contentStart).lastIndexOf('\n---');
    const start = separator === -1 ? contentStart : separator;
    text = text.slice(0, start) + text.slice(start, end).replace(/[^\r\n]/g, ' ') + text.slice(end);
  }
  return text === file.text ? file : { ...file, text };
}

function isSame(document: unknown, { kind, namespace, name }: Candidate): boolean {
  const { apiVersion, kind: itsKind, metadata } = asRecord(document);
  const its = asRecord(metadata);
  // A Mesh has no namespace in intent, and there is only one; anything else is in `default` unless it says otherwise.
  const isThere = kind === 'Mesh' || (its.namespace ?? 'default') === (namespace || 'default');
  return String(apiVersion).startsWith('fairlead.dev/') && itsKind === kind && its.name === name && isThere;
}

/** Inside the candidate a path says more than a line of text that its author never saw. */
function toFinding(diagnostic: Diagnostic, file: SourceFile | undefined): Finding {
  const { span } = diagnostic;
  if (!span || !file || span.file !== file.path) return { diagnostic };
  const { span: _span, ...rest } = diagnostic;
  return { diagnostic: { ...rest, related: [] }, path: pathAt(file.text, span) };
}

/** Path of the innermost key or value that begins at or before a place. */
export function pathAt(text: string, span: Span): JsonPath {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines });
  const offset = (lines.lineStarts[span.start.line - 1] ?? 0) + span.start.column - 1;
  let best: JsonPath = [];
  visit(document, {
    Node(_key, node, ancestors) {
      if (!node.range || node.range[0] > offset || node.range[1] <= offset) return;
      const path = pathOf([...ancestors, node]);
      if (path.length >= best.length) best = path;
    },
  });
  return best;
}

function pathOf(chain: readonly unknown[]): JsonPath {
  const path: (string | number)[] = [];
  chain.forEach((item, i) => {
    const parent = chain[i - 1];
    if (item && typeof item === 'object' && 'key' in item && isScalar(item.key)) path.push(String(item.key.value));
    else if (
      parent &&
      typeof parent === 'object' &&
      'items' in parent &&
      Array.isArray(parent.items) &&
      !isMap(parent)
    ) {
      path.push(parent.items.indexOf(item));
    }
  });
  return path;
}
