// What a rule about the whole mesh looks like. It reads the model, reports, and changes nothing.
import type { KnownCode, Report } from '../diagnostics/index.ts';
import type { Mesh, MeshIndex, Origin } from '../model/index.ts';

/**
 * The smallest useful place in the object, or the part of one, that was written at `origin`: where `text` stands in it, else its name.
 * With `before`, `text` is a part of a value, after that.
 * The front end answers, because the model does not know where each value stands.
 */
export type PlaceOf = (origin: Origin, text?: string, before?: string) => Origin;

export interface CheckInput {
  readonly mesh: Mesh;
  /** Built when first asked for. */
  readonly index: MeshIndex;
}

export interface Check {
  /** kebab-case, as in the catalogue. */
  readonly name: string;
  readonly codes: readonly KnownCode[];
  /** The parts of the mesh that it looks at: while they stay the same, so do its findings. A rule that uses `index` reads all. */
  readonly reads: readonly (keyof Mesh)[] | 'all';
  check(input: CheckInput, report: Report, placeOf: PlaceOf): void;
}
