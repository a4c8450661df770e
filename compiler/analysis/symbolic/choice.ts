// Decisions as trees of choices: which fate a request has, depending on predicates.
import type { Fate } from './fate.ts';
import type { Predicate } from './predicate.ts';

export type Decision =
  | { readonly kind: 'fate'; readonly fate: Fate }
  | { readonly kind: 'choice'; readonly when: Predicate; readonly so: Decision; readonly otherwise: Decision };

export function toFate(fate: Fate): Decision {
  return { kind: 'fate', fate };
}

export function choose(when: Predicate, so: Decision, otherwise: Decision): Decision {
  if (when.kind === 'constant') return when.holds ? so : otherwise;
  return { kind: 'choice', when, so, otherwise };
}
