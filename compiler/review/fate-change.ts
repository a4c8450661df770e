// One change of the fate of requests, and between what it is.
import type { Aspect } from '../analysis/index.ts';
import type { MeshIndex } from '../model/index.ts';
import type { Exposed } from './exposed-traffic.ts';
import type { Difference, RowEffect, RowKind, Severity } from './review.ts';

export interface FateChange extends Difference {
  readonly kind: RowKind;
  readonly effect: RowEffect;
  readonly severity: Severity;
  /** True where only requests count whose paths come out differently. */
  readonly isAboutPath: boolean;
  /** What those have in common that come of one rewrite (rewrites.ts). */
  readonly rewrites?: readonly string[];
  /** Of traffic: what is worse about where it goes now. */
  readonly exposed?: Exposed;
  /** Of access that is lost to some of the calls: `50% of the calls`. */
  readonly part?: string;
}

export interface ChangeContext {
  readonly from: string;
  /** Whether both meshes have the caller, and something that is called. */
  readonly isKnown: boolean;
  /** Whether nothing of what is sent can be told apart, nor how it is refused. */
  readonly isOpaque: boolean;
  /** Whether the host stands for many, of which the caller chooses one. */
  readonly isOfMany: boolean;
  readonly base: MeshIndex;
  readonly head: MeshIndex;
  /** Whether there are paths that the two fates change differently. */
  readonly pathsMayDiffer: boolean;
  /** Which part of the two fates is compared: a split to very many targets is compared one target at a time. */
  readonly aspect: Aspect;
}

export function change(kind: RowKind, effect: RowEffect, difference: Difference, severity: Severity): FateChange {
  return { kind, effect, ...difference, severity, isAboutPath: false };
}

/** What leaves the mesh, or is no longer encrypted, weighs as much as a new use of something outside, or the end of mTLS. */
export function traffic(difference: Difference, exposed: Exposed | undefined): FateChange {
  const found = change('traffic', 'changed', difference, exposed === undefined ? 'medium' : 'high');
  return exposed === undefined ? found : { ...found, exposed };
}
