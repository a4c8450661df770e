// Decisions as trees of choices: which fate a request has, depending on predicates.
import type { Fate } from './fate.ts';
import type { Predicate } from './predicate-terms.ts';

export type Decision =
  | { readonly kind: 'fate'; readonly fate: Fate }
  | { readonly kind: 'choice'; readonly when: Predicate; readonly so: Decision; readonly otherwise: Decision }
  | WideForward;

/** Requests that are forwarded past more gates than can be tried in all combinations: each gate is asked by itself. */
export interface WideForward {
  readonly kind: 'forward';
  /** The distinct predicates of the gates, by key. */
  readonly gates: ReadonlyMap<string, Predicate>;
  /** The key of the gate of each target, in the order of `shares` and `targets` of the fate. */
  readonly ofShares: readonly (readonly string[])[];
  readonly ofMirrors: readonly (readonly string[])[];
  /** The fate of a request that passes the gates with these keys. */
  readonly settle: (passed: ReadonlySet<string>) => Fate;
}

/** What a decision ends in. */
export type End = Fate | WideForward;

export function isWide(end: End): end is WideForward {
  return 'kind' in end;
}

export function toFate(fate: Fate): Decision {
  return { kind: 'fate', fate };
}

export function choose(when: Predicate, so: Decision, otherwise: Decision): Decision {
  if (when.kind === 'constant') return when.holds ? so : otherwise;
  return { kind: 'choice', when, so, otherwise };
}

/** The decision with something else in the place of each end. */
export function withEnds(decision: Decision, endFor: (end: End) => Decision): Decision {
  if (decision.kind === 'fate') return endFor(decision.fate);
  if (decision.kind === 'forward') return endFor(decision);
  return choose(decision.when, withEnds(decision.so, endFor), withEnds(decision.otherwise, endFor));
}

/** A decision about nothing: with it a space can tell apart what the predicates ask. */
export function asking(predicates: readonly Predicate[]): Decision {
  const same = toFate({ outcome: 'allowed', shares: [] });
  return predicates.reduce<Decision>((rest, when) => choose(when, same, rest), same);
}
