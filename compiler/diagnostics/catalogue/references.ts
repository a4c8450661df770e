// Codes FL03..: ordered by code. Never renumber; retire instead.
import type { CatalogueEntry } from '../catalogue-entry.ts';

export const referencesCodes = [] as const satisfies readonly CatalogueEntry[];
