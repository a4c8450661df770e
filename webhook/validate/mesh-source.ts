// Where the mesh that candidates are judged against comes from: a folder or a revision, read again when it may have changed.
import { type CompileTree, createCompiler, defaultLimits, loadTree, type SourceTree } from '../../compiler/index.ts';
import { makeMeshChecker, type MeshChecker } from './mesh-checker.ts';

/** Reading a tree costs milliseconds, and a burst of requests needs it once. */
const freshForMs = 1000;

/** What lies beside the intent is told by `check`, and judges no candidate. */
const limits = { ...defaultLimits, looksBeside: false };

/** `DIR` or `REV:path`, or a function that gives the tree as it stands; undefined while there is none. */
export type MeshSource = string | (() => SourceTree | undefined);

/** A checker for the tree as it stands now; the same one as long as no file changed. */
export function meshFrom(source: MeshSource | undefined, now: () => number): () => MeshChecker {
  const compiler = createCompiler();
  const compile: CompileTree = (tree) => compiler.compile(tree);
  const alone = makeMeshChecker(compile);
  if (source === undefined) return () => alone;
  const read = typeof source === 'string' ? () => loadTree(source, process.cwd(), limits) : source;
  let current: { readonly tree: SourceTree; readonly checker: MeshChecker } | undefined;
  let readAt = Number.NEGATIVE_INFINITY;
  return () => {
    if (current && now() - readAt < freshForMs) return current.checker;
    const tree = read();
    readAt = now();
    if (!tree) return alone;
    if (!current || !isSameTree(current.tree, tree)) current = { tree, checker: makeMeshChecker(compile, tree) };
    return current.checker;
  };
}

function isSameTree(a: SourceTree, b: SourceTree): boolean {
  return (
    a.commit === b.commit &&
    a.files.length === b.files.length &&
    a.diagnostics.length === b.diagnostics.length &&
    a.files.every((file, i) => file.path === b.files[i]?.path && file.text === b.files[i]?.text)
  );
}
