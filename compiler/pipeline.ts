// The passes in order: read files, name things, lower objects, join the parts, check the whole. No rules of its own.
// What a file gives is kept and used again as long as its text stays; the passes remember what they did last.
import { type Checker, createChecker } from './checks/index.ts';
import { compareText, type Diagnostic, DiagnosticSink, hasErrors, limitPerFile } from './diagnostics/index.ts';
import {
  compareObjects,
  type FoundObject,
  type FrontEnd,
  type FrontEnds,
  joinParts,
  type LoweringPass,
  placesIn,
  type ReadFile,
  readFile,
  reportEmptyFile,
  reportNothingFound,
  withoutConsequences,
} from './front-end/index.ts';
import { intent } from './intent/index.ts';
import type { Mesh } from './model/index.ts';
import type { SourceTree } from './source/index.ts';
import type { ObjectDocument } from './syntax/index.ts';

export interface CompileResult {
  /** Absent if there is any error. */
  readonly mesh?: Mesh;
  /** By place. Those of the source tree are among them. */
  readonly diagnostics: readonly Diagnostic[];
  /** The documents whose shape is right, by namespace, name and place. */
  readonly documents: readonly ObjectDocument[];
  /** What is passed through untouched: part of the mesh, and there without one. */
  readonly passthrough: Mesh['passthrough'];
}

/** Trees may differ in anything: the result for one is the same whatever came before it. Bad input never throws. */
export interface Compiler {
  compile(tree: SourceTree): CompileResult;
}

/** Compiles once. Use a compiler of its own for trees that follow one another. */
export function compile(tree: SourceTree): CompileResult {
  return createCompiler().compile(tree);
}

/** A compiler that remembers the last tree, so that a change of one file costs little. */
export function createCompiler(frontEnds: FrontEnds = [intent]): Compiler {
  let files: ReadonlyMap<string, KnownFile> = new Map();
  const passes: Passes = {
    frontEnds,
    lowering: frontEnds.map((frontEnd) => frontEnd.createPass()),
    checker: createChecker(),
  };
  return {
    compile(tree) {
      files = readFiles(tree, files, frontEnds);
      return compileFiles(tree, files, passes);
    },
  };
}

interface KnownFile {
  readonly text: string;
  readonly read: ReadFile;
}

/** What remembers its last run. */
interface Passes {
  readonly frontEnds: FrontEnds;
  /** One for each front end, in the same order. */
  readonly lowering: readonly LoweringPass[];
  readonly checker: Checker;
}

/** By path. */
function readFiles(
  tree: SourceTree,
  known: ReadonlyMap<string, KnownFile>,
  frontEnds: FrontEnds,
): ReadonlyMap<string, KnownFile> {
  const files = new Map<string, KnownFile>();
  for (const file of tree.files.toSorted((a, b) => compareText(a.path, b.path))) {
    const before = known.get(file.path);
    files.set(file.path, before?.text === file.text ? before : { text: file.text, read: readFile(file, frontEnds) });
  }
  return files;
}

function compileFiles(
  tree: SourceTree,
  files: ReadonlyMap<string, KnownFile>,
  { frontEnds, lowering, checker }: Passes,
): CompileResult {
  const sink = new DiagnosticSink();
  const read = [...files.values()].map((file) => file.read);
  sink.add(tree.diagnostics);
  for (const { diagnostics } of read) sink.add(diagnostics);
  const found = read.flatMap((file) => file.found).toSorted(compareObjects);
  if (found.length === 0 && !sink.hasErrors) reportNothingFound(tree.label, frontEnds, sink.report);
  else for (const [path, file] of files) if (file.read.isEmpty) reportEmptyFile(path, sink.report);

  const kept = frontEnds.map((frontEnd) => frontEnd.withoutClashes(readBy(frontEnd, found), sink.report));
  const [firstFile = tree.label] = files.keys();
  const frame = frontEnds[0].frameOf(kept[0] ?? [], firstFile);
  const hasUnread = hasErrors(tree.diagnostics);
  const lowered = lowering.map((pass, i) => pass.lower(kept[i] ?? [], frame, hasUnread));
  for (const { diagnostics } of lowered) sink.add(diagnostics);
  const parts = lowered.map(({ part }) => part);
  const passthrough = read.flatMap((file) => file.passthrough);
  const mesh = joinParts(frame, parts, passthrough);
  sink.add(withoutConsequences(checker.check(mesh, placesIn(found)), sink.toSorted(), found));
  const diagnostics = limitPerFile(sink.toSorted());
  return {
    ...(!hasErrors(diagnostics) && { mesh }),
    diagnostics,
    documents: kept
      .flat()
      .toSorted(compareObjects)
      .flatMap(({ document }) => (document ? [document] : [])),
    passthrough: mesh.passthrough,
  };
}

function readBy({ name }: FrontEnd, found: readonly FoundObject[]): readonly FoundObject[] {
  return found.filter((object) => object.frontEnd === name);
}
