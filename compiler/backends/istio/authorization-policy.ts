// AuthorizationPolicy: who may call. What cannot be expressed is reported and errs on the side of refusing.
import type { AuthorizationPolicy, AuthorizationRule, OperationMatch, SourceMatch } from '../../model/index.ts';
import { type AccessValues, accessValues, pathValues } from './access-values.ts';
import type { EmitContext, Emitter } from './emitter.ts';
import type { Draft } from './object.ts';
import { labelsOfTarget, selectorOf } from './policy-target.ts';
import { pruned } from './prune.ts';

type Fields = Readonly<Record<string, unknown>>;

/** `always` holds for every request, `broken` could not be expressed. */
type Condition = { readonly state: 'always' | 'broken' } | { readonly state: 'when'; readonly fields: Fields };

export const authorizationPolicy: Emitter = {
  kind: 'AuthorizationPolicy',
  emit: (context) => context.mesh.authorizationPolicies.flatMap((policy) => toAuthorizationPolicy(policy, context)),
};

function toAuthorizationPolicy(policy: AuthorizationPolicy, context: EmitContext): readonly Draft[] {
  // A DENY without rules denies nothing, and Istio refuses it as meaningless.
  if (policy.action === 'DENY' && policy.rules.length === 0) return [];
  if (policy.namespace !== policy.target.namespace) {
    context.report('FL0506', {
      message: `"${policy.name}" is in namespace ${policy.namespace} but speaks of workloads in ${policy.target.namespace}`,
      span: policy.origin,
      hint: 'an Istio policy applies to the workloads of its own namespace',
    });
  }
  const rules = policy.rules.flatMap((rule) => toRule(rule, policy.action, context));
  const { name, namespace, origin, target } = policy;
  return [
    {
      kind: 'AuthorizationPolicy',
      name,
      namespace,
      labels: labelsOfTarget(target, context),
      origin,
      // An ALLOW without rules allows nothing, and Istio tells that from one empty rule.
      spec: { ...selectorOf(target), action: policy.action, ...pruned({ rules }) },
    },
  ];
}

/** An ALLOW rule that cannot be expressed is left out, a DENY rule loses the condition: both refuse more. */
function toRule(rule: AuthorizationRule, action: 'ALLOW' | 'DENY', context: EmitContext): readonly Fields[] {
  const from = combine(
    rule.from.map((source) => condition(sourceValues(source, context), action)),
    'source',
  );
  const to = combine(
    rule.to.map((operation) => condition(operationValues(operation, context), action)),
    'operation',
  );
  if (from === 'broken' || to === 'broken') return [];
  return [{ ...pruned({ from, to }) }];
}

/** Alternatives as Istio has them. An empty list, or one alternative that always holds, is no condition at all. */
function combine(alternatives: readonly Condition[], wrapper: string): readonly Fields[] | 'broken' {
  if (alternatives.some((c) => c.state === 'always')) return [];
  const possible = alternatives.flatMap((c) => (c.state === 'when' ? [{ [wrapper]: c.fields }] : []));
  return alternatives.length > 0 && possible.length === 0 ? 'broken' : possible;
}

function condition(values: Readonly<Record<string, AccessValues>>, action: 'ALLOW' | 'DENY'): Condition {
  const isBroken = Object.values(values).some((list) => list === 'inexpressible');
  if (isBroken && action === 'ALLOW') return { state: 'broken' };
  const expressible = Object.fromEntries(Object.entries(values).filter(([, list]) => list !== 'inexpressible'));
  const fields = pruned(expressible);
  return fields ? { state: 'when', fields } : { state: 'always' };
}

function sourceValues(source: SourceMatch, { report }: EmitContext): Record<string, AccessValues> {
  const values = (field: 'principals' | 'notPrincipals' | 'namespaces' | 'notNamespaces') =>
    accessValues(source[field], field, source.origin, report);
  return {
    principals: values('principals'),
    notPrincipals: values('notPrincipals'),
    namespaces: values('namespaces'),
    notNamespaces: values('notNamespaces'),
  };
}

function operationValues(operation: OperationMatch, { report }: EmitContext): Record<string, AccessValues> {
  const { origin, methods, notMethods, paths, notPaths } = operation;
  return {
    ports: operation.ports.map(String),
    methods: accessValues(methods, 'methods', origin, report),
    notMethods: accessValues(notMethods, 'notMethods', origin, report),
    paths: pathValues(paths, 'paths', origin, report),
    notPaths: pathValues(notPaths, 'notPaths', origin, report),
  };
}
