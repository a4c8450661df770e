// A place in an object, with what proto3 thinks of it. Rules walk an object by views and report at them.
import type { IstioFinding } from '../finding.ts';

type Path = readonly (string | number)[];

export class View {
  readonly value: unknown;
  readonly path: Path;
  readonly #found: IstioFinding[];

  constructor(value: unknown, path: Path, found: IstioFinding[]) {
    this.value = value;
    this.path = path;
    this.#found = found;
  }

  at(key: string | number): View {
    const isInside = typeof this.value === 'object' && this.value !== null && Object.hasOwn(this.value, key);
    const inner = isInside ? (this.value as Readonly<Record<string | number, unknown>>)[key] : undefined;
    return new View(inner, [...this.path, key], this.#found);
  }

  items(): readonly View[] {
    return Array.isArray(this.value) ? this.value.map((_, i) => this.at(i)) : [];
  }

  entries(): readonly (readonly [string, View])[] {
    if (typeof this.value !== 'object' || this.value === null || Array.isArray(this.value)) return [];
    return Object.keys(this.value).map((key) => [key, this.at(key)] as const);
  }

  /** Proto3 cannot tell zero values from absent ones; an empty message is there all the same. */
  get isSet(): boolean {
    const { value } = this;
    if (Array.isArray(value)) return value.length > 0;
    return typeof value === 'object' ? value !== null : Boolean(value);
  }

  /** The names among `fields` that are set. */
  set(...fields: readonly string[]): readonly string[] {
    return fields.filter((field) => this.at(field).isSet);
  }

  /** The empty string for what is no text. */
  get text(): string {
    return typeof this.value === 'string' ? this.value : '';
  }

  /** Zero for what is no number. */
  get number(): number {
    return typeof this.value === 'number' ? this.value : 0;
  }

  get texts(): readonly string[] {
    return this.items().map((item) => item.text);
  }

  fault(message: string): void {
    this.#found.push({ path: this.path, message, keyword: 'semantic' });
  }
}
