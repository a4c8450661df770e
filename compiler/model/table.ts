// Total tables over closed unions. A member without a row does not compile, so no reader can stay silent about a new one.

/** One handler for each member of the union, found by its discriminant `D`. */
export type TableBy<
  D extends string,
  U extends { readonly [P in D]: string },
  Args extends readonly unknown[],
  Result,
> = {
  readonly [K in U[D]]: (member: Extract<U, { readonly [P in D]: K }>, ...args: Args) => Result;
};

/** A table over a union that is told apart by `kind`, as most of the model is. */
export type Table<U extends { readonly kind: string }, Args extends readonly unknown[], Result> = TableBy<
  'kind',
  U,
  Args,
  Result
>;

/** Hands the member to its row. */
export function handle<U extends { readonly kind: string }, Args extends readonly unknown[], Result>(
  table: Table<NoInfer<U>, Args, Result>,
  member: U,
  ...args: NoInfer<Args>
): Result {
  const row = table[member.kind as U['kind']] as unknown as (member: U, ...args: Args) => Result;
  return row(member, ...args);
}

/** As `handle`, for a union that is told apart by another field than `kind`. */
export function handleBy<
  D extends string,
  U extends { readonly [P in D]: string },
  Args extends readonly unknown[],
  Result,
>(discriminant: D, table: TableBy<D, NoInfer<U>, Args, Result>, member: U, ...args: NoInfer<Args>): Result {
  const row = table[member[discriminant]] as unknown as (member: U, ...args: Args) => Result;
  return row(member, ...args);
}

/** An object that is the row of one kind in an ordered list. */
export interface RowOf<K extends string> {
  readonly kind: K;
}

/** `unknown` for a list that has all kinds; else a type that nothing fits, which names those that are missing. */
type Complete<K extends string, Listed extends string> = [Exclude<K, Listed>] extends [never]
  ? unknown
  : { readonly rowsAreMissingFor: Exclude<K, Listed> };

/**
 * A table in which order matters: the list is the table, and its order the order.
 * `total<RouteFeature['kind']>()([cors, fault, …])` compiles only if every kind has a row.
 */
export function total<K extends string>() {
  return <const L extends readonly RowOf<K>[]>(list: L & Complete<K, L[number]['kind']>): L => list;
}

/**
 * Proves that a record was read whole: `const { a, b, ...rest } = record; nothingLeft(rest);`. A field that is not taken out
 * by name, if only to be thrown away (`c: _c`), does not compile.
 */
export function nothingLeft(_rest: Readonly<Record<PropertyKey, never>>): void {}

/**
 * `U`, for a reader that deals with these properties of its members; if any member has another, a type that names it and fits no
 * table. `Common` may be on all members, `Own` on those of a kind alone: `Reading<TlsTowards, 'mode', { SIMPLE: 'sni' }>`. The
 * claim stands in types alone, beside the code that reads: for unions of plain members, and where a rest would cost time.
 */
export type Reading<U, Common extends PropertyKey, Own = Nobody> = [Unread<U, Common, Own>] extends [never]
  ? U
  : { readonly unread: Unread<U, Common, Own> };

type Nobody = Readonly<Record<never, never>>;
type Unread<U, Common, Own> = U extends unknown ? Exclude<keyof U, Common | OwnOf<TagOf<U>, Own>> : never;
type OwnOf<Tag, Own> = Tag extends keyof Own ? Own[Tag] : never;
/** What tells a member from the others. */
type TagOf<U> = U extends { readonly kind: infer K } ? K : U extends { readonly mode: infer M } ? M : never;

/** A property that any member has. */
export type KeyOf<U> = U extends unknown ? keyof U : never;
