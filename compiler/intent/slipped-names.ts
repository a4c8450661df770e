// A name that slipped where it is declared is told there, once, and not at each of those who use it.
import { type Diagnostic, makeDiagnostic, suggest } from '../diagnostics/index.ts';
import type { Dependencies, Missing, SymbolTable } from './resolve.ts';
import type { IntentSymbol } from './symbols.ts';

/** What one document refers to. */
export interface References {
  /** `namespace/name` of the document. */
  readonly from: string;
  readonly dependencies: Dependencies;
  readonly missing: readonly Missing[];
}

export interface SlippedNames {
  readonly diagnostics: readonly Diagnostic[];
  /** Whether a finding only says that somebody uses the right name, or is used by it. */
  isConsequence(finding: Diagnostic): boolean;
}

/** One reference alone has slipped itself, as far as anybody can tell. */
const enough = 2;
const shownUses = 3;
/** Each looks at all names of the mesh. */
const maxSlips = 50;

export function slippedNames(documents: readonly References[], table: SymbolTable): SlippedNames {
  const missing = documents.flatMap((document) => document.missing.map((one) => ({ ...one, from: document.from })));
  const groups = Map.groupBy(missing, ({ key }) => key);
  const diagnostics: Diagnostic[] = [];
  const consequences = new Set<string>();
  const agreed = [...groups].filter(([, { length }]) => length >= enough);
  for (const [key, all] of agreed.slice(0, maxSlips)) {
    const meant = nearestUnused(key, all, table, documents);
    const group = all.filter(({ kinds }) => meant && kinds.includes(meant.kind));
    const [first] = group;
    if (!meant || !first || group.length < enough) continue;
    diagnostics.push(slip(first, group, meant));
    const own = missing.filter(({ from, key: other }) => from === keyOf(meant) && table.has(movedTo(key, other)));
    for (const one of [...group, ...own]) consequences.add(placeOf(one));
  }
  return { diagnostics, isConsequence: (finding) => consequences.has(placeOf(finding)) };
}

/** Of the same name in another namespace, or of a name like it; undefined where somebody uses it by the name that it has. */
function nearestUnused(
  key: string,
  missing: readonly Missing[],
  table: SymbolTable,
  documents: readonly References[],
): IntentSymbol | undefined {
  const [namespace = '', name = ''] = key.split('/');
  const near = [...table.values()].filter(
    (symbol) =>
      missing.some(({ kinds }) => kinds.includes(symbol.kind)) &&
      (symbol.name === name || (symbol.namespace === namespace && suggest(name, [symbol.name]) !== undefined)),
  );
  const unused = near.filter(
    (symbol) =>
      !documents.some(
        ({ from, dependencies }) => from !== keyOf(symbol) && dependencies.get(keyOf(symbol)) !== undefined,
      ),
  );
  return unused.length === 1 && near.length === 1 ? unused[0] : undefined;
}

function slip({ code, key }: Missing, group: readonly Missing[], meant: IntentSymbol): Diagnostic {
  const [namespace = '', name = ''] = key.split('/');
  return makeDiagnostic(code, {
    message: `there is no ${meant.kind} "${key}", which ${group.length} references name, and none names this one, "${keyOf(meant)}"`,
    span: meant.span,
    related: group.slice(0, shownUses).map(({ span }) => ({ message: 'named here', span })),
    hint: meant.name === name ? `did you mean namespace "${namespace}"?` : `did you mean "${name}"?`,
  });
}

/** The reference as it would be from the namespace of `key`. */
function movedTo(key: string, reference: string): string {
  return `${key.split('/')[0]}/${reference.split('/')[1]}`;
}

function keyOf({ namespace, name }: IntentSymbol): string {
  return `${namespace}/${name}`;
}

function placeOf({ code, span }: Pick<Diagnostic, 'code' | 'span'>): string {
  return `${code} ${span?.file}:${span?.start.line}:${span?.start.column}`;
}
