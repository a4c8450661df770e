// Injection as one of the checks of /mutate.
import type { CheckContext } from '../admission/context.ts';
import type { Check } from '../admission/decide.ts';
import type { AdmissionRequest } from '../admission/request.ts';
import type { InjectConfig } from './config.ts';
import { injectPod } from './inject.ts';
import type { Pod } from './pod.ts';

export interface InjectContext extends CheckContext {
  readonly inject: InjectConfig;
}

export const inject: Check<InjectContext> = {
  name: 'inject',
  check(request, context) {
    if (!isNewPod(request)) return { findings: [] };
    const labels = context.namespaceLabels(request.namespace);
    const { findings, patch } = injectPod(request.object as Pod, { name: request.namespace, labels }, context.inject);
    return { findings, patch };
  },
};

function isNewPod({ group, version, kind, operation }: AdmissionRequest): boolean {
  return group === '' && version === 'v1' && kind === 'Pod' && operation === 'CREATE';
}
