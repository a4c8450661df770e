// Codes FL05..: ordered by code. Never renumber; retire instead.
import type { CatalogueEntry } from '../catalogue-entry.ts';
import { envoyCodes } from './backend-envoy.ts';
import { istioCodes } from './backend-istio.ts';

export const backendCodes = [...istioCodes, ...envoyCodes] as const satisfies readonly CatalogueEntry[];
