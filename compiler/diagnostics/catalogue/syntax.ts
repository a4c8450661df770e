// Codes FL01..: ordered by code. Never renumber; retire instead.
import type { CatalogueEntry } from '../catalogue-entry.ts';

export const syntaxCodes = [] as const satisfies readonly CatalogueEntry[];
