// Predicates on a request as data: languages on dimensions, closed under and, or, not. Built from the model's conditions.
import type { Clause, CorsPolicy, RequestCondition } from '../../model/index.ts';
import { blaming } from '../automata/budget.ts';
import type { Language } from '../automata/language.ts';
import type { Dimension } from '../fields/dimension.ts';
import { headerDimension } from '../fields/named.ts';
import { dimensionOf, type Known, openConditions } from '../fields/index.ts';
import { matchLanguage, optionalLanguage, someValue } from '../fields/match-language.ts';
import { methodDimension } from '../fields/method.ts';
import { pathDimension } from '../fields/path.ts';
import type { ResidualAccess } from '../place/access.ts';

export type Predicate =
  | { readonly kind: 'constant'; readonly holds: boolean }
  | { readonly kind: 'in'; readonly dimension: Dimension; readonly language: Language }
  | { readonly kind: 'all' | 'any'; readonly of: readonly Predicate[] }
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

/** Maps a set of paths that the service receives to the predicate on the path that the caller sent. Both are normalized. */
export type PathPreimage = (received: Language) => Predicate;

const asSent: PathPreimage = (sent) => isIn(pathDimension, sent);

/** When a condition holds for what the server receives. Only the path is another than the one sent. */
function conditionPredicate(condition: RequestCondition, preimage: PathPreimage): Predicate {
  const dimension = dimensionOf(condition);
  return blaming(dimension.key, () => {
    if (dimension.isOptional) return optional(condition, dimension);
    const at = dimension === pathDimension ? preimage : (language: Language) => isIn(dimension, language);
    const some = any(condition.anyOf.map((match) => at(matchLanguage(match))));
    return condition.not ? not(some) : some;
  });
}

/** Each `not` keeps a label of its own, since it holds for the absent value too. */
function optional({ anyOf, not: isNot }: RequestCondition, dimension: Dimension): Predicate {
  const each = anyOf.map((match) => isIn(dimension, optionalLanguage(match, isNot)));
  return isNot ? all(each) : any(each);
}

/** When an alternative of a route holds, given what is known before the request. */
export function clausePredicate(clause: Clause, known: Known): Predicate {
  const open = openConditions(clause.all, known);
  return open ? all(open.map((condition) => conditionPredicate(condition, asSent))) : never;
}

/** When a request is one that the CORS filter answers itself. */
export function preflightPredicate(cors: CorsPolicy): Predicate {
  const origin = headerDimension('origin');
  const origins = cors.origins.map((match) => isIn(origin, optionalLanguage(match, false)));
  const asked = isIn(headerDimension('access-control-request-method'), someValue);
  const isOptions = isIn(methodDimension, matchLanguage({ type: 'exact', value: 'OPTIONS' }));
  return all([isOptions, any(origins), asked]);
}

/** When access is granted, on the path as the caller's proxy sees it. */
export function accessPredicate(access: ResidualAccess, preimage: PathPreimage): Predicate {
  const known = new Map<RequestCondition, Predicate>();
  const predicateOf = (condition: RequestCondition) => {
    const found = known.get(condition) ?? conditionPredicate(condition, preimage);
    known.set(condition, found);
    return found;
  };
  const some = (rules: ResidualAccess['deny']) =>
    any(
      rules.map(({ parts }) =>
        all(parts.map((alternatives) => any(alternatives.map((conditions) => all(conditions.map(predicateOf)))))),
      ),
    );
  const granted = any([some(access.allow), access.otherwise.isAllowed ? always : never]);
  return all([not(some(access.deny)), granted]);
}
