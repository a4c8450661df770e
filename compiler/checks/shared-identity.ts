// An access rule names a caller and means its identity: whoever shares the service account is meant as well.
import { compareText, type Report } from '../diagnostics/index.ts';
import {
  type AuthorizationPolicy,
  type AuthorizationRule,
  keyOf,
  principal,
  type SourceMatch,
  type Workload,
} from '../model/index.ts';
import type { Check, PlaceOf } from './check.ts';

export const sharedIdentity: Check = {
  name: 'shared-identity',
  codes: ['FL0442'],
  reads: ['workloads', 'authorizationPolicies', 'settings'],
  check({ mesh }, report, placeOf) {
    const { trustDomain } = mesh.settings;
    const withProxy = mesh.workloads.filter((workload) => workload.proxy !== 'none');
    const identities = Map.groupBy(withProxy, (w) => principal(trustDomain, w.namespace, w.serviceAccount));
    const shared = new Map([...identities].filter(([, sharers]) => sharers.length > 1));
    if (shared.size === 0) return;
    for (const policy of mesh.authorizationPolicies) {
      for (const rule of policy.rules) checkRule(rule, policy, shared, report, placeOf);
    }
  },
};

function checkRule(
  rule: AuthorizationRule,
  policy: AuthorizationPolicy,
  shared: ReadonlyMap<string, readonly Workload[]>,
  report: Report,
  placeOf: PlaceOf,
): void {
  for (const [identity, sources] of Map.groupBy(rule.from, identityOf)) {
    const sharers = identity === undefined ? [] : (shared.get(identity) ?? []);
    const [source] = sources;
    // Whoever names all of them knows.
    if (!source || sources.length >= sharers.length) continue;
    const names = sharers.map(keyOf).toSorted(compareText);
    report('FL0442', {
      message: `${listText(names)} share an identity, and this rule ${policy.action === 'DENY' ? 'denies' : 'allows'} all of them`,
      span: source.origin,
      related: sharers.map((sharer) => ({
        message: `service account "${sharer.serviceAccount}"`,
        span: placeOf(sharer.origin),
      })),
      hint: 'give each its own `serviceAccount`, or name all of them in the rule',
    });
  }
}

function identityOf({ principals }: SourceMatch): string | undefined {
  const [only] = principals;
  return principals.length === 1 && only?.type === 'exact' ? only.value : undefined;
}

function listText(names: readonly string[]): string {
  return names.length > 3 ? `${names.slice(0, 2).join(', ')} and ${names.length - 2} others` : names.join(' and ');
}
