// The organisation's rules: the same bundle, engine and diagnostics as `fairlead check`.
import { policyDiagnostic } from '../../policies/index.ts';
import type { Check } from '../admission/decide.ts';

export const orgPolicies: Check = {
  name: 'org-policies',
  check(request, context) {
    // What is being deleted cannot break a rule any more.
    if (request.operation === 'DELETE') return { findings: [] };
    const results = context.policies.evaluate({
      object: request.object,
      ...(request.oldObject && { oldObject: request.oldObject }),
      operation: request.operation,
      kind: request.kind,
      apiVersion: request.group ? `${request.group}/${request.version}` : request.version,
      namespace: request.namespace,
      name: request.name,
      namespaceLabels: context.namespaceLabels(request.namespace),
      now: context.now.toISOString(),
    });
    return {
      findings: results.map((result) => ({
        diagnostic: policyDiagnostic(result),
        path: result.path,
        policy: result.policy,
      })),
    };
  },
};
