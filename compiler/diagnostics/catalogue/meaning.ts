// Codes FL04..: ordered by code. Never renumber; retire instead.
import type { CatalogueEntry } from '../catalogue-entry.ts';

export const meaningCodes = [] as const satisfies readonly CatalogueEntry[];
