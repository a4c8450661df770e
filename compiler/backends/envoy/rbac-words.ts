// Conditions of access rules in the words of Envoy's RBAC: those of permissions and those of principals.
import type { Condition, NamespaceCondition, PathMatch, PrincipalCondition, StringMatch } from '../../model/index.ts';
import {
  handle,
  handleBy,
  type Reading,
  type RequestCondition,
  type ConditionOf,
  type Table,
  type TableBy,
  quoteRegex,
  closedRegex,
} from '../../model/index.ts';
import { headerMatcher } from './header-match.ts';
import { stringMatcher } from './json-values.ts';
import type { PermissionJson, PrincipalJson } from './proto/types/envoy/config/rbac/v3/rbac_pb.js';
import type { StringMatcherJson } from './proto/types/envoy/type/matcher/v3/string_pb.js';

/** Matchers of which one must hold. `settled`: Envoy need not be asked, since the builder saw that it holds. */
type Said<R> = readonly R[] | 'settled' | 'inexpressible';

type Known = Reading<Condition, 'kind' | 'anyOf' | 'not', { header: 'name'; query: 'name' }>;

/** What permissions, or principals, can say, and how they join it. */
export interface Words<R> {
  readonly table: Table<Known, [], Said<R>>;
  readonly anything: R;
  readonly and: (rules: R[]) => R;
  readonly or: (rules: R[]) => R;
  readonly not: (rule: R) => R;
}

/** Both ask the same of requests, in the same words. Each listener serves one workload port, whatever port it is bound to. */
const aboutRequest = {
  path: ({ anyOf }) => anyOf.flatMap(pathMatchers).map((path) => ({ urlPath: { path } })),
  method: ({ anyOf }) => anyOf.map((match) => ({ header: headerMatcher(':method', match) })),
  header: ({ name, anyOf }) => anyOf.map((match) => ({ header: headerMatcher(name, match) })),
  // RBAC sees the query only as the end of a path that has not been taken apart.
  query: () => 'inexpressible',
  port: () => 'settled',
} as const satisfies Table<RequestCondition | ConditionOf<'port'>, [], Said<PermissionJson & PrincipalJson>>;

export const permissions: Words<PermissionJson> = {
  table: { ...aboutRequest, principal: () => 'inexpressible', namespace: () => 'inexpressible' },
  anything: { any: true },
  and: (rules) => ({ andRules: { rules } }),
  or: (rules) => ({ orRules: { rules } }),
  not: (notRule) => ({ notRule }),
};

export const principals: Words<PrincipalJson> = {
  table: { ...aboutRequest, principal: byPrincipal, namespace: byNamespace },
  anything: { any: true },
  and: (ids) => ({ andIds: { ids } }),
  or: (ids) => ({ orIds: { ids } }),
  not: (notId) => ({ notId }),
};

const known = new WeakMap<Words<never>, WeakMap<Condition, Said<never>>>();

/** Asked twice for each rule and again for each port of a workload, with the same answer. */
export function saidBy<R>(words: Words<R>, condition: Condition): Said<R> {
  const answers = known.get(words as never) ?? new WeakMap<Condition, Said<never>>();
  known.set(words as never, answers);
  const before = answers.get(condition);
  if (before !== undefined) return before as Said<R>;
  const found = handle(words.table, condition);
  answers.set(condition, found as Said<never>);
  return found;
}

const whole = (match: Exclude<PathMatch, { type: 'segments' }>) => [stringMatcher(match)];

/** Envoy compares `url_path` without the query; the connection manager has normalized it before. */
const paths: TableBy<'type', Reading<PathMatch, 'type' | 'value'>, [], readonly StringMatcherJson[]> = {
  exact: whole,
  prefix: whole,
  suffix: whole,
  regex: whole,
  segments: ({ value }) => [{ exact: value }, { prefix: `${value}/` }],
};

function pathMatchers(path: PathMatch): readonly StringMatcherJson[] {
  return handleBy('type', paths, path);
}

/** Principals are SPIFFE IDs without their scheme. */
const spiffeIds: TableBy<'type', Reading<StringMatch, 'type' | 'value'>, [], StringMatcherJson> = {
  exact: ({ value }) => ({ exact: `spiffe://${value}` }),
  prefix: ({ value }) => ({ prefix: `spiffe://${value}` }),
  suffix: ({ value }) => ({ suffix: value }),
  regex: ({ value }) => ({ safeRegex: { regex: `spiffe://(?:${closedRegex(value)})` } }),
  present: () => ({ prefix: 'spiffe://' }),
};

function byPrincipal({ anyOf }: PrincipalCondition): readonly PrincipalJson[] {
  return anyOf.map((match) => authenticated(handleBy('type', spiffeIds, match)));
}

const namespacePatterns: TableBy<'type', Reading<StringMatch, 'type' | 'value'>, [], string> = {
  exact: ({ value }) => quoteRegex(value),
  prefix: ({ value }) => `${quoteRegex(value)}[^/]*`,
  suffix: ({ value }) => `[^/]*${quoteRegex(value)}`,
  regex: ({ value }) => `(?:${closedRegex(value)})`,
  present: () => '[^/]+',
};

function byNamespace({ anyOf }: NamespaceCondition): readonly PrincipalJson[] {
  return anyOf.map((match) => {
    const namespace = handleBy('type', namespacePatterns, match);
    return authenticated({ safeRegex: { regex: `spiffe://[^/]+/ns/${namespace}/sa/[^/]+` } });
  });
}

/** The URI of the peer's certificate; never holds on a connection without mutual TLS. */
function authenticated(principalName: StringMatcherJson): PrincipalJson {
  return { authenticated: { principalName } };
}
