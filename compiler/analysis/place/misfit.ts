// Why an access rule does not match: for each of its parts, what is not as the rule wants it.
import { type AuthorizationRule, type Clause, type Condition, fieldName, isAboutRequest } from '../../model/index.ts';
import type { RequestParts } from '../fields/dimension.ts';
import type { Known } from '../fields/index.ts';
import { describeMismatch, type Mismatch, mergeMismatches, mismatchOf } from '../fields/mismatch.ts';

/** What is known of a request: of a line of a log, some fields are not. */
export interface Seen {
  readonly known: Known;
  readonly request: RequestParts;
  readonly isHttp: boolean;
  readonly isTold: (condition: Condition) => boolean;
}

/** `holds`: the rule matches. `open`: it depends on what is not known. */
export type Fit = { readonly fit: 'holds' } | { readonly fit: 'misses' | 'open'; readonly why: string };

const holds: Fit = { fit: 'holds' };

/** Whether some condition of the rule needs HTTP. */
export function asksOfRequest({ from, to, when }: Pick<AuthorizationRule, 'from' | 'to' | 'when'>): boolean {
  return [...[...from, ...to].flatMap(({ all }) => all), ...when].some(isAboutRequest);
}

export function fitOf({ from, to, when }: AuthorizationRule, seen: Seen): Fit {
  if (!seen.isHttp && asksOfRequest({ from, to, when })) {
    return { fit: 'misses', why: 'it asks about requests, and the port is not HTTP' };
  }
  const parts = [fitOfAny(from, seen), fitOfAny(to, seen), ...when.map((condition) => fitOfAll([condition], seen))];
  const misses = parts.filter((part) => part.fit === 'misses');
  return joined(misses.length > 0 ? misses : parts.filter((part) => part.fit === 'open'));
}

/** All of the parts matter, for all must hold. */
function joined(parts: readonly Fit[]): Fit {
  const told = parts.flatMap((part) => (part.fit === 'holds' ? [] : [part]));
  const [first] = told;
  return first ? { ...first, why: told.map(({ why }) => why).join('; and ') } : holds;
}

function fitOfAny(clauses: readonly Clause[], seen: Seen): Fit {
  if (clauses.length === 0) return { fit: 'misses', why: 'it names nothing that could match' };
  const found = clauses.map(({ all }) => look(all, seen));
  if (found.some(({ missing, open }) => missing.length === 0 && open.length === 0)) return holds;
  const open = found.filter(({ missing }) => missing.length === 0);
  if (open.length > 0) return openFit(open.flatMap((one) => one.open));
  // One reason is enough for each alternative; the rest of it was not looked at by anybody.
  const first = found.flatMap(({ missing }) => missing.slice(0, 1));
  return { fit: 'misses', why: mergeMismatches(first).map(describeMismatch).join(', or ') };
}

function fitOfAll(conditions: readonly Condition[], seen: Seen): Fit {
  const { missing, open } = look(conditions, seen);
  if (missing.length > 0) return { fit: 'misses', why: missing.map(describeMismatch).join(', and ') };
  return open.length > 0 ? openFit(open) : holds;
}

function openFit(conditions: readonly Condition[]): Fit {
  const fields = [...new Set(conditions.map(fieldName))];
  return { fit: 'open', why: `it depends on the ${fields.join(' and the ')}, which is not known here` };
}

interface Look {
  readonly missing: readonly Mismatch[];
  readonly open: readonly Condition[];
}

function look(conditions: readonly Condition[], { known, request, isTold }: Seen): Look {
  return {
    missing: conditions.filter(isTold).flatMap((condition) => mismatchOf(condition, request, known) ?? []),
    open: conditions.filter((condition) => !isTold(condition)),
  };
}
