// Istio objects against Istio's own CRD schemas and CEL rules, as the API server judges them, and then against what Istio's own webhook
// adds to them; with a did-you-mean.
import type { Check } from '../admission/decide.ts';
import { findSemanticFaults, istioKinds, makeDiagnostic, validateIstioObject } from '../../compiler/index.ts';

export const istioSchema: Check = {
  name: 'istio-schema',
  check({ object, oldObject, operation, group, version, kind }) {
    if (operation === 'DELETE' || !knownKinds().has(`${group}/${version}/${kind}`)) return { findings: [] };
    const bySchema = validateIstioObject(object, oldObject);
    const found = bySchema.length > 0 ? bySchema : findSemanticFaults(object);
    return {
      findings: found.map(({ path, message, hint }) => ({
        path,
        diagnostic: makeDiagnostic('FL0702', { message, hint }),
      })),
    };
  },
};

let known: ReadonlySet<string> | undefined;
function knownKinds(): ReadonlySet<string> {
  known ??= new Set(istioKinds());
  return known;
}
