// Paths as written to path matches. Refuses what no request can ever match, or what a reader would take for a pattern.
import type { Report } from '../../diagnostics/index.ts';
import {
  decodePath,
  everyPath,
  normalizePath,
  type PathMatch,
  quoteRegex,
  type Reading,
  targetProblem,
  writtenRegex,
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
  if (literal && !isLiteral({ path: literal, base: literal.value, end }, place, report)) return undefined;
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
  if (!isLiteral({ path, base }, place, report)) return undefined;
  if (base === text) return { type: 'exact', value: text };
  if (!base.endsWith('/')) return { type: 'segments', value: base };
  report('FL0402', { message: `path "${text}" has an empty segment before the star`, span: path.origin });
  return undefined;
}

/** For paths that are sent and not matched: of a rewrite or a redirect. */
export function checkSentPath(path: Cursor<string> | undefined, report: Report): void {
  if (!path) return;
  const literal = { path, base: path.value };
  const found = /[*?#]/.exec(path.value)?.[0];
  if (!found) return void (refusalOf(literal) && reportRefusal(literal, inExpose, report));
  const base = path.value.replace(/[*?#].*$/, '');
  report('FL0402', {
    message: `path "${path.value}" has ${found === '*' ? 'a star, which would be sent as it stands' : "a query or fragment; the request's own query is kept"}`,
    span: path.origin,
    hint: refusalOf({ base }) ? undefined : `write ${base}`,
  });
}

/** What is written of a path: `base` is it without the star that ends it, `end` says which end of a path, where it is not the whole. */
interface Literal {
  readonly path: Cursor<string>;
  readonly base: string;
  readonly end?: 'prefix' | 'suffix';
}

/** False after a report of an error. */
function isLiteral(literal: Literal, place: PathPlace, report: Report): boolean {
  const { path, base } = literal;
  const text = path.value;
  const found = misreadings.find(({ pattern }) => pattern.test(base));
  if (found) {
    const hint = found.hint?.(text, place);
    report('FL0402', { message: `path "${text}" ${found.what}`, span: path.origin, hint });
    return false;
  }
  if (refusalOf(literal)) return reportRefusal(literal, place, report);
  const bare = base.search(/%(?![\da-f]{2})/i);
  // What follows a written prefix may make an escape of its end.
  if (bare >= 0 && !(literal.end === 'prefix' && bare >= base.length - 2)) {
    report('FL0420', {
      message: `path "${text}" has a per cent sign that starts no escape: only what is sent badly escaped matches`,
      span: path.origin,
      hint: 'write %25 for it',
    });
  }
  return true;
}

/** A letter beside which nothing is resolved or decoded, for the part of a path that is not written. */
const rest = 'x';

/** What of a path proxies do not let through as it is written: any such never arrives. */
function refusalOf({ base, end }: Pick<Literal, 'base' | 'end'>): Refusal | undefined {
  const [before, after] = [end === 'suffix' ? `/${rest}` : '', end === 'prefix' ? rest : ''];
  const whole = before + base + after;
  const seen = normalizePath(whole);
  const problem = targetProblem(seen);
  if (seen === whole && problem === undefined) return undefined;
  const what = changes.find(({ pattern }) => pattern.test(whole))?.what;
  if (problem !== undefined || !seen.startsWith(before) || !seen.endsWith(after)) return { what };
  return { what, shown: seen.slice(before.length, seen.length - after.length) };
}

interface Refusal {
  readonly what: string | undefined;
  /** What arrives in its place. */
  readonly shown?: string;
}

function reportRefusal(literal: Literal, place: PathPlace, report: Report): false {
  const { path, base } = literal;
  const { what = 'never arrives as it is written', shown } = refusalOf(literal) ?? { what: undefined };
  const star = path.value.slice(base.length);
  report('FL0402', {
    message: `path "${path.value}" ${what}`,
    span: path.origin,
    hint:
      shown === undefined
        ? undefined
        : `write ${patternOffer(path.value, place)}${star === '' ? shown : shown.replace(/\/$/, '') + star}`,
  });
  return false;
}

/** For a regex that was written as a plain path: what says the same. */
function patternOffer(text: string, { hasPatterns, hasRegexes }: PathPlace): string {
  const [, start] = /^\/\^\/?([\w/-]+)$/.exec(text) ?? [];
  if (start !== undefined && hasPatterns) return `{ prefix: /${start} } for all that start so, or `;
  const isGroup = /^\/[\w/-]*\([\w/|-]+\)[\w/-]*$/.test(text);
  return isGroup && hasRegexes ? `{ regex: ${writtenRegex(text)} }, or ` : '';
}

interface Misreading {
  readonly pattern: RegExp;
  readonly what: string;
  readonly hint?: (path: string, place: PathPlace) => string | undefined;
}

/** What a reader takes for something else than a part of a path. */
const misreadings: readonly Misreading[] = [
  { pattern: /\?/, what: 'has a query, and paths are matched without it', hint: queryHint },
  { pattern: /#/, what: 'has a fragment, which is never sent' },
  {
    pattern: /\{\*\*?\}/,
    what: 'is a path template, as of Istio, and is taken literally here',
    hint: templatedHint,
  },
  { pattern: /\*/, what: 'has a star that is not a last segment of its own', hint: starHint },
  { pattern: /[{}]/, what: 'has braces, which are taken literally', hint: segmentHint },
  {
    pattern: /\/:[A-Za-z_]\w*(?=\/|$)/,
    what: 'has a segment that begins with a colon, which is taken literally',
    hint: segmentHint,
  },
];

/** What proxies do to a path before they match it. https://www.rfc-editor.org/rfc/rfc3986#section-2.3 */
const changes: readonly Misreading[] = [
  { pattern: /%00/, what: 'has %00, with which proxies refuse requests' },
  { pattern: /\\/, what: 'has a backslash, which proxies take for a slash' },
  {
    pattern: /\/\.\.?(;[^/]*)?(\/|$)/,
    what: 'has a segment of dots, which proxies resolve before they match',
  },
  {
    pattern: /%(?:2[de]|3\d|[46][1-9a-f]|[57][\da]|5f|7e)/i,
    what: 'has an escape that proxies decode before they match',
  },
  { pattern: /[^!-~]|["<>^`|]/, what: 'has characters that are sent escaped' },
];

/** Parameters are matched by name, where they can be matched at all. */
function queryHint(path: string, { hasRegexes }: PathPlace): string | undefined {
  const [base = '', query = ''] = path.split('?', 2);
  if (!base.startsWith('/') || /[*{}#]/.test(base) || refusalOf({ base: decodePath(base) })) return undefined;
  const names = query.split('&').flatMap((pair) => pair.split('=', 1)[0] || []);
  if (!hasRegexes || names.length === 0) return `write ${base}`;
  return `write ${base} and, beside \`path\`, what \`query\` is to hold: ${names.join(', ')}`;
}

/** `{id}` or `:id`. */
const parameter = /\{[^}]*\}?|(?<=\/):[A-Za-z_]\w*(?=\/|$)/;

/** Each parameter as one segment, and the rest as it arrives. */
function segmentHint(path: string, { hasRegexes }: PathPlace): string | undefined {
  const pieces = path.split(new RegExp(parameter, 'g'));
  if (refusalOf({ base: decodePath(pieces.join(rest)) })) return undefined;
  if (hasRegexes) {
    const regex = pieces.map((piece) => quoteRegex(decodePath(piece))).join('[^/]+');
    return `write { regex: ${writtenRegex(regex)} }`;
  }
  return `write ${decodePath(pieces[0] ?? '').replace(/[^/]*$/, '')}* for all below it`;
}

/** `{*}` is one segment, `{**}` any number of them. https://istio.io/latest/docs/reference/config/security/authorization-policy/#Operation */
function templatedHint(path: string, { hasRegexes }: PathPlace): string | undefined {
  const pieces = path.split(/(\{\*\*?\})/);
  const [start = ''] = pieces;
  const below = `${start.replace(/[^/]*$/, '')}*`;
  if (!start.startsWith('/') || refusalOf({ base: decodePath(pieces.filter((_, i) => i % 2 === 0).join(rest)) }))
    return undefined;
  if (path === `${start}{**}` && start.endsWith('/')) return `write ${below}`;
  if (!hasRegexes) return `templates cannot be said here: write ${below} for all below it`;
  const regex = pieces
    .map((piece) => (piece === '{*}' ? '[^/]+' : piece === '{**}' ? '.*' : quoteRegex(decodePath(piece))))
    .join('');
  return `write { regex: ${writtenRegex(regex)} }`;
}

function starHint(path: string, { hasPatterns, hasRegexes }: PathPlace): string | undefined {
  const [, suffix] = /^\/\*(\.[\w.-]+)$/.exec(path) ?? [];
  if (suffix !== undefined && hasPatterns) return `write { suffix: ${suffix} }`;
  const [, start] = /^(\/[\w/-]*)\.\*$/.exec(path) ?? [];
  if (start !== undefined && hasPatterns) return `write { prefix: ${start} } for all that start so`;
  const written = path.slice(0, path.indexOf('*')).replace(/\/+$/, '');
  const refusal = refusalOf({ base: written });
  const base = refusal ? refusal.shown : written;
  const isBase = base?.startsWith('/') && !misreadings.some(({ pattern }) => pattern.test(base));
  if (!isBase) return hasRegexes ? 'write { regex: … } for a pattern' : undefined;
  const ways = [
    `${base}/* for all below it`,
    ...(hasPatterns ? [`{ prefix: ${base} } for all that start so`] : []),
    ...(hasRegexes ? ['{ regex: … }'] : []),
  ];
  const last = ways.pop();
  return `write ${ways.length > 0 ? `${ways.join(', ')}, or ` : ''}${last}`;
}
