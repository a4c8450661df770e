// An access rule names a caller and means its identity: whoever shares the service account is meant as well.
import { compareText } from '../diagnostics/index.ts';
import {
  type AccessAction,
  type AuthorizationRule,
  type Clause,
  conditionsOf,
  keyOf,
  principal,
  type Workload,
  hasProxy,
} from '../model/index.ts';
import type { Check } from './check.ts';
import { callersOf } from './rule-clauses.ts';

export const sharedIdentity: Check = {
  name: 'shared-identity',
  codes: ['FL0442'],
  reads: ['workloads', 'authorizationPolicies', 'settings'],
  check({ mesh }, report, placeOf) {
    const { trustDomain } = mesh.settings;
    const withProxy = mesh.workloads.filter(hasProxy);
    const identities = Map.groupBy(withProxy, (w) => principal(trustDomain, w.namespace, w.serviceAccount));
    const shared = new Map([...identities].filter(([, sharers]) => sharers.length > 1));
    if (shared.size === 0) return;
    for (const policy of mesh.authorizationPolicies) {
      for (const { caller, sharers } of policy.rules.flatMap((rule) => partlyNamed(rule, shared))) {
        const names = sharers.map(keyOf).toSorted(compareText);
        report('FL0442', {
          message: `${listText(names)} share an identity, and this rule ${effects[policy.action]} all of them`,
          span: caller.origin,
          related: sharers.map((sharer) => ({
            message: `service account "${sharer.serviceAccount}"`,
            span: placeOf(sharer.origin),
          })),
          hint: 'give each its own `serviceAccount`, or name all of them in the rule',
        });
      }
    }
  },
};

/** An identity of which a rule names some callers and means all. */
interface PartlyNamed {
  /** The first clause of the rule that means the identity. */
  readonly caller: Clause;
  /** All who have the identity. */
  readonly sharers: readonly Workload[];
}

function partlyNamed(rule: AuthorizationRule, shared: ReadonlyMap<string, readonly Workload[]>): PartlyNamed[] {
  return [...Map.groupBy(callersOf(rule), identityOf)].flatMap(([identity, callers]) => {
    const sharers = identity === undefined ? [] : (shared.get(identity) ?? []);
    const [caller] = callers;
    // Whoever names all of them knows.
    return caller && callers.length < sharers.length ? [{ caller, sharers }] : [];
  });
}

const effects: Readonly<Record<AccessAction, string>> = { ALLOW: 'allows', DENY: 'denies' };

/** Of a clause that names one caller exactly. */
function identityOf(caller: Clause): string | undefined {
  const named = conditionsOf(caller, 'principal').flatMap(({ anyOf, not }) => (not ? [] : anyOf));
  const [only] = named;
  return named.length === 1 && only?.type === 'exact' ? only.value : undefined;
}

function listText(names: readonly string[]): string {
  return names.length > 3 ? `${names.slice(0, 2).join(', ')} and ${names.length - 2} others` : names.join(' and ');
}
