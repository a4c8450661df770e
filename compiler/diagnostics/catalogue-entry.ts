// The shape of one line of the catalogue of codes. The entries themselves are in catalogue/, a file a family.
import type { Code, Severity } from './diagnostic.ts';

/** Intent files by path, as a newcomer would write them. */
export type ExampleFiles = Readonly<Record<string, string>>;

export interface CatalogueEntry {
  readonly code: Code;
  /** kebab-case, stable; names the golden folders of the rule. */
  readonly name: string;
  readonly severity: Severity;
  /** One line: what is wrong. */
  readonly title: string;
  /** Two to six sentences: why it is wrong, what happens if ignored, how to mend it. */
  readonly explanation: string;
  /**
   * An example that provokes the code and one that does not. `intent` examples are compiled by a test;
   * `text` examples show what cannot be had from intent files alone (an AdmissionReview, a NACK).
   */
  readonly bad: { readonly intent: ExampleFiles } | { readonly text: string };
  readonly good: { readonly intent: ExampleFiles } | { readonly text: string };
  /** A retired code stays listed so that its number is never given out again. */
  readonly retired?: true;
}
