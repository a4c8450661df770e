// Access rules that cannot match whatever is asked: the caller has no identity, or is taken out again by `unless`.
import type { DiagnosticDetail } from '../diagnostics/index.ts';
import {
  type AccessAction,
  type AuthorizationRule,
  type Clause,
  conditionsOf,
  keyOf,
  type Mesh,
  principal,
  type StringMatch,
  type Workload,
  hasProxy,
  type Reading,
} from '../model/index.ts';
import type { Check } from './check.ts';
import { callersOf } from './rule-clauses.ts';

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
  const found = new Map(workloads.filter((w) => !hasProxy(w)).map((w) => [identityOf(w), w]));
  if (found.size > 0) for (const w of workloads) if (hasProxy(w)) found.delete(identityOf(w));
  return found;
}

function findingsOf(
  rule: AuthorizationRule,
  action: AccessAction,
  withoutProxy: ReadonlyMap<string, Workload>,
): readonly DiagnosticDetail[] {
  return callersOf(rule).flatMap((caller) => {
    const bare = wanted(caller, 'principal').map((p) => (p.type === 'exact' ? withoutProxy.get(p.value) : undefined));
    const [workload] = bare;
    if (workload && bare.every((w) => w !== undefined)) {
      return [
        {
          message: `${keyOf(workload)} has no proxy and so no identity: this never matches it`,
          span: caller.origin,
          hint: 'it can be let in only where mTLS is permissive or off and no rule asks who calls',
        },
      ];
    }
    if (!isTakenOut(caller)) return [];
    return [
      {
        message: `\`unless\` takes this caller out again, so it is never ${effects[action]}`,
        span: caller.origin,
        hint: 'remove it from one of the two lists',
      },
    ];
  });
}

const effects: Readonly<Record<AccessAction, string>> = { ALLOW: 'allowed', DENY: 'denied' };

type CallerKind = 'principal' | 'namespace';

function wanted(caller: Clause, kind: CallerKind): readonly StringMatch[] {
  return conditionsOf(caller, kind).flatMap(({ anyOf, not }) => (not ? [] : anyOf));
}

function excluded(caller: Clause, kind: CallerKind): readonly StringMatch[] {
  return conditionsOf(caller, kind).flatMap(({ anyOf, not }) => (not ? anyOf : []));
}

function isTakenOut(caller: Clause): boolean {
  const principals = wanted(caller, 'principal');
  const isIn = (matches: readonly StringMatch[], exceptions: readonly StringMatch[]) =>
    matches.length > 0 && matches.every((match) => exceptions.some((exception) => isSame(exception, match)));
  return (
    isIn(principals, excluded(caller, 'principal')) ||
    isIn(wanted(caller, 'namespace'), excluded(caller, 'namespace')) ||
    isIn(principals.map(namespaceOf), excluded(caller, 'namespace'))
  );
}

type Known = Reading<StringMatch, 'type' | 'value'>;

function isSame(a: Known, b: Known): boolean {
  return a.type === 'exact' && b.type === 'exact' && a.value === b.value;
}

function namespaceOf(match: StringMatch): StringMatch {
  const [, namespace] = match.type === 'exact' ? (/\/ns\/([^/]+)\/sa\//.exec(match.value) ?? []) : [];
  return namespace === undefined ? match : { type: 'exact', value: namespace };
}
