// What most commands begin with: read a tree, compile it, judge it by the org rules.
import {
  type CompileResult,
  compareDiagnostics,
  compile,
  type Diagnostic,
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
  const tree = await (typeof source === 'string'
    ? loadTree(source, io.cwd)
    : loadRevision(source.repository, source.revision, source.path));
  const result = compile(tree);
  const found: Diagnostic[] = [...result.diagnostics];
  if (options.policies && result.documents.length > 0) {
    const { checkPolicies } = await import('../policies/index.ts');
    found.push(...(await checkPolicies(result.documents)));
  }
  return { ...result, diagnostics: found.toSorted(compareDiagnostics), tree, lookup: lookupIn(tree) };
}

export function lookupIn(...trees: readonly SourceTree[]): SourceLookup {
  const texts = new Map(trees.flatMap((tree) => tree.files.map((file) => [file.path, file.text] as const)));
  return (file) => texts.get(file);
}

/** A checked tree whose mesh is there: the type after `hasErrors` was answered no. */
export function hasMesh(checked: Checked): checked is Checked & { readonly mesh: Mesh } {
  return checked.mesh !== undefined;
}
