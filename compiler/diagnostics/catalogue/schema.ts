// Codes FL02..: ordered by code. Never renumber; retire instead.
import type { CatalogueEntry } from '../catalogue-entry.ts';

export const schemaCodes = [] as const satisfies readonly CatalogueEntry[];
