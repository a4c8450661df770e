// What most commands begin with: read a tree, compile it, judge it by the org rules.
import {
  type CompileResult,
  compareDiagnostics,
  compile,
  type Diagnostic,
  defaultLimits,
  hasErrors,
  type KnownCode,
  limitPerFile,
  loadRevision,
  loadStream,
  loadTree,
  type Mesh,
  type SourceLookup,
  type SourceTree,
} from '../compiler/index.ts';
import { type Folders, type Io, UsageError } from './io.ts';
import { type Backends, MeshEmission, type Target } from './mesh-emission.ts';
import { foldersOf } from './repository-folder.ts';
import type { TreeSource } from './sides.ts';

export interface Checked extends Judged {
  readonly tree: SourceTree;
  readonly lookup: SourceLookup;
  readonly folders: Folders;
}

export interface Judged extends CompileResult {
  /** What was compiled, even if an org rule or a back end objects: for looking at, not for deploying. */
  readonly compiled?: Mesh;
  /** What the back ends make of it: there whenever there is a mesh, compiled or more. */
  readonly emission?: MeshEmission;
}

export interface CheckOptions {
  /** Org rules are part of every verdict unless somebody asks to leave them out. A text names a folder with more of them. */
  readonly policies: boolean | string;
  /** See `MeshEmission`. */
  readonly backends?: Backends;
  readonly target?: Target;
}

/** Reads and compiles a folder or `REV:path`, and adds the findings of the org rules. Never throws for bad input. */
export async function loadAndCheck(io: Io, source: TreeSource, options: CheckOptions): Promise<Checked> {
  const tree = await readTree(io, source);
  return checkTree(tree, foldersOf(io, source, tree), options);
}

/** Standard input for `-`: one file, of as many documents as there are. */
export async function readTree(io: Io, source: TreeSource): Promise<SourceTree> {
  if (typeof source !== 'string') return loadRevision(source.repository, source.revision, source.path);
  if (source === '-') return loadStream(source, 'stdin.yaml', await io.stdin(defaultLimits.streamBytes));
  const tree = loadTree(source, io.cwd);
  refuseUnreadable(tree);
  return tree;
}

export async function checkTree(tree: SourceTree, folders: Folders, options: CheckOptions): Promise<Checked> {
  return { ...(await judgeTree(tree, options)), tree, folders, lookup: lookupIn(tree) };
}

/** What was named and is not there, is no repository or no commit of it: a mistake in the call, not in the intent. */
function refuseUnreadable({ files, diagnostics }: SourceTree): void {
  const [first] = diagnostics;
  const isWhole = first && first.span === undefined && ['FL0113', 'FL0115', 'FL0116', 'FL0122'].includes(first.code);
  if (isWhole && files.length === 0) throw new UsageError(first.message, first.hint, first.code as KnownCode);
}

/**
 * The verdict of `fairlead check`, which is also that of a deploy, and what every answer about a mesh rests on: without a mesh if
 * any finding is an error. Besides the compiler's own findings: what a back end cannot express, and what the org rules say.
 */
export async function judgeTree(tree: SourceTree, { policies, backends, target }: CheckOptions): Promise<Judged> {
  const { mesh, diagnostics, ...read } = compile(tree);
  const emission = mesh && new MeshEmission(mesh, tree.commit, backends);
  const judged = policies === false ? [] : await judgedByPolicies(mesh, read.documents, policies);
  const found = [...diagnostics, ...judged, ...(emission?.diagnostics(target) ?? [])];
  const all = limitPerFile(found.toSorted(compareDiagnostics));
  const kept = mesh && emission && { compiled: mesh, emission, ...(!hasErrors(all) && { mesh }) };
  return { ...kept, diagnostics: all, ...read };
}

async function judgedByPolicies(
  mesh: Mesh | undefined,
  documents: Judged['documents'],
  folder: string | true,
): Promise<readonly Diagnostic[]> {
  const raw = (mesh?.passthrough ?? []).map(({ object, origin }) => ({ object, locate: () => origin }));
  if (documents.length + raw.length === 0) return [];
  const { checkPolicies } = await import('../policies/index.ts');
  return checkPolicies([...documents, ...raw], folder === true ? {} : { folder });
}

export function lookupIn(...trees: readonly SourceTree[]): SourceLookup {
  const texts = new Map(trees.flatMap((tree) => tree.files.map((file) => [file.path, file.text] as const)));
  return (file) => texts.get(file);
}

/** A checked tree whose mesh is there: the type after `hasErrors` was answered no. */
export function hasMesh(
  checked: Checked,
): checked is Checked & { readonly mesh: Mesh; readonly emission: MeshEmission } {
  return checked.mesh !== undefined && checked.emission !== undefined;
}
