// Conditions that Envoy has no words for where the mesh has them: FL0557. What the builders do without them is said with each.
import type { Report } from '../../diagnostics/index.ts';
import {
  type AccessAction,
  type AuthorizationPolicy,
  type Clause,
  type Condition,
  fieldName,
  type MeshIndex,
  type RouteTable,
} from '../../model/index.ts';
import { inexpressibleInRule } from './rbac-rules.ts';
import { inexpressibleInRoute } from './route-match.ts';
import { inexpressibleOnTcp } from './tcp-match.ts';

export function checkRoutes(_index: MeshIndex, { http, tcp }: RouteTable, report: Report): void {
  for (const { name, matches } of http) checkClauses(name, matches, inexpressibleInRoute, report);
  for (const { name, matches } of tcp) checkClauses(name, matches, inexpressibleOnTcp, report);
}

function checkClauses(
  route: string,
  clauses: readonly Clause[],
  inexpressible: (clause: Clause) => readonly Condition[],
  report: Report,
): void {
  for (const clause of clauses) {
    for (const field of fieldsOf(inexpressible(clause))) {
      report('FL0557', {
        message: `route "${route}" asks for the ${field} in a way that Envoy has no words for, so this match is left out`,
        span: clause.origin,
        hint: 'say it with conditions that Envoy has for routes, or drop the match',
      });
    }
  }
}

/** Access is refused rather than granted. */
const consequences: Readonly<Record<AccessAction, string>> = {
  ALLOW: 'so it allows nothing',
  DENY: 'so it denies without that condition',
};

export function checkRules(_index: MeshIndex, { action, rules }: AuthorizationPolicy, report: Report): void {
  for (const rule of rules) {
    for (const field of fieldsOf(inexpressibleInRule(rule))) {
      report('FL0557', {
        message: `rule "${rule.name}" asks for the ${field} where Envoy has no words for it, ${consequences[action]}`,
        span: rule.origin,
        hint: 'say who calls where the rule is about callers',
      });
    }
  }
}

function fieldsOf(conditions: readonly Condition[]): ReadonlySet<string> {
  return new Set(conditions.map(fieldName));
}
