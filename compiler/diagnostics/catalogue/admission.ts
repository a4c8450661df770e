// Codes FL07..: ordered by code. Never renumber; retire instead.
import type { CatalogueEntry } from '../catalogue-entry.ts';

export const admissionCodes = [] as const satisfies readonly CatalogueEntry[];
