// A namespace in an access rule that nothing stands in, next to one of nearly that name, is a slip of the pen.
import { suggest } from '../diagnostics/index.ts';
import { conditionsOf } from '../model/index.ts';
import type { Check } from './check.ts';
import { callersOf } from './rule-clauses.ts';

export const namespaces: Check = {
  name: 'unknown-namespace',
  codes: ['FL0307'],
  reads: ['workloads', 'authorizationPolicies'],
  check({ mesh }, report) {
    const known = new Set(mesh.workloads.map((workload) => workload.namespace));
    const callers = mesh.authorizationPolicies.flatMap((policy) => policy.rules).flatMap(callersOf);
    for (const caller of callers) {
      for (const match of conditionsOf(caller, 'namespace').flatMap(({ anyOf }) => anyOf)) {
        if (match.type !== 'exact' || known.has(match.value)) continue;
        const near = suggest(match.value, known);
        if (near === undefined) continue;
        report('FL0307', {
          message: `nothing stands in namespace "${match.value}"`,
          span: caller.origin,
          hint: `did you mean "${near}"?`,
        });
      }
    }
  },
};
