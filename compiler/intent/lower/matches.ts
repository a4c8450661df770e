// `match` of routes and its headers to matches of the model.
import type { Report } from '../../diagnostics/index.ts';
import type { HeaderMatch, HttpMatch, StringMatch } from '../../model/index.ts';
import type { Cursor } from '../../syntax/index.ts';
import type { HeaderPatternIntent, MatchIntent, PatternIntent } from '../kinds.ts';
import { lowerPath } from './paths.ts';
import { isRe2 } from './regexes.ts';

/** `match` of a route: nothing, one condition, or a list of alternatives. */
export function lowerMatches(
  match: Cursor<MatchIntent | readonly MatchIntent[]> | undefined,
  report: Report,
): readonly HttpMatch[] {
  if (!match) return [];
  const alternatives = Array.isArray(match.value)
    ? match.as<readonly MatchIntent[]>().items()
    : [match.as<MatchIntent>()];
  return alternatives.map((alternative) => lowerMatch(alternative, report));
}

function lowerMatch(match: Cursor<MatchIntent>, report: Report): HttpMatch {
  const path = match.get('path');
  const lowered = path && lowerPath(path, report);
  return {
    kind: 'HttpMatch',
    origin: match.origin,
    ...(lowered && { path: lowered }),
    methods: match.value.methods ?? [],
    headers: lowerHeaders(match.get('headers'), report),
    ports: [],
  };
}

/** One of prefix, suffix, regex. Undefined after a report. */
export function lowerPattern(pattern: Cursor<PatternIntent>, report: Report): StringMatch | undefined {
  const { prefix, suffix, regex } = pattern.value;
  if (prefix !== undefined) return { type: 'prefix', value: prefix };
  if (suffix !== undefined) return { type: 'suffix', value: suffix };
  const cursor = pattern.get('regex');
  return cursor && regex !== undefined && isRe2(cursor, report) ? { type: 'regex', value: regex } : undefined;
}

function lowerHeaders(
  headers: Cursor<Readonly<Record<string, string | HeaderPatternIntent>>> | undefined,
  report: Report,
): readonly HeaderMatch[] {
  const seen = new Set<string>();
  return (headers?.entries() ?? []).flatMap(([name, pattern]) => {
    if (!isFreeHeader(name, pattern, report)) return [];
    const lowerName = name.toLowerCase();
    if (seen.has(lowerName)) reportDuplicateHeader(name, pattern, report);
    seen.add(lowerName);
    const lowered = lowerHeaderPattern(pattern, report);
    return lowered ? [{ name: lowerName, ...lowered }] : [];
  });
}

function lowerHeaderPattern(
  pattern: Cursor<string | HeaderPatternIntent>,
  report: Report,
): Pick<HeaderMatch, 'match' | 'invert'> | undefined {
  if (typeof pattern.value === 'string') return { match: { type: 'exact', value: pattern.value }, invert: false };
  const object = pattern.as<HeaderPatternIntent>();
  if (object.value.present !== undefined) return { match: { type: 'present' }, invert: !object.value.present };
  const not = object.get('not');
  if (not && typeof not.value === 'string') return { match: { type: 'exact', value: not.value }, invert: true };
  const match = lowerPattern(not ? not.as<PatternIntent>() : object, report);
  return match && { match, invert: not !== undefined };
}

/** Headers by which proxies tell where a message ends; each proxy writes its own. https://www.rfc-editor.org/rfc/rfc9110#section-7.6.1 */
const framingHeaders = ['connection', 'content-length', 'keep-alive', 'te', 'transfer-encoding', 'upgrade'];

/** False, with a report, for a header that a route cannot set, add or remove. */
export function isEditableHeader(name: string, at: Cursor<unknown>, report: Report): boolean {
  if (!framingHeaders.includes(name.toLowerCase())) return isFreeHeader(name, at, report);
  report('FL0403', {
    message: `header "${name}" belongs to a single connection and cannot be changed by a route`,
    span: at.keySpan,
    hint: 'remove it: every proxy on the way writes its own',
  });
  return false;
}

/** False, with a report, for `host`: Envoy keeps it in `:authority`, where neither matches nor operations find it. */
export function isFreeHeader(name: string, at: Cursor<unknown>, report: Report): boolean {
  if (name.toLowerCase() !== 'host') return true;
  report('FL0403', {
    message: `header "${name}" can be neither matched nor changed here`,
    span: at.keySpan,
    hint: 'the host is changed with `rewrite: { host: … }`',
  });
  return false;
}

export function reportDuplicateHeader(name: string, at: Cursor<unknown>, report: Report): void {
  report('FL0415', {
    message: `header "${name}" is named twice: names ignore case`,
    span: at.keySpan,
    hint: 'keep one of the two',
  });
}
