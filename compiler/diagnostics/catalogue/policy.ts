// Codes FL06..: ordered by code. Never renumber; retire instead.
import type { CatalogueEntry } from '../catalogue-entry.ts';

export const policyCodes = [] as const satisfies readonly CatalogueEntry[];
