// Istio objects against Istio's own CRD schemas and CEL rules, as the API server judges them, with a did-you-mean.
import type { Check } from '../admission/decide.ts';
import { istioKinds, makeDiagnostic, validateIstioObject } from '../../compiler/index.ts';

export const istioSchema: Check = {
  name: 'istio-schema',
  check({ object, oldObject, operation, group, version, kind }) {
    if (operation === 'DELETE' || !knownKinds().has(`${group}/${version}/${kind}`)) return { findings: [] };
    const findings = validateIstioObject(object, oldObject).map(({ path, message, hint }) => ({
      path,
      diagnostic: makeDiagnostic('FL0702', { message, hint }),
    }));
    return { findings };
  },
};

let known: ReadonlySet<string> | undefined;
function knownKinds(): ReadonlySet<string> {
  known ??= new Set(istioKinds());
  return known;
}
