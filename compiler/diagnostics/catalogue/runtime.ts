// Codes FL08..: ordered by code. Never renumber; retire instead.
import type { CatalogueEntry } from '../catalogue-entry.ts';
import { deployCodes } from './runtime-deploy.ts';

export const runtimeCodes = [...deployCodes] as const satisfies readonly CatalogueEntry[];
