// What a pattern asks for beside what it can get: alternatives that nobody sends, and origins that browsers never have.
import { isOrigin, isSent } from '../analysis/index.ts';
import type { Report } from '../diagnostics/index.ts';
import {
  alternativesOf,
  type Clause,
  featureOf,
  formatMatch,
  opensToAll,
  outermost,
  type StringMatch,
  type ValueMatch,
} from '../model/index.ts';
import type { Check, PlaceOf } from './check.ts';
import { operationsOf } from './rule-clauses.ts';

export const unsentValues: Check = {
  name: 'unsent-value',
  codes: ['FL0425', 'FL0426'],
  reads: ['routeTables', 'authorizationPolicies'],
  check({ mesh }, report, placeOf) {
    // A gateway's table repeats the routes of services.
    const routes = mesh.routeTables.filter(({ attach }) => attach.mesh).flatMap(({ http }) => http);
    const rules = mesh.authorizationPolicies.flatMap((policy) => policy.rules);
    for (const clause of [...routes.flatMap(({ matches }) => matches), ...rules.flatMap(operationsOf)])
      checkClause(clause, report, placeOf);
    for (const { origins, origin } of routes.flatMap((route) => featureOf(route, 'CorsPolicy') ?? [])) {
      for (const match of origins) {
        if (isOfUse(match)) reportParts({ match, what: 'origin', origin, isSome: isOfUse }, report, placeOf);
        else
          report('FL0426', {
            message: `browsers never send an origin that is ${formatMatch(match)}`,
            span: placeOf(origin, match.value),
            hint: originHint(match.value),
          });
      }
    }
  },
};

/** One that takes `*`, which nobody sends, lets everybody in (FL0418, FL0464). */
function isOfUse(match: ValueMatch): boolean {
  return opensToAll(match) || isOrigin(match);
}

function checkClause(clause: Clause, report: Report, placeOf: PlaceOf): void {
  for (const condition of clause.all) {
    if (condition.kind !== 'header' && condition.kind !== 'query') continue;
    const { kind, anyOf } = condition;
    const isSome = (match: StringMatch) => isSent(condition, match);
    const what = kind === 'header' ? 'header' : 'query parameter';
    for (const match of anyOf) {
      // Where nothing of it is sent at all, FL0421 says so.
      if (isSome(match)) reportParts({ match, what, origin: clause.origin, isSome }, report, placeOf);
    }
  }
}

interface Judged {
  readonly match: StringMatch;
  readonly what: string;
  readonly origin: Clause['origin'];
  readonly isSome: (match: { readonly type: 'regex'; readonly value: string }) => boolean;
}

/** More of them are not looked at one by one. */
const manyAlternatives = 50;

function reportParts({ match, what, origin, isSome }: Judged, report: Report, placeOf: PlaceOf): void {
  const all = match.type === 'regex' ? alternativesOf(match.value) : [];
  if (match.type !== 'regex' || all.length > manyAlternatives) return;
  for (const part of outermost(all.filter((one) => !isSome({ type: 'regex', value: one.with(one.text) })))) {
    const trimmed = part.text.trim();
    const isMended = trimmed !== '' && trimmed !== part.text && isSome({ type: 'regex', value: part.with(trimmed) });
    report('FL0425', {
      message: `the alternative ${JSON.stringify(part.text)} matches no ${what} that is ever sent`,
      span: placeOf(origin, match.value),
      hint: isMended ? `write ${trimmed}` : 'write it as it is sent, or remove it',
    });
  }
}

/** In lower case, without what follows the host, and without the port that the scheme has anyway. */
function originHint(value: string): string {
  const sent = value
    .toLowerCase()
    .replace(/^([a-z][a-z0-9+.-]*:\/\/[^/]+)\/.*$/, '$1')
    .replace(/\/+$/, '')
    .replace(/^(http:.*):80$|^(https:.*):443$/, '$1$2');
  return sent !== value && isOrigin({ type: 'exact', value: sent })
    ? `write ${sent}`
    : 'an origin is a scheme, a host in lower case and, where it is not 80 for http or 443 for https, a port: no path';
}
