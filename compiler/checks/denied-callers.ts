// Whoever declares a use, or is let out by a gateway, should have a chance to be let in.
import type { Report } from '../diagnostics/index.ts';
import {
  type AuthorizationPolicy,
  type AuthorizationRule,
  type EgressHost,
  keyOf,
  type Mesh,
  principal,
  type Service,
  type SourceMatch,
  type StringMatch,
  type Workload,
} from '../model/index.ts';
import type { Check } from './check.ts';
import { SelectionIndex } from './selection.ts';

export const deniedCallers: Check = {
  name: 'denied-callers',
  codes: ['FL0434', 'FL0435'],
  reads: ['services', 'workloads', 'egressScopes', 'authorizationPolicies', 'settings'],
  check({ mesh }, report) {
    const workloads = new Map(mesh.workloads.map((workload) => [keyOf(workload), workload]));
    const callees = calleesOf(mesh);
    for (const scope of mesh.egressScopes) {
      const caller = workloads.get(scope.workload);
      if (!caller) continue;
      const identity = {
        namespace: caller.namespace,
        principal: principal(mesh.settings.trustDomain, caller.namespace, caller.serviceAccount),
      };
      for (const use of scope.hosts) {
        const callee = callees.get(use.host);
        const blocker = callee && findBlocker(callee.policies, identity);
        if (blocker) reportDenied(caller, use, callee.service, blocker, report);
      }
    }
  },
};

interface Callee {
  readonly service: Service;
  readonly policies: readonly AuthorizationPolicy[];
}

/** By host, those that have policies: nobody else denies. */
function calleesOf({ services, authorizationPolicies }: Mesh): ReadonlyMap<string, Callee> {
  const index = new SelectionIndex<AuthorizationPolicy>(authorizationPolicies, (policy) => policy.target);
  const callees = services
    .filter((service) => service.resolution === 'workloads')
    .map((service) => ({ service, policies: index.selecting(service.namespace, service.selector) }))
    .filter(({ policies }) => policies.length > 0);
  return new Map(callees.flatMap((callee) => callee.service.hosts.map((host) => [host, callee] as const)));
}

interface Identity {
  readonly namespace: string;
  readonly principal: string;
}

/** The policy because of which the caller is denied whatever it asks for. Rules with conditions on the request count as open. */
function findBlocker(policies: readonly AuthorizationPolicy[], identity: Identity): AuthorizationPolicy | undefined {
  const accepts = (rule: AuthorizationRule) =>
    rule.from.length === 0 || rule.from.some((source) => sourceMatches(source, identity));
  const denying = policies.find(
    (p) => p.action === 'DENY' && p.rules.some((rule) => rule.to.length === 0 && accepts(rule)),
  );
  if (denying) return denying;
  const allowing = policies.filter((p) => p.action === 'ALLOW');
  return allowing.some((p) => p.rules.some(accepts)) ? undefined : allowing[0];
}

function sourceMatches(source: SourceMatch, identity: Identity): boolean {
  const any = (matches: readonly StringMatch[], value: string) => matches.some((match) => mayMatch(match, value));
  const isIn = (matches: readonly StringMatch[], value: string) => matches.length === 0 || any(matches, value);
  return (
    isIn(source.principals, identity.principal) &&
    isIn(source.namespaces, identity.namespace) &&
    !any(source.notPrincipals, identity.principal) &&
    !any(source.notNamespaces, identity.namespace)
  );
}

function mayMatch(match: StringMatch, value: string): boolean {
  switch (match.type) {
    case 'exact':
      return match.value === value;
    case 'prefix':
      return value.startsWith(match.value);
    case 'suffix':
      return value.endsWith(match.value);
    default:
      return true;
  }
}

function reportDenied(
  caller: Workload,
  use: EgressHost,
  service: Service,
  blocker: AuthorizationPolicy,
  report: Report,
): void {
  const isGateway = caller.proxy === 'gateway';
  const isLocal = caller.namespace === service.namespace;
  const addition = `{ from: [{ ${isGateway ? 'gateway' : 'service'}: ${isLocal ? caller.name : keyOf(caller)} }] }`;
  report(isGateway ? 'FL0435' : 'FL0434', {
    message: isGateway
      ? `${keyOf(service)} never lets in gateway ${keyOf(caller)}, where it is exposed`
      : `${keyOf(caller)} uses ${keyOf(service)}, which never lets it in`,
    span: use.origin,
    related: [{ message: 'because of this', span: blocker.origin }],
    hint:
      blocker.action === 'DENY'
        ? `narrow access.deny of ${keyOf(service)}, for example with unless`
        : `add ${addition} to access.allow of ${keyOf(service)}`,
  });
}
