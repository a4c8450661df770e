// Codes FL08..: ordered by code. Never renumber; retire instead.
import type { CatalogueEntry } from '../catalogue-entry.ts';
import { controlPlaneCodes } from './runtime-control-plane.ts';
import { deployCodes } from './runtime-deploy.ts';
import { proxyCodes } from './runtime-proxy.ts';

export const runtimeCodes = [
  ...controlPlaneCodes,
  ...proxyCodes,
  ...deployCodes,
] as const satisfies readonly CatalogueEntry[];
