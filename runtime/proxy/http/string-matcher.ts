// Matchers on strings, headers and query parameters, compiled once when the configuration arrives.
import type { RE2JS } from 're2js';
import { bytesOf, compileRegex, regexProblem } from '../../../compiler/xds.ts';
import { invalid } from '../rejection.ts';
import { headerOf, type RequestHead } from './request-head.ts';
import type { HeaderMatcherJson, QueryParameterMatcherJson, RegexMatcherJson, StringMatcherJson } from '../types.ts';

export type StringPredicate = (value: string) => boolean;
export type HeadPredicate = (head: RequestHead) => boolean;

/** RE2 over bytes, which is what Node gives values as, so that the verdict is Envoy's and no expression takes exponential time. */
export function regexEngine(json: RegexMatcherJson): RE2JS {
  const regex = json.regex ?? '';
  const compiled = compileRegex(regex);
  if (!compiled) throw invalid(`regular expression ${JSON.stringify(regex)}: ${regexProblem(regex)}`);
  return compiled.engine;
}

/** Matches the whole value, as Envoy's `RE2::FullMatch`. */
export function compileFullMatch(json: RegexMatcherJson): StringPredicate {
  const regex = regexEngine(json);
  return (value) => regex.matches(value);
}

export function compileStringMatcher(json: StringMatcherJson): StringPredicate {
  const fold = json.ignoreCase ? (s: string) => s.toLowerCase() : undefined;
  if (json.safeRegex) return compileFullMatch(json.safeRegex);
  const plain = compilePlain(json, fold ?? ((s) => s));
  return fold ? (value) => plain(fold(value)) : plain;
}

function compilePlain(json: StringMatcherJson, fold: (s: string) => string): StringPredicate {
  if (json.exact !== undefined) {
    const exact = fold(bytesOf(json.exact));
    return (value) => value === exact;
  }
  if (json.prefix !== undefined) {
    const prefix = fold(bytesOf(json.prefix));
    return (value) => value.startsWith(prefix);
  }
  if (json.suffix !== undefined) {
    const suffix = fold(bytesOf(json.suffix));
    return (value) => value.endsWith(suffix);
  }
  if (json.contains !== undefined) {
    const contains = fold(bytesOf(json.contains));
    return (value) => value.includes(contains);
  }
  throw invalid('a string matcher without a pattern');
}

/** https://www.envoyproxy.io/docs/envoy/latest/api-v3/config/route/v3/route_components.proto#config-route-v3-headermatcher */
export function compileHeaderMatcher(json: HeaderMatcherJson): HeadPredicate {
  const name = (json.name ?? '').toLowerCase();
  const isInverted = json.invertMatch ?? false;
  const value = compileHeaderValue(json);
  if (!value) {
    const isPresenceWanted = (json.presentMatch ?? true) !== isInverted;
    return (head) => (headerOf(head, name) !== undefined) === isPresenceWanted;
  }
  const isMissingEmpty = json.treatMissingHeaderAsEmpty ?? false;
  return (head) => {
    // Of a repeated header each line is judged on its own: joining them would let one line hide behind another.
    const isMatching = someHeader(head, name, value) ?? (isMissingEmpty ? value('') : undefined);
    // An absent header matches no value matcher, not even an inverted one, unless it is to count as empty.
    return isMatching !== undefined && isMatching !== isInverted;
  };
}

function someHeader(head: RequestHead, name: string, value: StringPredicate): boolean | undefined {
  if (!name.startsWith(':') && name !== 'host') return head.headers.some(name, value);
  const pseudo = headerOf(head, name);
  return pseudo === undefined ? undefined : value(pseudo);
}

function compileHeaderValue(json: HeaderMatcherJson): StringPredicate | undefined {
  if (json.stringMatch) return compileStringMatcher(json.stringMatch);
  if (json.exactMatch !== undefined) return compileStringMatcher({ exact: json.exactMatch });
  if (json.prefixMatch !== undefined) return compileStringMatcher({ prefix: json.prefixMatch });
  if (json.suffixMatch !== undefined) return compileStringMatcher({ suffix: json.suffixMatch });
  if (json.containsMatch !== undefined) return compileStringMatcher({ contains: json.containsMatch });
  if (json.safeRegexMatch) return compileFullMatch(json.safeRegexMatch);
  if (json.rangeMatch) {
    const start = BigInt(json.rangeMatch.start ?? 0);
    const end = BigInt(json.rangeMatch.end ?? 0);
    return (value) => /^[+-]?\d{1,19}$/.test(value) && BigInt(value) >= start && BigInt(value) < end;
  }
  return undefined;
}

export function compileQueryMatcher(json: QueryParameterMatcherJson): HeadPredicate {
  const name = json.name ?? '';
  const value = json.stringMatch ? compileStringMatcher(json.stringMatch) : undefined;
  return (head) => {
    const found = queryParameter(head.path, name);
    if (value) return found !== undefined && value(found);
    return (found !== undefined) === (json.presentMatch ?? true);
  };
}

/** The first parameter of that name, not decoded, as Envoy compares it. */
export function queryParameter(path: string, name: string): string | undefined {
  const start = path.indexOf('?');
  if (start < 0) return undefined;
  const fragment = path.indexOf('#', start);
  for (const pair of path.slice(start + 1, fragment < 0 ? undefined : fragment).split('&')) {
    const equals = pair.indexOf('=');
    if ((equals < 0 ? pair : pair.slice(0, equals)) === name) return equals < 0 ? '' : pair.slice(equals + 1);
  }
  return undefined;
}

export function allOf(predicates: readonly HeadPredicate[]): HeadPredicate | undefined {
  const [first, second] = predicates;
  if (!first) return undefined;
  if (!second) return first;
  return (head) => predicates.every((predicate) => predicate(head));
}
