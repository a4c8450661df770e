// Paths as written to path matches. Refuses what no request can ever match, or what a reader would take for a pattern.
import type { Report } from '../../diagnostics/index.ts';
import {
  escapeText,
  everyPath,
  normalizePath,
  type PathMatch,
  type Reading,
  targetProblem,
} from '../../model/index.ts';
import type { Cursor } from '../../syntax/index.ts';
import type { PatternIntent } from '../kinds.ts';
import { isRe2 } from './regexes.ts';

/** What intent can say of a path. */
type Written = Reading<PathMatch, 'type' | 'value'>;

/** Where a path stands, and what may be written there besides a plain one: hints offer nothing that is refused. */
export interface PathPlace {
  readonly hasPatterns: boolean;
  readonly hasRegexes: boolean;
}

export const inMatch: PathPlace = { hasPatterns: true, hasRegexes: true };
export const inAccess: PathPlace = { hasPatterns: true, hasRegexes: false };
export const inExpose: PathPlace = { hasPatterns: false, hasRegexes: false };

/** Undefined after a report. */
export function lowerPath(path: Cursor<string | PatternIntent>, place: PathPlace, report: Report): Written | undefined {
  if (typeof path.value === 'string') return parsePath(path.as<string>(), place, report);
  const { prefix, suffix, regex } = path.value;
  const literal = path.as<PatternIntent>().get(prefix !== undefined ? 'prefix' : 'suffix');
  const end = prefix !== undefined ? 'prefix' : 'suffix';
  if (literal && !isLiteral(literal, literal.value, { place, report, end })) return undefined;
  if (prefix !== undefined) return { type: 'prefix', value: prefix };
  if (suffix !== undefined) return { type: 'suffix', value: suffix };
  const cursor = path.as<PatternIntent>().get('regex');
  return cursor && regex !== undefined && isRe2(cursor, report) ? { type: 'regex', value: regex } : undefined;
}

/** A plain path: exact, or `/x/*` for itself and what is under it. */
export function parsePath(path: Cursor<string>, place: PathPlace, report: Report): Written | undefined {
  const text = path.value;
  if (text === '/*') return everyPath;
  const base = text.endsWith('/*') ? text.slice(0, -2) : text;
  if (!isLiteral(path, base, { place, report })) return undefined;
  if (base === text) return { type: 'exact', value: text };
  if (!base.endsWith('/')) return { type: 'segments', value: base };
  report('FL0402', { message: `path "${text}" has an empty segment before the star`, span: path.origin });
  return undefined;
}

