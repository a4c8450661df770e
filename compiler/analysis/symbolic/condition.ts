// Conditions on a request as data: languages on dimensions, closed under and, or, not. Built from the model's matches.
import type { CorsPolicy, HttpMatch } from '../../model/index.ts';
import type { HttpConditions, ResidualAccess } from '../place/access.ts';
import { absent, type Dimension, headerLanguage, matchLanguage, withLabel } from '../fields/dimensions.ts';
import { type Language, words } from '../automata/language.ts';

export type Condition =
  | { readonly kind: 'constant'; readonly holds: boolean }
  | { readonly kind: 'in'; readonly dimension: Dimension; readonly language: Language }
  | { readonly kind: 'all' | 'any'; readonly of: readonly Condition[] }
  | { readonly kind: 'not'; readonly of: Condition };

export const always: Condition = { kind: 'constant', holds: true };
export const never: Condition = { kind: 'constant', holds: false };

export function isIn(dimension: Dimension, language: Language): Condition {
  return { kind: 'in', dimension, language };
}

export function all(...of: readonly Condition[]): Condition {
  const rest = of.filter((c) => c !== always);
  if (rest.includes(never)) return never;
  return rest.length === 0 ? always : rest.length === 1 ? (rest[0] as Condition) : { kind: 'all', of: rest };
}

export function any(...of: readonly Condition[]): Condition {
  const rest = of.filter((c) => c !== never);
  if (rest.includes(always)) return always;
  return rest.length === 0 ? never : rest.length === 1 ? (rest[0] as Condition) : { kind: 'any', of: rest };
}

export function not(of: Condition): Condition {
  if (of === always) return never;
  return of === never ? always : { kind: 'not', of };
}

/** One alternative of a route on a port. */
export function matchCondition(match: HttpMatch, port: number): Condition {
  if (match.ports.length > 0 && !match.ports.includes(port)) return never;
  return all(
    match.path ? isIn('path', matchLanguage(match.path)) : always,
    match.methods.length > 0
      ? any(...match.methods.map((value) => isIn('method', matchLanguage({ type: 'exact', value }))))
      : always,
    ...match.headers.map((h) => isIn(`header ${h.name}`, headerLanguage(h))),
  );
}

export function preflightCondition(cors: CorsPolicy): Condition {
  const origins = cors.origins.map((match) =>
    isIn('header origin', headerLanguage({ name: 'origin', match, invert: false })),
  );
  const asked = isIn('header access-control-request-method', withLabel(words(absent, '').not(), 'any value'));
  return all(isIn('method', matchLanguage({ type: 'exact', value: 'OPTIONS' })), any(...origins), asked);
}

/** Maps a condition on the path that the service receives to one on the path that the caller sent. Both are normalized. */
export type PathPreimage = (received: Language) => Condition;

/** When access is granted, on the path as the caller's proxy sees it. */
export function accessCondition(access: ResidualAccess, preimage: PathPreimage): Condition {
  const some = (rules: ResidualAccess['deny']) =>
    any(...rules.flatMap(({ operations }) => operations).map((to) => operationCondition(to, preimage)));
  const granted = any(some(access.allow), access.otherwise.isAllowed ? always : never);
  return all(not(some(access.deny)), granted);
}

function operationCondition(to: HttpConditions, preimage: PathPreimage): Condition {
  const method = (matches: HttpConditions['methods']) => any(...matches.map((m) => isIn('method', matchLanguage(m))));
  const path = (matches: HttpConditions['paths']) => any(...matches.map((m) => preimage(matchLanguage(m))));
  return all(
    to.methods.length > 0 ? method(to.methods) : always,
    not(method(to.notMethods)),
    to.paths.length > 0 ? path(to.paths) : always,
    not(path(to.notPaths)),
  );
}
