// Matches of the model as Envoy's RouteMatch. One match may need several: Envoy's header matchers know no "or".
import { RE2JS } from 're2js';
import type { HeaderMatch, HttpMatch, PathMatch, StringMatch } from '../../model/index.ts';
import { quoteRegex, stringMatcher } from './json-values.ts';
import type { HeaderMatcherJson, RouteMatchJson } from './proto/types/envoy/config/route/v3/route_components_pb.js';

/** Where a request's path may be, and what a rewrite must then put in its place (undefined without a rewrite). */
export interface PathAlternative {
  readonly match: RouteMatchJson;
  readonly prefixRewrite?: string;
}

export const everyPath: PathMatch = { type: 'prefix', value: '/' };

/** The conditions on method and headers, as alternatives of which one must hold. */
export function conditionAlternatives(
  match: Pick<HttpMatch, 'methods' | 'headers'>,
): readonly (readonly HeaderMatcherJson[])[] {
  const perHeader = match.headers.map(headerAlternatives);
  return perHeader.reduce<HeaderMatcherJson[][]>(
    (sofar, alternatives) => sofar.flatMap((row) => alternatives.map((one) => [...row, one])),
    [methodMatchers(match.methods)],
  );
}

/** See `Rewrite` in model/route.ts for what a rewrite does to each kind of match. */
export function pathAlternatives(path: PathMatch, rewrite: string | undefined): readonly PathAlternative[] {
  const rewritten = rewrite === undefined ? {} : { prefixRewrite: rewrite };
  switch (path.type) {
    case 'exact':
      return [{ match: { path: path.value }, ...rewritten }];
    case 'prefix':
      return [{ match: { prefix: path.value }, ...rewritten }];
    case 'suffix':
      return [{ match: { safeRegex: { regex: `.*${quoteRegex(path.value)}` } }, ...rewritten }];
    case 'regex':
      return [{ match: { safeRegex: { regex: path.value } }, ...rewritten }];
    case 'segments':
      if (rewrite === undefined) return [{ match: { pathSeparatedPrefix: path.value } }];
      // Two, so that exactly one slash stands between the new prefix and the rest.
      return [
        { match: { path: path.value }, prefixRewrite: rewrite },
        { match: { prefix: `${path.value}/` }, prefixRewrite: `${rewrite.replace(/\/+$/, '')}/` },
      ];
  }
}

/** Header names are lower-case in the model; pseudo-headers keep their colon. */
export function headerMatcher(name: string, match: StringMatch): HeaderMatcherJson {
  if (match.type === 'present') return { name, presentMatch: true };
  return { name, stringMatch: stringMatcher(match) };
}

function methodMatchers(methods: readonly string[]): HeaderMatcherJson[] {
  const [first, ...others] = methods;
  if (first === undefined) return [];
  const value: StringMatch =
    others.length === 0 ? { type: 'exact', value: first } : { type: 'regex', value: methods.map(quoteRegex).join('|') };
  return [headerMatcher(':method', value)];
}

/**
 * An inverted match holds for an absent header. Envoy can only be told to take an absent header as empty,
 * which is the same unless the match holds for the empty text: then "absent" and "present, but different" are two matchers.
 * https://www.envoyproxy.io/docs/envoy/latest/api-v3/config/route/v3/route_components.proto#config-route-v3-headermatcher
 */
function headerAlternatives({ name, match, invert }: HeaderMatch): readonly HeaderMatcherJson[] {
  const matcher = headerMatcher(name, match);
  if (!invert) return [matcher];
  if (match.type === 'present') return [{ ...matcher, invertMatch: true }];
  if (!matchesEmpty(match)) return [{ ...matcher, invertMatch: true, treatMissingHeaderAsEmpty: true }];
  return [
    { name, presentMatch: true, invertMatch: true },
    { ...matcher, invertMatch: true },
  ];
}

function matchesEmpty(match: Exclude<StringMatch, { type: 'present' }>): boolean {
  return match.type === 'regex' ? RE2JS.matches(match.value, '') : match.value === '';
}
