// Codes FL04..: ordered by code. Never renumber; retire instead. In three files, for length only.
import type { CatalogueEntry } from '../catalogue-entry.ts';
import { meshMeaningCodes } from './meaning-mesh.ts';
import { sharedMeaningCodes } from './meaning-shared.ts';
import { routeMeaningCodes } from './meaning-routes.ts';

export const meaningCodes = [
  ...routeMeaningCodes,
  ...meshMeaningCodes,
  ...sharedMeaningCodes,
] as const satisfies readonly CatalogueEntry[];
