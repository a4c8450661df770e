// The predicates of the model's conditions: which requests they hold for.
import {
  type Clause,
  type CorsPolicy,
  type HeaderCondition,
  opensToAll,
  type RequestCondition,
} from '../../model/index.ts';
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

/** Maps paths that the service receives, those of any of some languages, to the predicate on the path that the caller sent. Both are normalized. */
export type PathPreimage = (received: readonly Language[]) => Predicate;

/** How the caller's request became what a proxy sees. */
export interface Preimage {
  readonly path: PathPreimage;
  readonly headers: HeaderSources;
}

export const pathAsSent: PathPreimage = (sent) => any(sent.map((language) => isIn(pathDimension, language)));

/** When a condition holds for what a proxy sees. Only path and headers are others than those sent. */
export function requestPredicate(condition: RequestCondition, preimage: Preimage): Predicate {
  const dimension = dimensionOf(condition);
  return blaming(dimension.key, () => {
    if (condition.kind === 'header') return ofHeader(condition, dimension, preimage.headers(condition.name));
    if (dimension.isOptional) return optional(condition, dimension);
    const languages = languagesOf(condition);
    const isPath = dimension === pathDimension;
    const some = isPath ? preimage.path(languages) : any(languages.map((language) => isIn(dimension, language)));
    return condition.not ? not(some) : some;
  });
}

/** The same list each time, by which is known what is made of it. */
const languageLists = new WeakMap<RequestCondition, readonly Language[]>();

function languagesOf(condition: RequestCondition): readonly Language[] {
  const known = languageLists.get(condition);
  // Known or not, each question is charged with its patterns.
  if (known && !condition.anyOf.some(({ type }) => type === 'regex')) return known;
  const made = condition.anyOf.map((match) => matchLanguage(match));
  if (known) return known;
  languageLists.set(condition, made);
  return made;
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
  const isSome = isIn(origin, someValue);
  if (origins.some(opensToAll)) return isSome;
  return all([isSome, any(origins.map((match) => isIn(origin, optionalLanguage(match, false))))]);
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
  const some = (rules: Rules) => {
    const { paths, others } = byPathAlone(rules);
    const rest = others.map(({ parts }) =>
      all(parts.map((alternatives) => any(alternatives.map((conditions) => all(conditions.map(predicateOf)))))),
    );
    return any([blaming(pathDimension.key, () => preimage.path(paths)), ...rest]);
  };
  const granted = any([some(access.allow), access.otherwise.isAllowed ? always : never]);
  return all([not(some(access.deny)), granted]);
}

type Rules = ResidualAccess['deny'];

interface ByPathAlone {
  /** Of rules that ask for the path and nothing else. */
  readonly conditions: readonly RequestCondition[];
  /** All that these take. */
  readonly paths: readonly Language[];
  readonly others: Rules;
}

const knownByPath = new WeakMap<Rules, ByPathAlone>();

function byPathAlone(rules: Rules): ByPathAlone {
  const known = knownByPath.get(rules);
  if (known) {
    // Each question is charged with the patterns among them.
    known.conditions.forEach(languagesOf);
    return known;
  }
  const conditions = rules.flatMap((rule) => pathsAlone(rule) ?? []);
  const made = {
    conditions,
    paths: conditions.flatMap(languagesOf),
    others: rules.filter((rule) => !pathsAlone(rule)),
  };
  knownByPath.set(rules, made);
  return made;
}

function pathsAlone({ parts }: Rules[number]): readonly RequestCondition[] | undefined {
  const asked = parts.filter((alternatives) => alternatives.every((conditions) => conditions.length > 0));
  const [alternatives = []] = asked;
  const isAlone = ([first, ...more]: readonly RequestCondition[]) =>
    first !== undefined && more.length === 0 && !first.not && dimensionOf(first) === pathDimension;
  return asked.length === 1 && alternatives.every(isAlone) ? alternatives.flat() : undefined;
}
