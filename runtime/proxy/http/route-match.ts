// The match of a route: path first, then headers, query and fraction.
import type { RouteMatchJson } from '../types.ts';
import { pathname, type RequestHead } from './request-head.ts';
import type { MatchedPart } from './rewrite.ts';
import { compileFullMatch, compileHeaderMatcher, compileQueryMatcher, type HeadPredicate } from './string-matcher.ts';
import { isDrawn, perMillion } from './weighted-choice.ts';

export interface RouteMatch {
  /** `path` is the request's path without its query. */
  matches(path: string, head: RequestHead, random: () => number): boolean;
  /** Length of what the path match took of a path (with its query). */
  readonly matchedPart: MatchedPart;
}

interface PathMatch {
  readonly test: (path: string) => boolean;
  readonly matchedPart: MatchedPart;
}

export function compileRouteMatch(json: RouteMatchJson): RouteMatch {
  const path = compilePathMatch(json);
  const conditions: readonly HeadPredicate[] = [
    ...(json.headers ?? []).map(compileHeaderMatcher),
    ...(json.queryParameters ?? []).map(compileQueryMatcher),
    ...(json.grpc ? [isGrpc] : []),
  ];
  const fraction = json.runtimeFraction && perMillion(json.runtimeFraction.defaultValue, 1_000_000);
  return {
    matchedPart: path.matchedPart,
    matches(name, head, random) {
      if (!path.test(name)) return false;
      for (const condition of conditions) if (!condition(head)) return false;
      return fraction === undefined || isDrawn(fraction, random());
    },
  };
}

function isGrpc(head: RequestHead): boolean {
  return /^application\/grpc(?:\+|$)/.test(head.headers.get('content-type') ?? '');
}

const whole: MatchedPart = (path) => pathname(path).length;

function compilePathMatch(json: RouteMatchJson): PathMatch {
  const fold = json.caseSensitive === false ? (s: string) => s.toLowerCase() : (s: string) => s;
  if (json.path !== undefined) {
    const exact = fold(json.path);
    return { test: (path) => fold(path) === exact, matchedPart: whole };
  }
  if (json.safeRegex) return { test: compileFullMatch(json.safeRegex), matchedPart: whole };
  if (json.pathSeparatedPrefix !== undefined) {
    const prefix = fold(json.pathSeparatedPrefix);
    const test = (path: string) =>
      fold(path).startsWith(prefix) && (path.length === prefix.length || path.charAt(prefix.length) === '/');
    return { test, matchedPart: () => prefix.length };
  }
  const prefix = fold(json.prefix ?? '');
  // Envoy compares a prefix with the path as it stands, query and all; without a "?" in the prefix that is the same.
  return {
    test: prefix === '/' ? () => true : (path) => fold(path).startsWith(prefix),
    matchedPart: () => prefix.length,
  };
}
