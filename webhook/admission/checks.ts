// Everything that is asked about an object, in order. Reading this list tells what runs.
import { inject } from '../inject/check.ts';
import { meshConsequences } from '../validate/mesh-consequences.ts';
import { istioSchema } from '../validate/istio-schema.ts';
import { orgPolicies } from '../validate/org-policies.ts';
import { provenance } from '../validate/provenance.ts';
import type { Check } from './decide.ts';

export const validateChecks: readonly Check[] = [provenance, istioSchema, meshConsequences, orgPolicies];

export const mutateChecks: readonly Check[] = [inject];
