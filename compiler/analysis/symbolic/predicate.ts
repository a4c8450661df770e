// The predicates of the model's conditions: which requests they hold for.
import type { Clause, CorsPolicy, HeaderCondition, RequestCondition } from '../../model/index.ts';
import { blaming } from '../automata/budget.ts';
import type { Language } from '../automata/language.ts';
import type { Dimension } from '../fields/dimension.ts';
import type { HeaderSource, HeaderSources } from '../fields/header-source.ts';
import { headerDimension } from '../fields/named.ts';
import { dimensionOf, type Known, openConditions } from '../fields/index.ts';
import { matchLanguage, optionalLanguage, someValue } from '../fields/match-language.ts';
import { methodDimension } from '../fields/method.ts';
import { pathDimension } from '../fields/path.ts';
import type { ResidualAccess } from '../place/access.ts';
import { sourceIsIn } from './header-preimage.ts';
import { all, always, any, isIn, never, not, type Predicate } from './predicate-terms.ts';

/** Maps a set of paths that the service receives to the predicate on the path that the caller sent. Both are normalized. */
export type PathPreimage = (received: Language) => Predicate;

/** How the caller's request became what a proxy sees. */
export interface Preimage {
  readonly path: PathPreimage;
  readonly headers: HeaderSources;
}

const pathAsSent: PathPreimage = (sent) => isIn(pathDimension, sent);

/** When a condition holds for what a proxy sees. Only path and headers are others than those sent. */
export function requestPredicate(condition: RequestCondition, preimage: Preimage): Predicate {
  const dimension = dimensionOf(condition);
  return blaming(dimension.key, () => {
    if (condition.kind === 'header') return ofHeader(condition, dimension, preimage.headers(condition.name));
    if (dimension.isOptional) return optional(condition, dimension);
    const at = dimension === pathDimension ? preimage.path : (language: Language) => isIn(dimension, language);
    const some = any(condition.anyOf.map((match) => at(matchLanguage(match))));
    return condition.not ? not(some) : some;
  });
}

/** Each `not` keeps a label of its own, since it holds for the absent value too. */
function optional({ anyOf, not: isNot }: RequestCondition, dimension: Dimension): Predicate {
  const each = anyOf.map((match) => isIn(dimension, optionalLanguage(match, isNot)));
  return isNot ? all(each) : any(each);
}

/** Of several values that a proxy sees, one has to match. */
function ofHeader(condition: HeaderCondition, dimension: Dimension, source: HeaderSource): Predicate {
  if (source.kind === 'sent') return optional(condition, dimension);
  const some = any(condition.anyOf.map((match) => sourceIsIn(source, optionalLanguage(match, false), dimension)));
  return condition.not ? not(some) : some;
}

/** When an alternative of a route holds, given what is known before the request. */
export function clausePredicate(clause: Clause, known: Known, headers: HeaderSources): Predicate {
  const open = openConditions(clause.all, known);
  if (!open) return never;
  return all(open.map((condition) => requestPredicate(condition, { path: pathAsSent, headers })));
}

/** When a request is from an origin that CORS allows. An empty one is none. */
export function originPredicate({ origins }: CorsPolicy): Predicate {
  const origin = headerDimension('origin');
  const allowed = any(origins.map((match) => isIn(origin, optionalLanguage(match, false))));
  return all([isIn(origin, someValue), allowed]);
}

/** When a request is one that the CORS filter answers itself. */
export function preflightPredicate(cors: CorsPolicy): Predicate {
  const asked = isIn(headerDimension('access-control-request-method'), someValue);
  const isOptions = isIn(methodDimension, matchLanguage({ type: 'exact', value: 'OPTIONS' }));
  return all([isOptions, originPredicate(cors), asked]);
}

/** When access is granted, on the request as the caller sends it. */
export function accessPredicate(access: ResidualAccess, preimage: Preimage): Predicate {
  const known = new Map<RequestCondition, Predicate>();
  const predicateOf = (condition: RequestCondition) => {
    const found = known.get(condition) ?? requestPredicate(condition, preimage);
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
