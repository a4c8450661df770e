// What a request, or whoever sends it, must be. Routes and access rules are made of the same conditions.
import type { PathMatch, StringMatch } from './match.ts';
import type { ModelNode, Origin } from './origin.ts';
import { handle, type Reading, type Table } from './table.ts';

/**
 * Holds if the value of a field matches any of `anyOf`; with `not`, if it matches none of them. A value that is not
 * there (an absent header, a caller without identity) matches nothing, so a `not` holds for it.
 */
export type Condition =
  | PathCondition
  | MethodCondition
  | HeaderCondition
  | QueryCondition
  | PortCondition
  | PrincipalCondition
  | NamespaceCondition;

export type ConditionKind = Condition['kind'];

/** A list that is never empty: a condition without values would be no condition. */
export type OneOrMore<V> = readonly [V, ...V[]];

export function isOneOrMore<V>(values: readonly V[]): values is OneOrMore<V> {
  return values.length > 0;
}

interface Test<K extends string, V> {
  readonly kind: K;
  readonly anyOf: OneOrMore<V>;
  readonly not: boolean;
}

/** Normalized, without its query. In a route: at most one, and positive. A rewrite replaces what the first match that holds has matched. */
export type PathCondition = Test<'path', PathMatch>;

/** Upper-case. */
export type MethodCondition = Test<'method', StringMatch>;

/** `name` is lower-case. */
export interface HeaderCondition extends Test<'header', StringMatch> {
  readonly name: string;
}

/** `name` and values as they are sent, escapes and all; of several parameters of a name the first counts. */
export interface QueryCondition extends Test<'query', StringMatch> {
  readonly name: string;
}

/** In a route the service port that was dialled, in an access rule the workload port (the service's targetPort). */
export type PortCondition = Test<'port', number>;

/** On `trust-domain/ns/NAMESPACE/sa/ACCOUNT`; a caller without mutual TLS has none. */
export type PrincipalCondition = Test<'principal', StringMatch>;

/** Of the caller's identity; a caller without mutual TLS has none. */
export type NamespaceCondition = Test<'namespace', StringMatch>;

/** Conditions that must all hold; without any it holds always. Several clauses in a list are alternatives; an empty list never holds. */
export interface Clause extends ModelNode<'Clause'> {
  readonly all: readonly Condition[];
}

/** The clause that always holds. */
export function anything(origin: Origin): Clause {
  return { kind: 'Clause', origin, all: [] };
}

/** True if one of the alternatives holds whatever is asked. */
export function isUnconditional(alternatives: readonly Clause[]): boolean {
  return alternatives.some((clause) => clause.all.length === 0);
}

export type ConditionOf<K extends ConditionKind> = Extract<Condition, { readonly kind: K }>;

/** The conditions of one kind, in order. */
export function conditionsOf<K extends ConditionKind>({ all }: Clause, kind: K): readonly ConditionOf<K>[] {
  const isOfKind = (condition: Condition): condition is ConditionOf<K> => condition.kind === kind;
  // Most clauses ask for little, and are asked often.
  return all.some(isOfKind) ? all.filter(isOfKind) : [];
}

/**
 * What there is to know of a field: whether it belongs to the caller's connection (`peer`), to the port, or to the request.
 * Request fields do not exist on a TCP port; fields of the peer are unknown without mutual TLS.
 */
export const fieldScope = {
  path: 'request',
  method: 'request',
  header: 'request',
  query: 'request',
  port: 'port',
  principal: 'peer',
  namespace: 'peer',
} as const satisfies { readonly [K in ConditionKind]: FieldScope };

export type FieldScope = 'peer' | 'port' | 'request';

type KindOf<Scope extends FieldScope> = {
  [K in ConditionKind]: (typeof fieldScope)[K] extends Scope ? K : never;
}[ConditionKind];

/** A condition that needs HTTP. */
export type RequestCondition = ConditionOf<KindOf<'request'>>;
export type PeerCondition = ConditionOf<KindOf<'peer'>>;

/** A handler a scope, for readers to whom the fields of a scope are alike. */
export type ByScope<Args extends readonly unknown[], Result> = {
  readonly [S in FieldScope]: (condition: ConditionOf<KindOf<S>>, ...args: Args) => Result;
};

export function handleByScope<Args extends readonly unknown[], Result>(
  table: ByScope<Args, Result>,
  condition: Condition,
  ...args: NoInfer<Args>
): Result {
  const row = table[fieldScope[condition.kind]] as (condition: Condition, ...args: Args) => Result;
  return row(condition, ...args);
}

/** True for a condition that needs HTTP: a TCP connection has no such field. */
export function isAboutRequest(condition: Condition): condition is RequestCondition {
  return fieldScope[condition.kind] === 'request';
}

const fieldNames: Table<Reading<Condition, 'kind' | 'anyOf' | 'not', { header: 'name'; query: 'name' }>, [], string> = {
  path: () => 'path',
  method: () => 'method',
  header: ({ name }) => `header ${name}`,
  query: ({ name }) => `query parameter ${name}`,
  port: () => 'port',
  principal: () => 'caller',
  namespace: () => "caller's namespace",
};

/** What a condition asks about, in words that follow "the". */
export function fieldName(condition: Condition): string {
  return handle(fieldNames, condition);
}

type Port = Reading<PortCondition, 'kind' | 'anyOf' | 'not'>;
type OnPort<K extends ConditionKind> = (condition: ConditionOf<K>, port: number) => boolean;

/** Each kind has its row, whatever its scope: whether it holds on a port, or undefined where the port does not tell. */
const onPort: { readonly [K in ConditionKind]: OnPort<K> | undefined } = {
  path: undefined,
  method: undefined,
  header: undefined,
  query: undefined,
  port: ({ anyOf, not }: Port, port) => anyOf.includes(port) !== not,
  principal: undefined,
  namespace: undefined,
};

/** Whether the clause can hold on a port, as far as the port alone tells. */
export function mayHoldOnPort({ all }: Clause, port: number): boolean {
  for (const condition of all) {
    const holds = onPort[condition.kind] as OnPort<ConditionKind> | undefined;
    if (holds?.(condition, port) === false) return false;
  }
  return true;
}

/** The path condition of a clause of a route: what a rewrite replaces. */
export function pathConditionOf(clause: Clause): PathCondition | undefined {
  return conditionsOf(clause, 'path').find(({ not }) => !not);
}

/** What a route's clause asks of the path, in the order in which it is tried: everything, where it asks nothing. */
export function matchedPaths(clause: Clause): readonly PathMatch[] {
  return pathConditionOf(clause)?.anyOf ?? everyPathOnly;
}

/** The match for every path. */
export const everyPath: PathMatch = { type: 'prefix', value: '/' };
const everyPathOnly: readonly PathMatch[] = [everyPath];

/** True for matches that no path misses, however they are written. */
export function isEveryPath(match: PathMatch): boolean {
  return match.type === 'prefix' && (match.value === '/' || match.value === '');
}
