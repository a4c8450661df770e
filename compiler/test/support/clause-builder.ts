// Conditions of routes and access rules in few words, for meshes built by hand. Every node gets a place of its own.
import type { Span } from '../../diagnostics/index.ts';
import * as m from '../../model/index.ts';

let line = 0;

/** A fresh place in `mesh.yaml`. */
export function at(file = 'mesh.yaml'): Span {
  line += 1;
  return { file, start: { line, column: 1 }, end: { line, column: 9 } };
}

export function path(text: string): m.PathMatch {
  if (text === '/*') return { type: 'prefix', value: '/' };
  if (text.endsWith('/*')) return { type: 'segments', value: text.slice(0, -2) };
  if (text.startsWith('~')) return { type: 'regex', value: text.slice(1) };
  if (text.endsWith('*')) return { type: 'prefix', value: text.slice(0, -1) };
  if (text.startsWith('*')) return { type: 'suffix', value: text.slice(1) };
  return { type: 'exact', value: text };
}

function exactly(values: readonly string[]): readonly m.StringMatch[] {
  return values.map((value) => ({ type: 'exact', value }));
}

/** `header('x-beta', 'true')`; an undefined value means present, and `not` inverts. */
export function header(name: string, value?: string, not = false): m.HeaderCondition {
  const match: m.StringMatch =
    value === undefined
      ? { type: 'present' }
      : value.startsWith('~')
        ? { type: 'regex', value: value.slice(1) }
        : { type: 'exact', value };
  return { kind: 'header', name, anyOf: [match], not };
}

export function clause(all: readonly m.Condition[]): m.Clause {
  return { kind: 'Clause', all, origin: at() };
}

/** For conditions: throws for an empty list. */
export function some<V>(values: readonly V[]): m.OneOrMore<V> {
  if (m.isOneOrMore(values)) return values;
  throw new Error('a condition needs a value');
}

/** A list without values is no condition. */
export function asking<K extends 'path' | 'method' | 'port' | 'principal' | 'namespace'>(
  kind: K,
  anyOf: readonly m.ConditionOf<K>['anyOf'][number][],
  not = false,
): readonly m.ConditionOf<K>[] {
  return m.isOneOrMore(anyOf) ? [{ kind, anyOf, not } as unknown as m.ConditionOf<K>] : [];
}

/** What the lists of the model mean that the tests leave empty: everything. */
export function orAnything(clauses: readonly m.Clause[]): readonly m.Clause[] {
  return clauses.length > 0 ? clauses : [m.anything(at())];
}

export interface MatchFields {
  readonly path?: m.PathMatch;
  readonly methods?: readonly string[];
  readonly headers?: readonly m.HeaderCondition[];
  readonly ports?: readonly number[];
}

/** One alternative of a route. */
export function match({ path, methods = [], headers = [], ports = [] }: MatchFields = {}): m.Clause {
  return clause([
    ...asking('path', path ? [path] : []),
    ...asking('method', exactly(methods)),
    ...headers,
    ...asking('port', ports),
  ]);
}

export interface SourceFields {
  readonly principals?: readonly m.StringMatch[];
  readonly notPrincipals?: readonly m.StringMatch[];
  readonly namespaces?: readonly m.StringMatch[];
  readonly notNamespaces?: readonly m.StringMatch[];
}

/** One alternative of who calls. */
export function from(fields: SourceFields): m.Clause {
  const { principals = [], notPrincipals = [], namespaces = [], notNamespaces = [] } = fields;
  return clause([
    ...asking('principal', principals),
    ...asking('principal', notPrincipals, true),
    ...asking('namespace', namespaces),
    ...asking('namespace', notNamespaces, true),
  ]);
}

/** Callers by short name: `callers('inventory.shop')`. */
export function callers(...names: string[]): m.Clause {
  const principals = names.map((name) => {
    const [account = '', namespace = 'shop'] = name.split('.');
    return m.principal('cluster.local', namespace, account);
  });
  return from({ principals: exactly(principals) });
}

export interface OperationFields {
  readonly notMethods?: readonly m.StringMatch[];
  /** Instead of those given as texts. */
  readonly paths?: readonly m.PathMatch[];
  readonly notPaths?: readonly m.PathMatch[];
  readonly ports?: readonly number[];
}

/** One alternative of what is asked. */
export function operation(
  methods: readonly string[],
  texts: readonly string[] = [],
  { notMethods = [], paths = texts.map(path), notPaths = [], ports = [] }: OperationFields = {},
): m.Clause {
  return clause([
    ...asking('method', exactly(methods)),
    ...asking('method', notMethods, true),
    ...asking('path', paths),
    ...asking('path', notPaths, true),
    ...asking('port', ports),
  ]);
}
