// References between documents. A reference is `name` (same namespace) or `namespace/name`; one that dangles is reported here.
import { type Report, suggest } from '../diagnostics/index.ts';
import type { Cursor } from '../syntax/index.ts';
import type { GatewaySymbol, IntentSymbol, ServiceSymbol, TargetKind } from './symbols.ts';

/** All symbols by `namespace/name`. Kinds share the names, so a key leads to one symbol. */
export type SymbolTable = ReadonlyMap<string, IntentSymbol>;

/** What a document looked up, and what it found: the compile cache compares it the next time. */
export type Dependencies = Map<string, IntentSymbol | undefined>;

const codes = {
  MeshService: 'FL0302',
  MeshGateway: 'FL0304',
  ExternalService: 'FL0305',
  MeshWorkload: 'FL0306',
} as const;

const articles = { MeshService: 'a', MeshGateway: 'a', ExternalService: 'an', MeshWorkload: 'a' } as const;

/** Each looks at all names of the mesh; beyond these the document is wrong as a whole. */
const maxSuggestions = 50;

/** Resolves the references of one document and remembers them. */
export class Resolver {
  readonly dependencies: Dependencies = new Map();
  readonly #table: SymbolTable;
  readonly #namespace: string;
  readonly #report: Report;
  #suggestionsLeft = maxSuggestions;

  constructor(table: SymbolTable, namespace: string, report: Report) {
    this.#table = table;
    this.#namespace = namespace;
    this.#report = report;
  }

  target(reference: Cursor<string>, kind: TargetKind): ServiceSymbol | undefined {
    const found = this.lookUp(reference.value);
    if (found?.kind === kind && found.kind !== ('MeshGateway' as string)) return found as ServiceSymbol;
    return this.#dangling(reference, kind, found);
  }

  gateway(reference: Cursor<string>): GatewaySymbol | undefined {
    const found = this.lookUp(reference.value);
    if (found?.kind === 'MeshGateway') return found;
    return this.#dangling(reference, 'MeshGateway', found);
  }

  /** Any kind; reports nothing. */
  lookUp(reference: string): IntentSymbol | undefined {
    const key = this.keyOf(reference);
    const found = this.#table.get(key);
    this.dependencies.set(key, found);
    return found;
  }

  keyOf(reference: string): string {
    return reference.includes('/') ? reference : `${this.#namespace}/${reference}`;
  }

  /** The nearest name among symbols of these kinds, as it would be written here. */
  suggestFor(reference: string, kinds: readonly string[]): string | undefined {
    if (this.#suggestionsLeft-- <= 0) return undefined;
    const ofKind = [...this.#table.values()].filter((s) => kinds.includes(s.kind));
    const local = ofKind.filter((s) => s.namespace === this.#namespace).map((s) => s.name);
    const qualified = ofKind.map((s) => `${s.namespace}/${s.name}`);
    const near = reference.includes('/') ? suggest(reference, qualified) : suggest(reference, local);
    const elsewhere = ofKind.find((s) => s.name === reference.split('/').at(-1));
    const written =
      elsewhere &&
      (elsewhere.namespace === this.#namespace ? elsewhere.name : `${elsewhere.namespace}/${elsewhere.name}`);
    const found = written ?? near;
    return found === undefined ? undefined : `did you mean "${found}"?`;
  }

  #dangling(reference: Cursor<string>, kind: keyof typeof codes, found: IntentSymbol | undefined): undefined {
    const key = this.keyOf(reference.value);
    this.#report(codes[kind], {
      message: found
        ? `"${key}" is ${articles[found.kind]} ${found.kind}, expected ${articles[kind]} ${kind}`
        : `there is no ${kind} "${key}"`,
      span: reference.origin,
      hint: found ? wordFor[found.kind] : this.suggestFor(reference.value, [kind]),
      related: found && [{ message: 'declared here', span: found.span }],
    });
    return undefined;
  }
}

const wordFor = {
  MeshService: 'refer to it with `service: …`',
  MeshGateway: 'refer to it with `gateway: …`',
  ExternalService: 'refer to it with `external: …`',
  MeshWorkload: 'refer to it with `workload: …`',
} as const;
