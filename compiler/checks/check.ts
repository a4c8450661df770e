// What a rule about the whole mesh looks like. It reads the model, reports, and changes nothing.
import type { KnownCode, Report } from '../diagnostics/index.ts';
import type { MeshIndex } from '../model/index.ts';

export interface Check {
  /** kebab-case, as in the catalogue. */
  readonly name: string;
  readonly codes: readonly KnownCode[];
  /** `index.mesh` is the mesh itself. */
  check(index: MeshIndex, report: Report): void;
}
