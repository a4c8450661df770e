// Codes FL08..: ordered by code. Never renumber; retire instead.
import type { CatalogueEntry } from '../catalogue-entry.ts';

export const runtimeCodes = [] as const satisfies readonly CatalogueEntry[];
