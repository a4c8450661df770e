// AuthorizationPolicies as Envoy RBAC rules, with Istio's meaning of every field.
// Ports are decided here and now: each listener serves one workload port, whatever port it is bound to.
import type {
  AuthorizationPolicy,
  AuthorizationRule,
  MeshIndex,
  MeshSettings,
  OperationMatch,
  PathMatch,
  SourceMatch,
  StringMatch,
  Workload,
} from '../../model/index.ts';
import { quoteRegex, stringMatcher } from './json-values.ts';
import type {
  PermissionJson,
  PolicyJson,
  PrincipalJson,
  RBACJson,
} from './proto/types/envoy/config/rbac/v3/rbac_pb.js';
import type { StringMatcherJson } from './proto/types/envoy/type/matcher/v3/string_pb.js';
import { headerMatcher } from './route-match.ts';

/** What the port speaks: RBAC before a TCP proxy cannot see HTTP. */
export type RbacLayer = 'http' | 'tcp';

/** What guards one port of a workload. */
export interface Access {
  readonly policies: readonly AuthorizationPolicy[];
  readonly targetPort: number;
  /** What happens without any ALLOW policy. */
  readonly otherwise: MeshSettings['accessDefault'];
}

export function accessOf(index: MeshIndex, workload: Workload, targetPort: number): Access {
  return { policies: index.authorizationOf(workload), targetPort, otherwise: index.mesh.settings.accessDefault };
}

/** Undefined if nothing can be denied on the port. */
export function denyRules({ policies, targetPort }: Access, layer: RbacLayer): RBACJson | undefined {
  const rules = collect(policies, 'DENY', targetPort, (rule) => (layer === 'http' ? rule : withoutHttp(rule)));
  return Object.keys(rules).length > 0 ? { action: 'DENY', policies: rules } : undefined;
}

/** Undefined if no ALLOW policy targets the workload; with one that has no rules for the port, everything is denied. */
export function allowRules({ policies, targetPort, otherwise }: Access, layer: RbacLayer): RBACJson | undefined {
  if (otherwise === 'allow' && !policies.some((policy) => policy.action === 'ALLOW')) return undefined;
  const isUsable = (rule: AuthorizationRule) => layer === 'http' || !rule.to.some(hasHttpFields);
  const rules = collect(policies, 'ALLOW', targetPort, (rule) => (isUsable(rule) ? rule : undefined));
  return { action: 'ALLOW', policies: rules };
}

/** By rule name, sorted as Envoy will try them. */
function collect(
  policies: readonly AuthorizationPolicy[],
  action: AuthorizationPolicy['action'],
  targetPort: number,
  adapt: (rule: AuthorizationRule) => AuthorizationRule | undefined,
): Record<string, PolicyJson> {
  const rules = policies.filter((policy) => policy.action === action).flatMap((policy) => policy.rules);
  const named = rules.flatMap((rule) => {
    const adapted = adapt(rule);
    const policy = adapted && policyOf(adapted, targetPort);
    return policy ? [[rule.name, policy] as const] : [];
  });
  return Object.fromEntries(named.sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** Undefined if the rule is for other ports only. */
function policyOf(rule: AuthorizationRule, targetPort: number): PolicyJson | undefined {
  const operations = rule.to.filter(({ ports }) => ports.length === 0 || ports.includes(targetPort));
  if (rule.to.length > 0 && operations.length === 0) return undefined;
  return {
    permissions: operations.length > 0 ? operations.map(permissionOf) : [{ any: true }],
    principals: rule.from.length > 0 ? rule.from.map(principalOf) : [{ any: true }],
  };
}

function hasHttpFields({ methods, notMethods, paths, notPaths }: OperationMatch): boolean {
  return methods.length + notMethods.length + paths.length + notPaths.length > 0;
}

function withoutHttp(rule: AuthorizationRule): AuthorizationRule {
  return { ...rule, to: rule.to.map((to) => ({ ...to, methods: [], notMethods: [], paths: [], notPaths: [] })) };
}

function permissionOf({ methods, notMethods, paths, notPaths }: OperationMatch): PermissionJson {
  const method = (match: StringMatch): PermissionJson => ({ header: headerMatcher(':method', match) });
  const anyOf = oneOf<PermissionJson>((rules) => ({ orRules: { rules } }));
  const rules = [
    ...anyOf(methods.map(method)),
    ...anyOf(notMethods.map(method)).map((notRule) => ({ notRule })),
    ...anyOf(paths.flatMap(pathPermissions)),
    ...anyOf(notPaths.flatMap(pathPermissions)).map((notRule) => ({ notRule })),
  ];
  const [only, ...others] = rules;
  if (!only) return { any: true };
  return others.length === 0 ? only : { andRules: { rules } };
}

/** No alternatives, no condition; one stands for itself. */
function oneOf<T>(join: (alternatives: T[]) => T): (alternatives: readonly T[]) => T[] {
  return (alternatives) => (alternatives.length > 1 ? [join([...alternatives])] : [...alternatives]);
}

/** Envoy compares `url_path` without the query; the connection manager has normalized it before. */
function pathPermissions(path: PathMatch): PermissionJson[] {
  const matchers: StringMatcherJson[] =
    path.type === 'segments' ? [{ exact: path.value }, { prefix: `${path.value}/` }] : [stringMatcher(path)];
  return matchers.map((matcher) => ({ urlPath: { path: matcher } }));
}

function principalOf({ principals, notPrincipals, namespaces, notNamespaces }: SourceMatch): PrincipalJson {
  const anyOf = oneOf<PrincipalJson>((ids) => ({ orIds: { ids } }));
  const ids = [
    ...anyOf(principals.map(byPrincipal)),
    ...anyOf(notPrincipals.map(byPrincipal)).map((notId) => ({ notId })),
    ...anyOf(namespaces.map(byNamespace)),
    ...anyOf(notNamespaces.map(byNamespace)).map((notId) => ({ notId })),
  ];
  const [only, ...others] = ids;
  if (!only) return { any: true };
  return others.length === 0 ? only : { andIds: { ids } };
}

/** Principals are SPIFFE IDs without their scheme. */
function byPrincipal(match: StringMatch): PrincipalJson {
  switch (match.type) {
    case 'exact':
    case 'prefix':
      return authenticated({ [match.type]: `spiffe://${match.value}` });
    case 'suffix':
      return authenticated({ suffix: match.value });
    case 'regex':
      return authenticated({ safeRegex: { regex: `spiffe://(?:${match.value})` } });
    case 'present':
      return authenticated({ prefix: 'spiffe://' });
  }
}

function byNamespace(match: StringMatch): PrincipalJson {
  return authenticated({ safeRegex: { regex: `spiffe://[^/]+/ns/${namespacePattern(match)}/sa/[^/]+` } });
}

function namespacePattern(match: StringMatch): string {
  switch (match.type) {
    case 'exact':
      return quoteRegex(match.value);
    case 'prefix':
      return `${quoteRegex(match.value)}[^/]*`;
    case 'suffix':
      return `[^/]*${quoteRegex(match.value)}`;
    case 'regex':
      return `(?:${match.value})`;
    case 'present':
      return '[^/]+';
  }
}

/** The URI of the peer's certificate; never holds on a connection without mutual TLS. */
function authenticated(principalName: StringMatcherJson): PrincipalJson {
  return { authenticated: { principalName } };
}
