// Codes FL05..: ordered by code. Never renumber; retire instead.
import type { CatalogueEntry } from '../catalogue-entry.ts';

export const backendCodes = [] as const satisfies readonly CatalogueEntry[];
