// A caller that is let in by name, and whose proxy is not given the service: the rule opens a door to which there is no way.
import type { Report } from '../diagnostics/index.ts';
import {
  type AuthorizationPolicy,
  type Clause,
  conditionsOf,
  type EgressScope,
  hasSidecar,
  hostOf,
  isOpenEgress,
  keyOf,
  type Mesh,
  type Service,
  type Workload,
} from '../model/index.ts';
import type { Check } from './check.ts';
import { calleesOf, identityIn } from './denied-callers.ts';
import { type ReachedHosts, reachedHosts } from './reached-hosts.ts';
import { callersOf } from './rule-clauses.ts';

export const callersWithoutUses: Check = {
  name: 'caller-without-uses',
  codes: ['FL0454'],
  reads: ['services', 'workloads', 'egressScopes', 'authorizationPolicies', 'routeTables', 'settings'],
  check({ mesh }, report) {
    const servicesOf = new Map<AuthorizationPolicy, Service[]>();
    for (const { service, policies } of new Set(calleesOf(mesh).values())) {
      for (const policy of policies) {
        if (policy.action === 'ALLOW') servicesOf.set(policy, [...(servicesOf.get(policy) ?? []), service]);
      }
    }
    const facts: Facts = {
      byIdentity: Map.groupBy(mesh.workloads, (workload) => identityIn(mesh, workload).principal),
      scopes: new Map(mesh.egressScopes.map((scope) => [scope.workload, scope])),
      reached: reachedHosts(mesh),
      mesh,
    };
    for (const [policy, services] of servicesOf) {
      for (const caller of policy.rules.flatMap(callersOf)) reportUseless(caller, services, facts, report);
    }
  },
};

interface Facts {
  /** Workloads by the identity with which they call. */
  readonly byIdentity: ReadonlyMap<string, readonly Workload[]>;
  readonly scopes: ReadonlyMap<string, EgressScope>;
  readonly reached: ReachedHosts;
  readonly mesh: Mesh;
}

/** Only for identities that this repository knows, each named exactly: who else has one, nobody here can say. */
function reportUseless(caller: Clause, services: readonly Service[], facts: Facts, report: Report): void {
  const names = conditionsOf(caller, 'principal').flatMap(({ anyOf, not }) => (not ? [] : anyOf));
  const named = names.map((match) => (match.type === 'exact' ? facts.byIdentity.get(match.value) : undefined));
  const [first] = named;
  const [workload] = first ?? [];
  const [service] = services;
  if (!workload || !service || named.includes(undefined)) return;
  if (named.some((workloads) => workloads?.some((one) => mayCall(one, services, facts)))) return;
  const isLocal = workload.namespace === service.namespace;
  const written = isLocal ? service.name : keyOf(service);
  report('FL0454', {
    message: `${keyOf(workload)} is let in by ${keyOf(service)}, and does not use it: it never gets here`,
    span: caller.origin,
    related: [{ message: 'what it uses', span: facts.scopes.get(keyOf(workload))?.origin ?? workload.origin }],
    hint: `add "${written}" to \`uses\` of ${keyOf(workload)}, or remove it here`,
  });
}

/** True also for whoever is no sidecar: a gateway sends what is exposed, and nothing holds the others. */
function mayCall(workload: Workload, services: readonly Service[], { scopes, reached, mesh }: Facts): boolean {
  const scope = scopes.get(keyOf(workload));
  if (!hasSidecar(workload) || isOpenEgress(scope?.mode ?? mesh.settings.egressDefault)) return true;
  const targets = services.flatMap((service) => [hostOf(service), ...service.hosts]);
  // A service is its own caller through its own name only, and instances do call each other.
  if (services.some((service) => keyOf(service) === keyOf(workload))) return true;
  return (scope?.hosts ?? []).some(({ host }) => {
    const ends = reached.from(workload, host);
    return targets.some((target) => ends.has(target)) || targets.includes(host);
  });
}
