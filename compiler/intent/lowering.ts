// Lowers all documents, and keeps what each gave as long as its text and everything it looked up stay the same.
import { type Diagnostic, DiagnosticSink, hasErrors } from '../diagnostics/index.ts';
import { isSameData } from '../model/index.ts';
import type { IntentDocument } from './document.ts';
import { type Fragment, type GlobalFacts, lowerDocument } from './lower/index.ts';
import type { FoundIntent } from './read-document.ts';
import { type Dependencies, type Doubts, type Names, Resolver, type SymbolTable } from './resolve.ts';
import { type References, slippedNames } from './slipped-names.ts';
import type { IntentSymbol } from './symbols.ts';

export interface Lowering {
  /** The fragments in the order of the documents. What equals the last result is that result, the same object. */
  lower(documents: readonly FoundIntent[], global: GlobalFacts, hasUnread: boolean): LoweringResult;
}

export interface LoweringResult {
  readonly fragments: readonly Fragment[];
  readonly diagnostics: readonly Diagnostic[];
}

interface Lowered extends Omit<References, 'from'> {
  readonly fragment: Fragment;
  readonly diagnostics: readonly Diagnostic[];
}

interface Remembered extends Lowered {
  /** The facts about the whole mesh under which the fragment was made. */
  readonly globalKey: string;
}

/** Remembers the last run. */
export function createLowering(): Lowering {
  const cache = new WeakMap<IntentDocument, Remembered>();
  let lastTable: SymbolTable = new Map();
  let lastFragments: ReadonlyMap<string, Fragment> = new Map();
  return {
    lower(documents, global, hasUnread) {
      const table = tableOf(documents, lastTable);
      const names = { table, doubts: doubtsOf(documents, hasUnread) };
      const fragments = new Map<string, Fragment>();
      const diagnostics: Diagnostic[] = [];
      const references: References[] = [];
      const globalKey = JSON.stringify(global);
      for (const { document, symbol } of documents) {
        if (!document) continue;
        const known = cache.get(document);
        const isFresh = known?.globalKey === globalKey && isUnchanged(known.dependencies, table);
        const result = known && isFresh ? known : lowerFresh(document, symbol, names, global);
        const key = `${document.kind} ${document.namespace}/${document.name}`;
        const fragment = isFresh ? result.fragment : reuse(lastFragments.get(key), result.fragment);
        // A hint names what nearly matches, which any change elsewhere can alter: what has errors is always lowered again.
        if (!isFresh && !hasErrors(result.diagnostics)) cache.set(document, { ...result, fragment, globalKey });
        for (const one of result.diagnostics) diagnostics.push(one);
        fragments.set(key, fragment);
        references.push({ ...result, from: `${document.namespace}/${document.name}` });
      }
      lastTable = table;
      lastFragments = fragments;
      const slips = slippedNames(references, table);
      return {
        fragments: [...fragments.values()],
        diagnostics: [...diagnostics.filter((one) => !slips.isConsequence(one)), ...slips.diagnostics],
      };
    },
  };
}

/** Symbols that did not change stay the same objects, so that what depends on them stays fresh. */
function tableOf(documents: readonly FoundIntent[], last: SymbolTable): SymbolTable {
  const table = new Map<string, IntentSymbol>();
  for (const { symbol } of documents) {
    if (!symbol) continue;
    const key = `${symbol.namespace}/${symbol.name}`;
    const before = last.get(key);
    table.set(key, before && (before === symbol || isSameData(before, symbol)) ? before : symbol);
  }
  return table;
}

/** Names that are perhaps not what their documents say, and whether there may be any others. */
function doubtsOf(documents: readonly FoundIntent[], hasUnread: boolean): Doubts {
  const inDoubt = documents.filter(({ isNameInDoubt }) => isNameInDoubt).map(({ name }) => name);
  return { isAnyPossible: hasUnread || inDoubt.includes(''), names: inDoubt };
}

function lowerFresh(
  document: IntentDocument,
  symbol: IntentSymbol | undefined,
  names: Names,
  global: GlobalFacts,
): Lowered {
  const sink = new DiagnosticSink();
  const resolver = new Resolver(names, document.namespace, sink.report);
  const fragment = lowerDocument(document, symbol, { global, resolver, report: sink.report });
  const { dependencies, missing } = resolver;
  return { dependencies, missing, fragment, diagnostics: sink.toSorted() };
}

function isUnchanged(dependencies: Dependencies, table: SymbolTable): boolean {
  for (const [key, symbol] of dependencies) if (table.get(key) !== symbol) return false;
  return true;
}

/** Nodes that are what they were stay the same objects: checks and back ends know by that what they need not look at again. */
function reuse(before: Fragment | undefined, after: Fragment): Fragment {
  if (!before) return after;
  const lists = Object.entries(after).map(([key, nodes]: [string, readonly unknown[]]) => {
    const earlier: readonly unknown[] = before[key as keyof Fragment];
    return [key, nodes.map((node, i) => (isSameData(earlier[i], node) ? earlier[i] : node))];
  });
  return Object.fromEntries(lists) as unknown as Fragment;
}
