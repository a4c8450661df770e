// AuthorizationPolicies as Envoy RBAC rules, with Istio's meaning of every field.
// Ports are decided here and now: each listener serves one workload port, whatever port it is bound to.
import {
  type AccessAction,
  type AuthorizationPolicy,
  type AuthorizationRule,
  type Clause,
  type Condition,
  isAboutRequest,
  type MeshIndex,
  type MeshSettings,
  mayHoldOnPort,
  nothingLeft,
  type RowOf,
  total,
  type Workload,
  allowsByDefault,
} from '../../model/index.ts';
import type { PolicyJson, RBACJson } from './proto/types/envoy/config/rbac/v3/rbac_pb.js';
import { permissions, principals, saidBy, type Words } from './rbac-words.ts';

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

/** A rule in the two places that RBAC has. Principals can say all that conditions ask, so that is where `when` belongs. */
interface Rule {
  readonly name: string;
  readonly principals: readonly Clause[];
  readonly permissions: readonly Clause[];
}

const places = { principals, permissions } as const;
type Place = keyof typeof places;
type CanSay = (place: Place, condition: Condition) => boolean;

interface AccessRow<A extends AccessAction> extends RowOf<A> {
  /** What stays of a rule of which not everything can be said, so that access is refused rather than granted. */
  readonly closed: (rule: Rule, canSay: CanSay) => Rule | undefined;
  /** Whether the action decides even without a rule that it could apply. */
  readonly decidesAlone: (access: Access) => boolean;
}

/** In the order in which they decide. */
export const accessRows = total<AccessAction>()([
  { kind: 'DENY', closed: withoutUnsaid, decidesAlone: () => false },
  {
    kind: 'ALLOW',
    closed: wholeOrNothing,
    decidesAlone: ({ policies, otherwise }) => !allowsByDefault({ accessDefault: otherwise }) || policies.some(isAllow),
  },
] satisfies readonly AccessRow<AccessAction>[]);

function isAllow({ action }: AuthorizationPolicy): boolean {
  return action === 'ALLOW';
}

/** Undefined if the action decides nothing on the port. With an ALLOW policy that has no rules for it, everything is denied. */
export function rbacRules(row: AccessRow<AccessAction>, access: Access, layer: RbacLayer): RBACJson | undefined {
  const rules = access.policies.flatMap((policy) => rulesWith(row.kind, policy));
  const named = rules.flatMap((rule) => {
    const kept = row.closed(rule, (place, condition) => canSay[layer](place, condition));
    const policy = kept && policyOf(kept, access.targetPort);
    return policy ? [[rule.name, policy] as const] : [];
  });
  if (named.length === 0 && !row.decidesAlone(access)) return undefined;
  // As Envoy will try them.
  return { action: row.kind, policies: Object.fromEntries(named.sort(([a], [b]) => (a < b ? -1 : 1))) };
}

/** Conditions of a rule that Envoy cannot express, whatever the port speaks. */
export function inexpressibleInRule(rule: AuthorizationRule): readonly Condition[] {
  const parts = inPlaces(rule);
  return (Object.keys(places) as Place[]).flatMap((place) =>
    parts[place].flatMap(({ all }) => all.filter((condition) => !isExpressible(place, condition))),
  );
}

function rulesWith(wanted: AccessAction, policy: AuthorizationPolicy): readonly Rule[] {
  // Whom the policy targets has been found out by the index.
  const { kind: _kind, origin: _origin, name: _name, namespace: _namespace, target: _target, ...decided } = policy;
  const { action, rules, ...rest } = decided;
  nothingLeft(rest);
  return action === wanted ? rules.map(inPlaces) : [];
}

function inPlaces({ kind: _kind, origin: _origin, name, from, to, when, ...rest }: AuthorizationRule): Rule {
  nothingLeft(rest);
  const callers = when.length === 0 ? from : from.map((clause) => ({ ...clause, all: [...clause.all, ...when] }));
  return { name, principals: callers, permissions: to };
}

function isExpressible(place: Place, condition: Condition): boolean {
  return saidBy<unknown>(places[place] as Words<unknown>, condition) !== 'inexpressible';
}

const canSay: Readonly<Record<RbacLayer, CanSay>> = {
  http: isExpressible,
  tcp: (place, condition) => !isAboutRequest(condition) && isExpressible(place, condition),
};

function wholeOrNothing(rule: Rule, canSay: CanSay): Rule | undefined {
  const isSaid = (place: Place) => rule[place].every(({ all }) => all.every((condition) => canSay(place, condition)));
  return isSaid('principals') && isSaid('permissions') ? rule : undefined;
}

function withoutUnsaid(rule: Rule, canSay: CanSay): Rule {
  const kept = (place: Place) =>
    rule[place].map((clause) => ({ ...clause, all: clause.all.filter((condition) => canSay(place, condition)) }));
  return { ...rule, principals: kept('principals'), permissions: kept('permissions') };
}

/** Undefined if the rule cannot hold on the port: a list of alternatives that is empty never does. */
function policyOf(rule: Rule, targetPort: number): PolicyJson | undefined {
  const [asked, callers] = [rule.permissions, rule.principals].map((clauses) =>
    clauses.filter((clause) => mayHoldOnPort(clause, targetPort)),
  );
  if (!asked?.length || !callers?.length) return undefined;
  return {
    permissions: asked.map((clause) => said(permissions, clause)),
    principals: callers.map((clause) => said(principals, clause)),
  };
}

function said<R>(words: Words<R>, { all }: Clause): R {
  const rules = all.flatMap((condition) => {
    const found = saidBy(words, condition);
    if (found === 'settled') return [];
    if (found === 'inexpressible') throw new Error(`a rule with a ${condition.kind} condition was not closed`);
    const [only, ...others] = found;
    const rule = only && others.length === 0 ? only : words.or([...found]);
    return [condition.not ? words.not(rule) : rule];
  });
  const [only, ...others] = rules;
  if (!only) return words.anything;
  return others.length === 0 ? only : words.and(rules);
}
