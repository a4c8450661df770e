// Access control in two steps: first what can be settled without the request (who calls, which port), then the HTTP conditions.
// The concrete evaluator and the symbolic engine share the first step and differ only in the second.
import type {
  AuthorizationPolicy,
  AuthorizationRule,
  MeshIndex,
  OperationMatch,
  Origin,
  SourceMatch,
  StringMatch,
  Workload,
} from '../../model/index.ts';
import { matchesString } from '../concrete/match-string.ts';

/** Who the server sees; `principal` is absent where the connection is not mutual TLS. */
export interface Peer {
  readonly principal?: string;
  readonly namespace?: string;
}

export interface ResidualRule {
  readonly rule: AuthorizationRule;
  /** Alternatives of HTTP conditions; one without any matches every request. */
  readonly operations: readonly HttpConditions[];
}

/** Empty lists hold always. */
export type HttpConditions = Pick<OperationMatch, 'methods' | 'notMethods' | 'paths' | 'notPaths'>;

export interface ResidualAccess {
  readonly deny: readonly ResidualRule[];
  readonly allow: readonly ResidualRule[];
  /** What decides when no rule matches. */
  readonly otherwise: { readonly isAllowed: boolean; readonly text: string; readonly origin?: Origin };
}

const unconditional: HttpConditions = { methods: [], notMethods: [], paths: [], notPaths: [] };

/** The rules of a workload that this peer can meet on this port. */
export function residualAccess(
  index: MeshIndex,
  workload: Workload,
  peer: Peer,
  port: { readonly targetPort: number; readonly isHttp: boolean },
): ResidualAccess {
  const policies = index.authorizationOf(workload);
  const residue = (action: AuthorizationPolicy['action']) =>
    policies
      .filter((policy) => policy.action === action)
      .flatMap((policy) => policy.rules)
      .filter((rule) => rule.from.length === 0 || rule.from.some((from) => matchesSource(from, peer)))
      .map((rule) => ({ rule, operations: residualOperations(rule, action, port) }))
      .filter(({ operations }) => operations.length > 0);
  return { deny: residue('DENY'), allow: residue('ALLOW'), otherwise: defaultAccess(index, policies) };
}

function defaultAccess(index: MeshIndex, policies: readonly AuthorizationPolicy[]): ResidualAccess['otherwise'] {
  const allow = policies.find((policy) => policy.action === 'ALLOW');
  if (allow) {
    return {
      isAllowed: false,
      text: `no rule allows it (policy ${allow.namespace}/${allow.name})`,
      origin: allow.origin,
    };
  }
  if (index.mesh.settings.accessDefault === 'deny') {
    return { isAllowed: false, text: 'no rule allows it, and the mesh denies by default', origin: index.mesh.origin };
  }
  return { isAllowed: true, text: 'no access rule is about it, and the mesh allows by default' };
}

/** On TCP an ALLOW rule with HTTP conditions is dropped whole; a DENY rule loses just those (semantics.md, callee 3). */
function residualOperations(
  rule: AuthorizationRule,
  action: AuthorizationPolicy['action'],
  port: { readonly targetPort: number; readonly isHttp: boolean },
): readonly HttpConditions[] {
  if (rule.to.length === 0) return [unconditional];
  const here = rule.to.filter((to) => to.ports.length === 0 || to.ports.includes(port.targetPort));
  if (port.isHttp) return here;
  if (action === 'ALLOW' && rule.to.some(hasHttpConditions)) return [];
  return here.map(() => unconditional);
}

function hasHttpConditions(to: HttpConditions): boolean {
  return to.methods.length + to.notMethods.length + to.paths.length + to.notPaths.length > 0;
}

export function matchesSource(from: SourceMatch, peer: Peer): boolean {
  return (
    isAmong(from.principals, peer.principal) &&
    isNotAmong(from.notPrincipals, peer.principal) &&
    isAmong(from.namespaces, peer.namespace) &&
    isNotAmong(from.notNamespaces, peer.namespace)
  );
}

function isAmong(matches: readonly StringMatch[], value: string | undefined): boolean {
  return matches.length === 0 || (value !== undefined && matches.some((match) => matchesString(match, value)));
}

/** A caller without identity has no value that could match, so a `not` condition holds for it. */
function isNotAmong(matches: readonly StringMatch[], value: string | undefined): boolean {
  return value === undefined || !matches.some((match) => matchesString(match, value));
}

export interface AccessDecision {
  readonly isAllowed: boolean;
  readonly text: string;
  readonly origin?: Origin;
}

/** Decides one request; `path` is normalized and without query. */
export function decideAccess(access: ResidualAccess, method: string, path: string): AccessDecision {
  const holds = (rule: ResidualRule) => rule.operations.some((to) => matchesHttp(to, method, path));
  const denying = access.deny.find(holds);
  if (denying) return { isAllowed: false, text: `denied by rule ${denying.rule.name}`, origin: denying.rule.origin };
  const allowing = access.allow.find(holds);
  if (allowing) return { isAllowed: true, text: `allowed by rule ${allowing.rule.name}`, origin: allowing.rule.origin };
  return access.otherwise;
}

function matchesHttp(to: HttpConditions, method: string, path: string): boolean {
  return (
    (to.methods.length === 0 || to.methods.some((m) => matchesString(m, method))) &&
    !to.notMethods.some((m) => matchesString(m, method)) &&
    (to.paths.length === 0 || to.paths.some((m) => matchesString(m, path))) &&
    !to.notPaths.some((m) => matchesString(m, path))
  );
}
