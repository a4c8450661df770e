// Conditions on headers. Istio keeps them in two maps by name, so there is one positive and one negative condition a header.
import type { Report } from '../../diagnostics/index.ts';
import {
  type Clause,
  conditionsOf,
  type HeaderCondition,
  type Origin,
  type Reading,
  type StringMatch,
} from '../../model/index.ts';
import { type IstioStringMatch, isPresence, matchesEmpty, toAnyOf } from './string-match.ts';

export interface HeaderConditions {
  readonly headers: Readonly<Record<string, IstioStringMatch>>;
  readonly withoutHeaders: Readonly<Record<string, IstioStringMatch>>;
}

type Known = Reading<HeaderCondition, 'kind' | 'name' | 'anyOf' | 'not'>;

/** Of a condition: any may hold. */
type AnyOf = readonly StringMatch[];

const withoutAny: readonly HeaderConditions[] = [{ headers: {}, withoutHeaders: {} }];

/** Alternatives, of which one must hold; none if Istio has no words for the conditions. */
export function headerConditions(clause: Clause, report: Report): readonly HeaderConditions[] {
  const { origin } = clause;
  const conditions: readonly Known[] = conditionsOf(clause, 'header');
  if (conditions.length === 0) return withoutAny;
  const names = [...new Set(conditions.map(({ name }) => name))].sort();
  let alternatives: readonly HeaderConditions[] = [{ headers: {}, withoutHeaders: {} }];
  for (const name of names) {
    const ofName = conditions.filter((condition) => condition.name === name);
    const positive = strongest(ofName.filter(({ not }) => !not).map(({ anyOf }) => anyOf));
    if (positive.length > 1) {
      reportTwo(name, origin, report);
      return [];
    }
    const [wanted] = positive;
    const inverted = distinct(ofName.filter(({ not }) => not).flatMap(({ anyOf }) => anyOf));
    alternatives = alternatives.flatMap(({ headers, withoutHeaders }) =>
      exclusions(inverted, origin, report).map((excluded) => ({
        headers: wanted ? { ...headers, [name]: toAnyOf(wanted, origin, report) } : headers,
        withoutHeaders: excluded ? { ...withoutHeaders, [name]: excluded } : withoutHeaders,
      })),
    );
  }
  return alternatives;
}

/** Being present follows from any other condition. */
function strongest(conditions: readonly AnyOf[]): readonly AnyOf[] {
  const values = distinct(conditions).filter((anyOf) => !anyOf.some(isPresence));
  return values.length > 0 ? values : conditions.slice(0, 1);
}

/**
 * Istio takes a missing header for an empty one in `withoutHeaders`, the model lets a missing header pass any `not`.
 * Where an empty value matches, absence is therefore an alternative of its own.
 */
function exclusions(inverted: AnyOf, origin: Origin, report: Report): readonly (IstioStringMatch | undefined)[] {
  if (inverted.length === 0) return [undefined];
  if (inverted.some(isPresence)) return [{}];
  const excluded = toAnyOf(inverted, origin, report);
  return inverted.some(matchesEmpty) ? [{}, excluded] : [excluded];
}

function distinct<T>(items: readonly T[]): readonly T[] {
  return [...new Map(items.map((item) => [JSON.stringify(item), item])).values()];
}

function reportTwo(name: string, origin: Origin, report: Report): void {
  report('FL0503', {
    message: `Istio cannot require two things of the header "${name}" in one match`,
    span: origin,
    hint: 'write one regex that says both, or drop one condition',
  });
}
