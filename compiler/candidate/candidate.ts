// An object that is about to become part of a mesh, to be replaced in it or to leave it, and what is found of it. Types only.
import type { Diagnostic } from '../diagnostics/index.ts';
import type { Mesh } from '../model/index.ts';

export interface Candidate {
  readonly kind: string;
  /** "" for what belongs to no namespace. */
  readonly namespace: string;
  readonly name: string;
  /** As an API server has it, with what it adds; absent when the object is being deleted. */
  readonly object?: Readonly<Record<string, unknown>>;
}

/** Inside the candidate a path says more than a line of text that its author never saw: such a diagnostic has no span. */
export interface CandidateFinding {
  readonly diagnostic: Diagnostic;
  /** Keys and list indexes from the root of the candidate; absent for what is found elsewhere. */
  readonly path?: readonly (string | number)[];
}

export interface CandidateVerdict {
  /** What the mesh would have to complain about that it has not already; those inside the candidate first. */
  readonly findings: readonly CandidateFinding[];
  /** The mesh as it stands, and with the candidate; each absent if it has errors. */
  readonly before?: Mesh;
  readonly after?: Mesh;
}
