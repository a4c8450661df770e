// Conditions on headers as Envoy's HeaderMatchers. All matchers of a route must hold: an "or" becomes several routes.
import {
  handleBy,
  type HeaderCondition,
  matchesString,
  type Reading,
  type StringMatch,
  type TableBy,
  type ValueMatch,
  regexOf,
  type OneOrMore,
} from '../../model/index.ts';
import { stringMatcher } from './json-values.ts';
import type { HeaderMatcherJson } from './proto/types/envoy/config/route/v3/route_components_pb.js';

const ofValue = (match: ValueMatch, name: string): HeaderMatcherJson => ({
  name,
  stringMatch: stringMatcher(match),
});

const matchers: TableBy<'type', Reading<StringMatch, 'type' | 'value'>, [name: string], HeaderMatcherJson> = {
  exact: ofValue,
  prefix: ofValue,
  suffix: ofValue,
  regex: ofValue,
  present: (_match, name) => ({ name, presentMatch: true }),
};

/** Header names are lower-case in the model; pseudo-headers keep their colon. */
export function headerMatcher(name: string, match: StringMatch): HeaderMatcherJson {
  return handleBy('type', matchers, match, name);
}

type Known = Reading<HeaderCondition, 'kind' | 'name' | 'anyOf' | 'not'>;

function branchOf(match: StringMatch): string {
  return match.type === 'regex' ? `(?:${regexOf(match)})` : regexOf(match);
}

/** One matcher for values of which any will do: what any value satisfies needs no other, and the rest fits one regex. */
export function anyMatcher(name: string, anyOf: OneOrMore<StringMatch>): HeaderMatcherJson {
  const [only, ...others] = anyOf;
  const sole = anyOf.find(({ type }) => type === 'present') ?? (others.length === 0 ? only : undefined);
  return headerMatcher(name, sole ?? { type: 'regex', value: anyOf.map(branchOf).join('|') });
}

/** Lists of matchers, of which one must hold whole. */
export function headerAlternatives({
  name,
  anyOf,
  not,
}: Pick<Known, 'name' | 'anyOf' | 'not'>): readonly (readonly HeaderMatcherJson[])[] {
  if (!not) return [[anyMatcher(name, anyOf)]];
  const matchers = anyOf.map((match) => headerMatcher(name, match));
  return inverted(name, anyOf, matchers);
}

/**
 * An inverted match holds for an absent header. Envoy can only be told to take an absent header as empty,
 * which is the same unless a match holds for the empty text: then "absent" and "present, but different" are two alternatives.
 * https://www.envoyproxy.io/docs/envoy/latest/api-v3/config/route/v3/route_components.proto#config-route-v3-headermatcher
 */
function inverted(
  name: string,
  anyOf: readonly StringMatch[],
  matchers: readonly HeaderMatcherJson[],
): readonly (readonly HeaderMatcherJson[])[] {
  const others = matchers.map((matcher) => ({ ...matcher, invertMatch: true }));
  if (!anyOf.some((match) => matchesString(match, ''))) {
    return [others.map((matcher) => ({ ...matcher, treatMissingHeaderAsEmpty: true }))];
  }
  const absent = { ...headerMatcher(name, { type: 'present' }), invertMatch: true };
  // With a match for any value nothing but absence is left.
  return others.some((matcher) => matcher.presentMatch) ? [[absent]] : [[absent], others];
}
