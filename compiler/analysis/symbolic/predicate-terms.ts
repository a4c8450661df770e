// Predicates on a request as data: languages on dimensions, closed under and, or, not.
import type { Language } from '../automata/language.ts';
import type { Dimension } from '../fields/dimension.ts';

export type Predicate =
  | { readonly kind: 'constant'; readonly holds: boolean }
  | { readonly kind: 'in'; readonly dimension: Dimension; readonly language: Language }
  | { readonly kind: 'all'; readonly of: readonly Predicate[] }
  | { readonly kind: 'any'; readonly of: readonly Predicate[] }
  | { readonly kind: 'not'; readonly of: Predicate };

/** The only constants there are: `all`, `any` and `not` know them by identity. */
export const always: Predicate = { kind: 'constant', holds: true };
export const never: Predicate = { kind: 'constant', holds: false };

export function isIn(dimension: Dimension, language: Language): Predicate {
  return { kind: 'in', dimension, language };
}

export function all(of: readonly Predicate[]): Predicate {
  const rest = of.filter((c) => c !== always);
  if (rest.includes(never)) return never;
  return rest.length === 0 ? always : rest.length === 1 ? (rest[0] as Predicate) : { kind: 'all', of: rest };
}

export function any(of: readonly Predicate[]): Predicate {
  const rest = of.filter((c) => c !== never);
  if (rest.includes(always)) return always;
  return rest.length === 0 ? never : rest.length === 1 ? (rest[0] as Predicate) : { kind: 'any', of: rest };
}

export function not(of: Predicate): Predicate {
  if (of === always) return never;
  return of === never ? always : { kind: 'not', of };
}
