// The documents of a tree in another order, each in a file of its own: what is made of them must not depend on where they stand.
// Blank lines stand in for what came before a document, so that it keeps its lines and only the names of files differ.
import * as fc from 'fast-check';
import type { SourceFile, SourceTree } from '../../source/index.ts';

export interface Scattered {
  readonly tree: SourceTree;
  /** The value with every span back in the file where its document came from. */
  gather<T>(value: T): T;
}

/** The other way round, and two orders that are the same in every run. */
export function scatteredDocuments(tree: SourceTree): readonly Scattered[] {
  // A file without any document is a finding, an empty document among others is none.
  const documents = tree.files.flatMap(documentsOf).filter(({ text }) => !/^(?:\s|---|\.\.\.|#.*|null)*$/.test(text));
  if (documents.length < 2) return [];
  const anyOrder = fc.shuffledSubarray(documents, { minLength: documents.length });
  return [documents.toReversed(), ...fc.sample(anyOrder, { numRuns: 2, seed: 12 })].map((order) =>
    scatter(tree, order),
  );
}

function scatter(tree: SourceTree, documents: readonly SourceFile[]): Scattered {
  const files = documents.map(({ text }, i): SourceFile => ({ path: `${String(i).padStart(4, '0')}.yaml`, text }));
  const origins = new Map(files.map(({ path }, i) => [path, documents[i]?.path ?? path]));
  return { tree: { ...tree, files }, gather: (value) => gathered(value, origins) as typeof value };
}

/** A document begins with its `---`, or with the directives before that. */
function documentsOf({ path, text }: SourceFile): readonly SourceFile[] {
  const lines = text.split('\n');
  const starts = lines.flatMap((line, i) =>
    i > 0 && /^(---(\s|$)|%)/.test(line) && !/^%/.test(lines[i - 1] ?? '') ? [i] : [],
  );
  return [0, ...starts].map((start, i) => {
    const own = lines.slice(start, starts[i] ?? lines.length).join('\n');
    return { path, text: '\n'.repeat(start) + own + (i < starts.length ? '\n' : '') };
  });
}

function gathered(value: unknown, origins: ReadonlyMap<string, string>): unknown {
  if (Array.isArray(value)) return value.map((inner) => gathered(inner, origins));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [
      key,
      key === 'file' && typeof inner === 'string' ? (origins.get(inner) ?? inner) : gathered(inner, origins),
    ]),
  );
}
