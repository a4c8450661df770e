// References between documents. A reference is `name` (same namespace) or `namespace/name`; one that dangles is reported here.
import { type KnownCode, type Report, type Span, suggest } from '../diagnostics/index.ts';
import type { Cursor } from '../syntax/index.ts';
import { brokenSymbol, type GatewaySymbol, type IntentSymbol, type ServiceSymbol, type TargetKind } from './symbols.ts';

/** All symbols by `namespace/name`. Kinds share the names, so a key leads to one symbol. */
export type SymbolTable = ReadonlyMap<string, IntentSymbol>;

/** What may be declared without standing in the table, because of errors that were reported. */
export interface Doubts {
  /** There are texts, or whole objects, whose names nobody knows. */
  readonly isAnyPossible: boolean;
  /** Objects of these names may be meant to have another one, or to stand in another namespace. */
  readonly names: readonly string[];
}

export interface Names {
  readonly table: SymbolTable;
  readonly doubts: Doubts;
}

/** What a document looked up, and what it found: the compile cache compares it the next time. */
export type Dependencies = Map<string, IntentSymbol | typeof inDoubt | undefined>;

/** A reference to what nothing declares. */
export interface Missing {
  readonly code: KnownCode;
  /** `namespace/name`. */
  readonly key: string;
  /** What would have done. */
  readonly kinds: readonly string[];
  readonly span: Span;
}

/** In place of what was found: it equals nothing in any table, so that what relied on it is never kept. */
const inDoubt = Symbol('in doubt');

/** What is wrong with a name may be what was put behind it, such as `_v2`. */
function isNearTo(known: string, name: string): boolean {
  if (known !== '' && (known.startsWith(name) || name.startsWith(known))) return true;
  return suggest(name, [known]) !== undefined || suggest(known, [name]) !== undefined;
}

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
  readonly missing: Missing[] = [];
  readonly #table: SymbolTable;
  readonly #doubts: Doubts;
  readonly #namespace: string;
  readonly #report: Report;
  #suggestionsLeft = maxSuggestions;

  constructor({ table, doubts }: Names, namespace: string, report: Report) {
    this.#table = table;
    this.#doubts = doubts;
    this.#namespace = namespace;
    this.#report = report;
  }

  target(reference: Cursor<string>, kind: TargetKind): ServiceSymbol | undefined {
    const found = this.lookUp(reference.value);
    if (found?.kind === kind && found.kind !== ('MeshGateway' as string)) return found as ServiceSymbol;
    if (this.#mayBe(reference.value, found)) return this.#standIn(reference, kind) as ServiceSymbol;
    return this.#dangling(reference, kind, found);
  }

  gateway(reference: Cursor<string>): GatewaySymbol | undefined {
    const found = this.lookUp(reference.value);
    if (found?.kind === 'MeshGateway') return found;
    if (this.#mayBe(reference.value, found)) return this.#standIn(reference, 'MeshGateway') as GatewaySymbol;
    return this.#dangling(reference, 'MeshGateway', found);
  }

  /** Any kind; reports nothing. */
  lookUp(reference: string): IntentSymbol | undefined {
    const key = this.keyOf(reference);
    const found = this.#table.get(key);
    this.dependencies.set(key, found);
    return found;
  }

  /** True if it may be declared by a document that has errors: those are the cause, and are reported. */
  isInDoubt(reference: string): boolean {
    return this.#mayBe(reference, this.lookUp(reference));
  }

  #mayBe(reference: string, found: IntentSymbol | undefined): boolean {
    const name = reference.split('/').at(-1) ?? '';
    const { isAnyPossible, names } = this.#doubts;
    const isNear = () => names.some((known) => isNearTo(known, name));
    const isPossible = found ? !found.isKindKnown : isAnyPossible || isNear();
    if (isPossible) this.dependencies.set(this.keyOf(reference), inDoubt);
    return isPossible;
  }

  #standIn({ value, origin }: Cursor<string>, kind: keyof typeof codes): IntentSymbol | undefined {
    const [namespace = '', name = ''] = this.keyOf(value).split('/');
    return brokenSymbol({ kind, namespace, name, nameSpan: origin });
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
    // `name/namespace`, the way round in which hosts are written.
    const turned = reference.split('/').toReversed().join('/');
    const near = qualified.includes(turned)
      ? turned
      : reference.includes('/')
        ? suggest(reference, qualified)
        : suggest(reference, local);
    const elsewhere = ofKind.find((s) => s.name === reference.split('/').at(-1));
    const written =
      elsewhere &&
      (elsewhere.namespace === this.#namespace ? elsewhere.name : `${elsewhere.namespace}/${elsewhere.name}`);
    const found = written ?? near;
    return found === undefined ? undefined : `did you mean "${found}"?`;
  }

  /** Remembers that what is about to be reported at the reference is that nothing declares it. */
  noteMissing(reference: Cursor<string>, kinds: readonly string[], code: KnownCode): void {
    this.missing.push({ code, key: this.keyOf(reference.value), kinds, span: reference.origin });
  }

  #dangling(reference: Cursor<string>, kind: keyof typeof codes, found: IntentSymbol | undefined): undefined {
    const key = this.keyOf(reference.value);
    if (!found) this.noteMissing(reference, [kind], codes[kind]);
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
