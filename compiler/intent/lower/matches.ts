// Paths, headers and other patterns as written to matches of the model.
import { RE2JS } from 're2js';
import type { Report } from '../../diagnostics/index.ts';
import type { HeaderMatch, HttpMatch, PathMatch, StringMatch } from '../../model/index.ts';
import type { Cursor } from '../cursor.ts';
import type { HeaderPatternIntent, MatchIntent, PatternIntent } from '../kinds.ts';

/** Matches everything. */
export const anyPath: PathMatch = { type: 'prefix', value: '/' };

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

export function lowerPath(path: Cursor<string | PatternIntent>, report: Report): PathMatch | undefined {
  if (typeof path.value === 'string') return parsePath(path.as<string>(), report);
  const pattern = lowerPattern(path.as<PatternIntent>(), report);
  return pattern?.type === 'present' ? undefined : pattern;
}

/** A plain path: exact, or `/x/*` for itself and what is under it. */
export function parsePath(path: Cursor<string>, report: Report): PathMatch | undefined {
  const text = path.value;
  if (text === '/*') return anyPath;
  const base = text.endsWith('/*') ? text.slice(0, -2) : text;
  const problem = /[?#]/.exec(base) ?? /\*/.exec(base);
  if (problem || base.endsWith('/') !== (base === text && text.endsWith('/'))) {
    report('FL0402', {
      message: `path "${text}" ${problem ? complaint(problem[0]) : 'has an empty segment before the star'}`,
      span: path.origin,
      hint: problem?.[0] === '*' ? starHint(text) : undefined,
    });
    return undefined;
  }
  return base === text ? { type: 'exact', value: text } : { type: 'segments', value: base };
}

function complaint(character: string): string {
  if (character === '*') return 'has a star that is not a last segment of its own';
  return character === '?' ? 'has a query, and paths are matched without it' : 'has a fragment, which is never sent';
}

function starHint(text: string): string {
  const base = text.slice(0, text.indexOf('*')).replace(/\/$/, '');
  return `write ${base}/* for all below it, { prefix: ${base} } for all that start so, or { regex: … }`;
}

/** One of prefix, suffix, regex. Undefined after a report. */
export function lowerPattern(pattern: Cursor<PatternIntent>, report: Report): StringMatch | undefined {
  const { prefix, suffix, regex } = pattern.value;
  if (prefix !== undefined) return { type: 'prefix', value: prefix };
  if (suffix !== undefined) return { type: 'suffix', value: suffix };
  const cursor = pattern.get('regex');
  return cursor && regex !== undefined && isRe2(cursor, report) ? { type: 'regex', value: regex } : undefined;
}

const compiled = new Map<string, string | undefined>();
const maxCompiled = 10_000;

function isRe2(regex: Cursor<string>, report: Report): boolean {
  if (compiled.size > maxCompiled) compiled.clear();
  if (!compiled.has(regex.value)) compiled.set(regex.value, re2Problem(regex.value));
  const problem = compiled.get(regex.value);
  if (problem === undefined) return true;
  report('FL0401', {
    message: `"${regex.value}" is not an RE2 regular expression: ${problem}`,
    span: regex.origin,
    hint: 'RE2 has no look-around and no back-references',
  });
  return false;
}

function re2Problem(pattern: string): string | undefined {
  try {
    RE2JS.compile(pattern);
    return undefined;
  } catch (error) {
    return (error instanceof Error ? error.message : String(error)).replace(/^error parsing regexp: /, '');
  }
}

/** Whether a pattern matches one exact value; used where an exposed path is exact. */
export function matchesExactly(match: PathMatch, value: string): boolean {
  switch (match.type) {
    case 'exact':
      return match.value === value;
    case 'prefix':
      return value.startsWith(match.value);
    case 'suffix':
      return value.endsWith(match.value);
    case 'segments':
      return value === match.value || value.startsWith(`${match.value}/`);
    case 'regex':
      return RE2JS.matches(match.value, value);
  }
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
