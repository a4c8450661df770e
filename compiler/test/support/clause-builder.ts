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

/** Conditions without a value are not there. */
export function clause(all: readonly m.Condition[]): m.Clause {
  return { kind: 'Clause', all: all.filter(({ anyOf }) => anyOf.length > 0), origin: at() };
}

/** One condition of every kind, each without values. */
export function valueless(not: boolean): readonly m.Condition[] {
  const none = { anyOf: [], not };
  return [
    { kind: 'path', ...none },
    { kind: 'method', ...none },
    { kind: 'header', name: 'x', ...none },
    { kind: 'query', name: 'x', ...none },
    { kind: 'port', ...none },
    { kind: 'principal', ...none },
    { kind: 'namespace', ...none },
  ];
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
    { kind: 'path', anyOf: path ? [path] : [], not: false },
    { kind: 'method', anyOf: exactly(methods), not: false },
    ...headers,
    { kind: 'port', anyOf: ports, not: false },
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
    { kind: 'principal', anyOf: principals, not: false },
    { kind: 'principal', anyOf: notPrincipals, not: true },
    { kind: 'namespace', anyOf: namespaces, not: false },
    { kind: 'namespace', anyOf: notNamespaces, not: true },
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
    { kind: 'method', anyOf: exactly(methods), not: false },
    { kind: 'method', anyOf: notMethods, not: true },
    { kind: 'path', anyOf: paths, not: false },
    { kind: 'path', anyOf: notPaths, not: true },
    { kind: 'port', anyOf: ports, not: false },
  ]);
}
