// A proxy normalizes a path before it matches it. What no normal path meets is a route that is dead, or a deny rule that denies nothing.
import { canArrive, type NeverArriving, neverArriving } from '../analysis/index.ts';
import type { DiagnosticDetail } from '../diagnostics/index.ts';
import {
  alternativesOf,
  type Clause,
  conditionsOf,
  escapeText,
  formatMatch,
  type Mesh,
  outermost,
  type PathMatch,
  quoteRegex,
  writtenRegex,
} from '../model/index.ts';
import type { Check } from './check.ts';
import { operationsOf } from './rule-clauses.ts';

export const pathsThatNeverArrive: Check = {
  name: 'path-never-arrives',
  codes: ['FL0417', 'FL0424'],
  reads: ['routeTables', 'authorizationPolicies'],
  check({ mesh }, report, placeOf) {
    for (const clause of clausesOf(mesh)) {
      for (const { code, detail, match } of findingsOf(clause))
        report(code, { ...detail, span: placeOf(clause.origin, match.value) });
    }
  },
};

/** A gateway's table repeats the routes of services. */
function clausesOf({ routeTables, authorizationPolicies }: Mesh): readonly Clause[] {
  const routes = routeTables.filter(({ attach }) => attach.mesh).flatMap(({ http }) => http);
  const rules = authorizationPolicies.flatMap((policy) => policy.rules);
  return [...routes.flatMap(({ matches }) => matches), ...rules.flatMap(operationsOf)];
}

interface Finding {
  readonly code: 'FL0417' | 'FL0424';
  readonly match: PathMatch;
  readonly detail: DiagnosticDetail;
}

/** Clauses are frozen, and most of them stay the same from one compile to the next. */
const findings = new WeakMap<Clause, readonly Finding[]>();

function findingsOf(clause: Clause): readonly Finding[] {
  const known = findings.get(clause);
  if (known) return known;
  const found = conditionsOf(clause, 'path')
    .flatMap(({ anyOf }): readonly PathMatch[] => anyOf)
    .flatMap((match) => {
      const reason = neverArriving(match);
      return reason ? [{ code: 'FL0417' as const, match, detail: wordsFor(match, reason) }] : deadParts(match);
    });
  findings.set(clause, found);
  return found;
}

/** More of them are not looked at one by one. */
const manyAlternatives = 50;

/** Alternatives of a pattern that takes something by its others. */
function deadParts(match: PathMatch): readonly Finding[] {
  if (match.type !== 'regex') return [];
  const all = alternativesOf(match.value);
  if (all.length > manyAlternatives) return [];
  const dead = all.filter((part) => neverArriving({ type: 'regex', value: part.with(part.text) }));
  return outermost(dead).flatMap((part) => {
    const reason = neverArriving({ type: 'regex', value: part.with(part.text) });
    if (!reason) return [];
    const offers = [escaped(part.text), ...(reason.why === 'no slash' ? [`/${part.text}`] : [])];
    const sent = offers.find((text) => text !== undefined && canArrive({ type: 'regex', value: part.with(text) }));
    const message = `the alternative "${part.text}" matches no path: ${why(reason)}`;
    const hint = sent !== undefined ? `write ${writtenRegex(sent)}` : reason.why === 'query' ? queryHint : undefined;
    return [{ code: 'FL0424', match, detail: { message, ...(hint !== undefined && { hint }) } }];
  });
}

function wordsFor(match: PathMatch, reason: NeverArriving): DiagnosticDetail {
  const hint = hintFor(match, reason);
  const written = match.type === 'regex' ? match.value : formatMatch(match);
  return { message: `"${written}" matches no path: ${why(reason)}`, ...(hint !== undefined && { hint }) };
}

function why(reason: NeverArriving): string {
  switch (reason.why) {
    case 'takes nothing':
      return 'there is no text of ASCII that it takes, and paths are sent in ASCII';
    case 'no slash':
      return 'it does not begin with a slash';
    case 'query':
      return 'it wants a query, and paths are matched without it';
    case 'fragment':
      return 'it wants a fragment, which is never sent';
    case 'refused':
      return `proxies refuse ${JSON.stringify(reason.text)}, which ${reason.problem}`;
    case 'changed':
      return `of ${JSON.stringify(reason.text)} proxies make ${JSON.stringify(reason.seen)}`;
  }
}

const queryHint = 'leave it out here, and match it with `query`';

function hintFor({ type, value }: PathMatch, reason: NeverArriving): string | undefined {
  if (reason.why === 'query') return queryHint;
  if (type !== 'regex') return undefined;
  const text = value.replace(/^\^/, '');
  const group = text.includes('|') ? `(?:${text})` : text;
  const ways = (pattern: string) => [escaped(pattern), pattern];
  const offers =
    reason.why === 'no slash'
      ? [firstArriving(ways(`/${group}`)), firstArriving(ways(`.*${group}`), ' for anywhere')]
      : [firstArriving([escaped(value), ...(reason.why === 'changed' ? [quoteRegex(reason.seen)] : [])])];
  const arriving = offers.filter((offer) => offer !== undefined);
  return arriving.length === 0 ? undefined : `write ${arriving.join(', or ')}`;
}

function firstArriving(patterns: readonly (string | undefined)[], where = ''): string | undefined {
  const found = patterns.find((value) => value !== undefined && canArrive({ type: 'regex', value }));
  return found === undefined ? undefined : `${writtenRegex(found)}${where}`;
}

/** The pattern with what is sent escaped as it is sent; undefined where that is not a matter of single characters. */
function escaped(pattern: string): string | undefined {
  if (/\[|\\Q/.test(pattern)) return undefined;
  return pattern.replace(/\\([|{}^])|[ "<>`]|[^\0-\x7f]+/g, (text, quoted) => escapeText(quoted ?? text));
}