/** For paths that are sent and not matched: of a rewrite or a redirect. */
export function checkSentPath(path: Cursor<string> | undefined, report: Report): void {
  if (!path) return;
  const found = /[*?#]/.exec(path.value)?.[0];
  if (!found) return void checkArriving(path, path.value, { report });
  report('FL0402', {
    message: `path "${path.value}" has ${found === '*' ? 'a star, which would be sent as it stands' : "a query or fragment; the request's own query is kept"}`,
    span: path.origin,
    hint: found === '*' ? `write ${path.value.replace(/\*.*$/, '')}` : `write ${path.value.replace(/[?#].*$/, '')}`,
  });
}

/** False after a report. `base` is the path without the star that ends it. */
function isLiteral(path: Cursor<string>, base: string, told: Told): boolean {
  const { place, report } = told;
  const text = path.value;
  const problem = complaints.find(({ pattern }) => pattern.test(wholeOf(base, told.end).join('')));
  if (!problem) return checkArriving(path, base, told);
  report('FL0402', { message: `path "${text}" ${problem.what}`, span: path.origin, hint: problem.hint?.(text, place) });
  return false;
}

interface Told {
  readonly place: PathPlace;
  readonly report: Report;
  /** Which end of a path is written, where it is not the whole. */
  readonly end?: 'prefix' | 'suffix';
}

/** A letter beside which nothing is resolved or decoded, for the part of a path that is not written. */
const rest = 'x';

/** A path that has what is written at its end. */
function wholeOf(base: string, end: Told['end']): readonly [before: string, base: string, after: string] {
  return [end === 'suffix' ? `/${rest}` : '', base, end === 'prefix' ? rest : ''];
}

/** What of a path proxies let through as it is written. False after a report: any other never arrives. */
function checkArriving(path: Cursor<string>, base: string, { report, end }: Omit<Told, 'place'>): boolean {
  const [before, , after] = wholeOf(base, end);
  const whole = before + base + after;
  const seen = normalizePath(whole);
  if (seen === whole && targetProblem(whole) === undefined) return true;
  const isWhole = seen.startsWith(before) && seen.endsWith(after) && targetProblem(seen) === undefined;
  const shown = seen.slice(before.length, seen.length - after.length);
  report('FL0402', {
    message: `path "${path.value}" never arrives as it is written: proxies ${isWhole ? `make "${shown}" of it` : 'refuse or resolve it'}`,
    span: path.origin,
    ...(isWhole && { hint: `write ${shown}${path.value.slice(base.length)}` }),
  });
  return false;
}

interface Complaint {
  readonly pattern: RegExp;
  readonly what: string;
  readonly hint?: (path: string, place: PathPlace) => string | undefined;
}

/** Proxies decode escapes of these before they match. https://www.rfc-editor.org/rfc/rfc3986#section-2.3 */
const escapedUnreserved = /%(?:2[de]|3\d|[46][1-9a-f]|[57][\da]|5f|7e)/i;

const complaints: readonly Complaint[] = [
  { pattern: /\?/, what: 'has a query, and paths are matched without it' },
  { pattern: /#/, what: 'has a fragment, which is never sent' },
  { pattern: /\*/, what: 'has a star that is not a last segment of its own', hint: starHint },
  {
    pattern: /[{}]/,
    what: 'has braces, which are taken literally',
    hint: bracesHint,
  },
  { pattern: /\\/, what: 'has a backslash, which proxies take for a slash' },
  {
    pattern: /^\/(.*\/)?\.\.?(;[^/]*)?(\/|$)/,
    what: 'has a segment of dots, which proxies resolve before they match',
    hint: (path) => `write ${normalizePath(path)}`,
  },
  { pattern: /%(?![\da-f]{2})/i, what: 'has a per cent sign that starts no escape', hint: () => 'write %25 for it' },
  {
    pattern: escapedUnreserved,
    what: 'has an escape that proxies decode before they match',
    hint: (path) =>
      `write ${path.replace(new RegExp(escapedUnreserved, 'gi'), (code) => String.fromCharCode(Number.parseInt(code.slice(1), 16)))}`,
  },
  {
    pattern: /[^\x20-\x7e]/,
    what: 'has characters that are sent escaped',
    hint: (path) => `write ${path.replace(/[^\x20-\x7e]+/g, escapeText)}`,
  },
];

function bracesHint(path: string, { hasRegexes }: PathPlace): string {
  if (hasRegexes) return `write { regex: "${path.replace(/\{[^}]*\}?/g, '[^/]+')}" }`;
  return `write ${path.slice(0, path.indexOf('{')).replace(/[^/]*$/, '')}* for all below it`;
}

function starHint(path: string, { hasPatterns, hasRegexes }: PathPlace): string | undefined {
  const base = path.slice(0, path.indexOf('*')).replace(/\/$/, '');
  if (!base.startsWith('/')) return hasRegexes ? 'write { regex: … } for a pattern' : undefined;
  const ways = [
    `${base}/* for all below it`,
    ...(hasPatterns ? [`{ prefix: ${base} } for all that start so`] : []),
    ...(hasRegexes ? ['{ regex: … }'] : []),
  ];
  const last = ways.pop();
  return `write ${ways.length > 0 ? `${ways.join(', ')}, or ` : ''}${last}`;
}
