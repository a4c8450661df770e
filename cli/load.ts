// What most commands begin with: read a tree, compile it, judge it by the org rules.
import {
  type CompileResult,
  compareDiagnostics,
  compile,
  hasErrors,
  loadRevision,
  loadTree,
  type Mesh,
  type SourceLookup,
  type SourceTree,
} from '../compiler/index.ts';
import type { Io } from './io.ts';
import type { TreeSource } from './sides.ts';

export interface Checked extends CompileResult {
  readonly tree: SourceTree;
  readonly lookup: SourceLookup;
}

export interface CheckOptions {
  /** Org rules are part of every verdict unless somebody asks to leave them out. */
  readonly policies: boolean;
}

/** Reads and compiles a folder or `REV:path`, and adds the findings of the org rules. Never throws for bad input. */
export async function loadAndCheck(io: Io, source: TreeSource, options: CheckOptions): Promise<Checked> {
  const tree =
    typeof source === 'string'
      ? loadTree(source, io.cwd)
      : loadRevision(source.repository, source.revision, source.path);
  const result = options.policies ? await compileWithPolicies(tree) : compile(tree);
  return { ...result, tree, lookup: lookupIn(tree) };
}

/** The verdict of `fairlead check`, which is also that of a deploy: without a mesh if any finding is an error. */
export async function compileWithPolicies(tree: SourceTree): Promise<CompileResult> {
  const { mesh, diagnostics, documents } = compile(tree);
  if (documents.length === 0) return { diagnostics, documents };
  const { checkPolicies } = await import('../policies/index.ts');
  const all = [...diagnostics, ...(await checkPolicies(documents))].toSorted(compareDiagnostics);
  return { ...(mesh && !hasErrors(all) && { mesh }), diagnostics: all, documents };
}

export function lookupIn(...trees: readonly SourceTree[]): SourceLookup {
  const texts = new Map(trees.flatMap((tree) => tree.files.map((file) => [file.path, file.text] as const)));
  return (file) => texts.get(file);
}

/** A checked tree whose mesh is there: the type after `hasErrors` was answered no. */
export function hasMesh(checked: Checked): checked is Checked & { readonly mesh: Mesh } {
  return checked.mesh !== undefined;
}
