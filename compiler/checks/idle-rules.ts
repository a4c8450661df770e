// Access rules that cannot match whatever is asked: the caller has no identity, or is taken out again by `unless`.
import type { DiagnosticDetail } from '../diagnostics/index.ts';
import {
  type AuthorizationRule,
  keyOf,
  type Mesh,
  principal,
  type SourceMatch,
  type StringMatch,
  type Workload,
} from '../model/index.ts';
import type { Check } from './check.ts';

export const idleRules: Check = {
  name: 'idle-rule',
  codes: ['FL0443'],
  reads: ['workloads', 'authorizationPolicies', 'settings'],
  check({ mesh }, report) {
    const withoutProxy = identitiesWithoutProxy(mesh);
    for (const { rules, action } of mesh.authorizationPolicies) {
      for (const rule of rules) {
        for (const finding of findingsOf(rule, action, withoutProxy)) report('FL0443', finding);
      }
    }
  },
};

/** Those that only workloads without a proxy have. */
function identitiesWithoutProxy({ workloads, settings }: Mesh): ReadonlyMap<string, Workload> {
  const identityOf = (w: Workload) => principal(settings.trustDomain, w.namespace, w.serviceAccount);
  const found = new Map(workloads.filter((w) => w.proxy === 'none').map((w) => [identityOf(w), w]));
  if (found.size > 0) for (const w of workloads) if (w.proxy !== 'none') found.delete(identityOf(w));
  return found;
}

function findingsOf(
  { from }: AuthorizationRule,
  action: string,
  withoutProxy: ReadonlyMap<string, Workload>,
): readonly DiagnosticDetail[] {
  return from.flatMap((source) => {
    const bare = source.principals.map((p) => (p.type === 'exact' ? withoutProxy.get(p.value) : undefined));
    const [workload] = bare;
    if (workload && bare.every((w) => w !== undefined)) {
      return [
        {
          message: `${keyOf(workload)} has no proxy and so no identity: this never matches it`,
          span: source.origin,
          hint: 'it can be let in only where mTLS is permissive or off and no rule asks who calls',
        },
      ];
    }
    if (!isTakenOut(source)) return [];
    return [
      {
        message: `\`unless\` takes this caller out again, so it is never ${action === 'DENY' ? 'denied' : 'allowed'}`,
        span: source.origin,
        hint: 'remove it from one of the two lists',
      },
    ];
  });
}

function isTakenOut({ principals, notPrincipals, namespaces, notNamespaces }: SourceMatch): boolean {
  const isIn = (matches: readonly StringMatch[], excluded: readonly StringMatch[]) =>
    matches.length > 0 && excluded.length > 0 && matches.every((m) => excluded.some((e) => isSame(e, m)));
  return (
    isIn(principals, notPrincipals) ||
    isIn(namespaces, notNamespaces) ||
    (notNamespaces.length > 0 && isIn(principals.map(namespaceOf), notNamespaces))
  );
}

function isSame(a: StringMatch, b: StringMatch): boolean {
  return a.type === 'exact' && b.type === 'exact' && a.value === b.value;
}

function namespaceOf(match: StringMatch): StringMatch {
  const [, namespace] = match.type === 'exact' ? (/\/ns\/([^/]+)\/sa\//.exec(match.value) ?? []) : [];
  return namespace === undefined ? match : { type: 'exact', value: namespace };
}
