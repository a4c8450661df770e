// A JSON Schema that knows the TypeScript type of what it accepts, so that a field is written once: in its schema.
// The type is only ever in the compiler's head; at run time a schema is plain JSON.

/** JSON Schema, draft 07: the draft that editors know best. */
export interface JsonSchema {
  readonly [keyword: string]: unknown;
}

/** Made in this folder only, nearly always by shapes.ts, which sees to it that `T` is what the keywords say. */
export interface SchemaOf<T> extends JsonSchema {
  /** Never there: it carries the type. A symbol could not be named where a schema is spread into another. */
  readonly '~accepts'?: T;
}

/** The type of what a schema accepts; `unknown` for a schema written by hand. */
export type Accepted<S> = S extends SchemaOf<infer T> ? T : never;

/** Properties by name. */
export type Fields = Readonly<Record<string, SchemaOf<unknown>>>;

/** An object of which the fields `R` are always there. */
export type ObjectOf<F, R extends keyof F = never> = Flat<
  { readonly [K in R]: Accepted<F[K]> } & { readonly [K in Exclude<keyof F, R>]?: Accepted<F[K]> }
>;

type Flat<T> = { [K in keyof T]: T[K] };
