// One place where a document misses its schema, and how it is named and found in the text.
import type { Glued, ParsedDocument } from '../syntax/index.ts';

/** One error of the schema check, free of ajv's types. */
export interface SchemaFinding {
  readonly keyword: string;
  readonly path: readonly string[];
  readonly params: Readonly<Record<string, unknown>>;
  readonly data: unknown;
  /** The value of the keyword. */
  readonly schema: unknown;
  /** The schema object that has the keyword. */
  readonly parent: Readonly<Record<string, unknown>>;
  /** Set if the finding is about a key and not its value. */
  readonly propertyName?: string;
  /** Of a mapping where one value is asked for: what it says of its neighbours as well, which are missing beside it. */
  readonly spread?: Readonly<Record<string, unknown>>;
  /** Whether what is around it cannot do without it. */
  readonly isRequired: boolean;
  /** Of an empty value: fields that stand beside it and belong into it. */
  readonly beside?: readonly string[];
  /** Of a key or a text: the field and its value, between which a blank is missing. */
  readonly glued?: Glued;
  /** Of an unknown field: it and others that an API server adds, with where they stand. */
  readonly added?: readonly string[];
}

export class Place {
  readonly finding: SchemaFinding;
  readonly #document: ParsedDocument;

  constructor(finding: SchemaFinding, document: ParsedDocument) {
    this.finding = finding;
    this.#document = document;
  }

  /** `spec.routes[0].timeout`; `the document` for its root. */
  get name(): string {
    return pathName(this.finding.path);
  }

  /** That the document itself declares. */
  get versions(): readonly string[] {
    const { spec } = (this.#document.value ?? {}) as { readonly spec?: { readonly versions?: object | null } | null };
    return Object.keys(spec?.versions ?? {});
  }

  value() {
    return this.#document.locate(this.finding.path);
  }

  /** `1.0` for a number that is 1 to YAML. */
  text() {
    return this.#document.textOf(this.finding.path);
  }

  key(child?: string) {
    return this.#document.locate(child === undefined ? this.finding.path : [...this.finding.path, child], {
      key: true,
    });
  }

  /** What is missing has no place: its parent's key stands for it, or the parent itself in a list. */
  keyOrValue() {
    const last = this.finding.path.at(-1);
    if (last === undefined) return this.#document.locate(['kind']);
    return /^\d+$/.test(last) ? this.value() : this.key();
  }

  /** For `uniqueItems` the repeated entry, else the value. */
  entryOrValue() {
    const index = this.finding.keyword === 'uniqueItems' ? this.finding.params.i : undefined;
    return typeof index === 'number' ? this.#document.locate([...this.finding.path, index]) : this.value();
  }
}

export function pathName(path: readonly string[]): string {
  if (path.length === 0) return 'the document';
  return path.reduce(
    (text, step) => (/^\d+$/.test(step) ? `${text}[${step}]` : text === '' ? step : `${text}.${step}`),
    '',
  );
}
