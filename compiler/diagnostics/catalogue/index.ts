// Every code Fairlead can report, in order. A test proves codes unique, used, documented and exemplified.
import type { CatalogueEntry } from '../catalogue-entry.ts';
import { admissionCodes } from './admission.ts';
import { backendCodes } from './backend.ts';
import { internalCodes } from './internal.ts';
import { meaningCodes } from './meaning.ts';
import { policyCodes } from './policy.ts';
import { referencesCodes } from './references.ts';
import { runtimeCodes } from './runtime.ts';
import { schemaCodes } from './schema.ts';
import { syntaxCodes } from './syntax.ts';

const families = [
  ...internalCodes,
  ...syntaxCodes,
  ...schemaCodes,
  ...referencesCodes,
  ...meaningCodes,
  ...backendCodes,
  ...policyCodes,
  ...admissionCodes,
  ...runtimeCodes,
] as const;

/** The codes as a type: reporting an unknown one does not compile. */
export type KnownCode = (typeof families)[number]['code'];

export const catalogue: readonly CatalogueEntry[] = families;

const byCode = new Map<string, CatalogueEntry>(catalogue.map((entry) => [entry.code, entry]));

/** The entry of a code such as `FL0412`, in any case; undefined for a code that was never given out. */
export function findCode(code: string): CatalogueEntry | undefined {
  return byCode.get(code.toUpperCase());
}
