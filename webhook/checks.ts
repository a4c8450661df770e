// Everything that is asked about an object, in order. Reading this list tells what runs.
import type { Check, Phase } from './admission/decide.ts';
import { inject, type InjectContext } from './inject/check.ts';
import { istioSchema } from './validate/istio-schema.ts';
import { meshConsequences } from './validate/mesh-consequences.ts';
import { orgPolicies } from './validate/org-policies.ts';
import { provenance } from './validate/provenance.ts';

/** What all checks together depend on. */
export type WebhookContext = InjectContext;

export const checks: Readonly<Record<Phase, readonly Check<WebhookContext>[]>> = {
  validate: [provenance, istioSchema, meshConsequences, orgPolicies],
  mutate: [inject],
};
