// AuthorizationPolicy: who may call. What cannot be expressed is reported and errs on the side of refusing.
import type { Report } from '../../diagnostics/index.ts';
import {
  type AccessAction,
  allowsByDefault,
  type AuthorizationPolicy,
  type AuthorizationRule,
  type Clause,
  hasSidecar,
  keyOf,
  nothingLeft,
  rulesByPort,
} from '../../model/index.ts';
import { type AccessFields, operationFields, sourceFields } from './access-clause.ts';
import { toWhen } from './access-when.ts';
import { type EmitContext, emitterOf } from './emitter.ts';
import type { Draft } from './object.ts';
import { labelsOfTarget, reportForeign, selectorOf } from './policy-target.ts';
import { pruned } from './prune.ts';

type Fields = Readonly<Record<string, unknown>>;

interface ActionRow {
  readonly action: string;
  /** What becomes of an alternative that has a condition without words. Both refuse more. */
  readonly ifInexpressible: 'leave it out' | 'drop the condition';
  readonly isEmittedWithoutRules: boolean;
  /** Whether callers get in by its rules only. */
  readonly opensByRules: boolean;
}

const actions: Record<AccessAction, ActionRow> = {
  // Without rules it allows nothing, and Istio tells that from one empty rule.
  ALLOW: {
    action: 'ALLOW',
    ifInexpressible: 'leave it out',
    isEmittedWithoutRules: true,
    opensByRules: true,
  },
  // Without rules it denies nothing, and Istio refuses it as meaningless.
  DENY: {
    action: 'DENY',
    ifInexpressible: 'drop the condition',
    isEmittedWithoutRules: false,
    opensByRules: false,
  },
};

export const authorizationPolicy = emitterOf('authorizationPolicies', (context) =>
  [...context.mesh.authorizationPolicies, ...defaultPolicies(context)].flatMap((policy) =>
    toAuthorizationPolicy(policy, context),
  ),
);

/**
 * Istio lets everybody in where no ALLOW policy targets a workload. Where the mesh does not, each such workload gets one without rules: one
 * for the whole mesh would be for the proxies of gateways as well.
 */
function defaultPolicies({ mesh, index, report }: EmitContext): readonly AuthorizationPolicy[] {
  if (allowsByDefault(mesh.settings)) return [];
  const isAllow = ({ action }: AuthorizationPolicy) => actions[action].opensByRules;
  return mesh.workloads.filter(hasSidecar).flatMap((workload) => {
    if (index.authorizationOf(workload).some(isAllow)) return [];
    const { name, namespace, labels, origin } = workload;
    if (Object.keys(labels).length === 0) {
      report('FL0506', {
        message: `Istio cannot refuse the callers of "${keyOf(workload)}" by default: the workload has no labels to select it by`,
        span: origin,
        hint: 'give the workload a selector',
      });
    }
    const target = { namespace, labels };
    const kind = 'AuthorizationPolicy' as const;
    return [{ kind, name: `${name}-default`, namespace, target, action: 'ALLOW' as const, rules: [], origin }];
  });
}

function toAuthorizationPolicy(policy: AuthorizationPolicy, context: EmitContext): readonly Draft[] {
  const { kind: _kind, origin, name, namespace, target, action, rules: _rules, ...rest } = policy;
  nothingLeft(rest);
  const row = actions[action];
  const written = rulesByPort(policy, context.index).flatMap((rule) => toRule(rule, row, context.report));
  if (written.length === 0 && !row.isEmittedWithoutRules) return [];
  reportForeign(policy, context.report);
  return [
    {
      kind: 'AuthorizationPolicy',
      name,
      namespace,
      labels: labelsOfTarget(target, context),
      origin,
      spec: { ...selectorOf(target), action: row.action, ...pruned({ rules: written }) },
    },
  ];
}

/** None for a rule that never holds, or of which nothing is left that may be said. */
function toRule(rule: AuthorizationRule, row: ActionRow, report: Report): readonly Fields[] {
  const { kind: _kind, origin, name: _name, from, to, when, ...rest } = rule;
  nothingLeft(rest);
  const sources = alternatives(from, row, (clause) => sourceFields(clause, report));
  const operations = alternatives(to, row, (clause) => operationFields(clause, report));
  const conditions = when.map((condition) => toWhen(condition, origin, report));
  const isBroken = row.ifInexpressible === 'leave it out' && conditions.includes('inexpressible');
  if (sources === 'never' || operations === 'never' || isBroken) return [];
  return [
    {
      ...pruned({
        from: sources.map((source) => ({ source })),
        to: operations.map((operation) => ({ operation })),
        when: conditions.filter((condition) => condition !== 'inexpressible'),
      }),
    },
  ];
}

/** Alternatives as Istio has them: where one always holds, there is nothing to ask. */
function alternatives(
  clauses: readonly Clause[],
  row: ActionRow,
  fieldsOf: (clause: Clause) => AccessFields,
): readonly Fields[] | 'never' {
  const written = clauses.flatMap((clause) => alternativeOf(fieldsOf(clause), row));
  if (written.length === 0) return 'never';
  return written.some((fields) => Object.keys(fields).length === 0) ? [] : written;
}

function alternativeOf(fields: AccessFields, { ifInexpressible }: ActionRow): readonly Fields[] {
  const expressible = fields.filter(([, values]) => values !== 'inexpressible');
  if (expressible.length < fields.length && ifInexpressible === 'leave it out') return [];
  return [pruned(Object.fromEntries(expressible)) ?? {}];
}
