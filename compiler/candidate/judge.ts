// What a candidate object would do to the mesh: the tree compiled with it and without it, and the difference in findings.
import type { Diagnostic } from '../diagnostics/index.ts';
import type { Mesh } from '../model/index.ts';
import type { SourceFile, SourceTree } from '../source/index.ts';
import type { Candidate, CandidateFinding, CandidateVerdict } from './candidate.ts';
import { candidateFile, withoutObject } from './candidate-file.ts';
import { pathAt } from './path-at.ts';

/** Compiles a tree; best the same compiler every time, for trees differ little. */
export type CompileTree = (tree: SourceTree) => { readonly diagnostics: readonly Diagnostic[]; readonly mesh?: Mesh };

export type CandidateJudge = (candidate: Candidate) => CandidateVerdict;

/** Without a mesh only what an object says by itself can be judged: its syntax and its schema. */
const intrinsicFamilies = ['FL01', 'FL02'];

/**
 * A judge for one state of the tree; make another when the tree changes.
 * Errors the mesh has already are nobody's fault now, and are no findings.
 */
export function makeCandidateJudge(compile: CompileTree, tree?: SourceTree): CandidateJudge {
  let known: { readonly counts: ReadonlyMap<string, number>; readonly mesh: Mesh | undefined } | undefined;
  const base: SourceTree = tree ?? { label: 'admission', files: [], diagnostics: [] };
  const compileBase = () => {
    const { diagnostics, mesh } = compile(base);
    return { counts: countByKey(diagnostics), mesh };
  };
  return (candidate) => {
    known ??= compileBase();
    const file = candidateFile(candidate);
    const others = base.files.map((f) => withoutObject(f, candidate));
    const files = [...others, ...(file ? [file] : [])].toSorted((a, b) => (a.path < b.path ? -1 : 1));
    const { diagnostics, mesh: after } = compile({ ...base, files });
    const found = withoutKnown(diagnostics, known.counts, file?.path);
    const relevant = tree ? found : found.filter((d) => intrinsicFamilies.includes(d.code.slice(0, 4)));
    const findings = relevant.map((diagnostic) => toFinding(diagnostic, file));
    return { findings, ...(known.mesh && { before: known.mesh }), ...(after && { after }) };
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

function toFinding(diagnostic: Diagnostic, file: SourceFile | undefined): CandidateFinding {
  const { span } = diagnostic;
  if (!span || !file || span.file !== file.path) return { diagnostic };
  const { span: _span, ...rest } = diagnostic;
  return { diagnostic: { ...rest, related: [] }, path: pathAt(file.text, span) };
}
