// CORS on a route that no preflight gets to: it is an OPTIONS request without headers of the page's own, and meets another route.
// https://fetch.spec.whatwg.org/#cors-preflight-fetch
import {
  type Clause,
  type Condition,
  type CorsPolicy,
  featureOf,
  formatMatch,
  fieldName,
  type HttpRoute,
  matchesString,
} from '../model/index.ts';
import type { Check } from './check.ts';
import { clauseCovers } from './match-covers.ts';

export const missedPreflights: Check = {
  name: 'missed-preflight',
  codes: ['FL0457'],
  reads: ['routeTables'],
  check({ mesh }, report) {
    for (const { http, attach } of mesh.routeTables) {
      // A gateway's table repeats the routes of services.
      const met = attach.mesh ? metByOrigin(http) : undefined;
      if (!met) continue;
      for (const route of http) {
        const cors = featureOf(route, 'CorsPolicy');
        const blocked = cors ? route.matches.filter(({ all }) => all.some(isObstacle)) : [];
        if (!cors || blocked.length === 0) continue;
        const beside = cors.origins.flatMap((origin) => met.get(formatMatch(origin)) ?? []);
        const missed = blocked.find((match) => isMissed(match, beside));
        const obstacle = missed?.all.find(isObstacle);
        if (!missed || !obstacle || !isAsked(cors, obstacle)) continue;
        report('FL0457', {
          message: `no preflight gets to this route: ${reasonOf(obstacle)}`,
          span: cors.origin,
          related: [{ message: 'what keeps it away', span: missed.origin }],
          hint: 'add an alternative to the match, with the same path and `methods: [OPTIONS]`',
        });
      }
    }
  },
};

/** What preflights meet of the routes with CORS for an origin, as it is written. Undefined where no route has CORS. */
function metByOrigin(routes: readonly HttpRoute[]): ReadonlyMap<string, readonly Clause[]> | undefined {
  const found = new Map<string, Clause[]>();
  for (const route of routes) {
    const met = route.matches.filter(({ all }) => !all.some(isObstacle));
    for (const origin of featureOf(route, 'CorsPolicy')?.origins ?? []) {
      const key = formatMatch(origin);
      const known = found.get(key);
      if (known) for (const clause of met) known.push(clause);
      else found.set(key, [...met]);
    }
  }
  return found.size === 0 ? undefined : found;
}

/** A page that only reads, and adds no header, may do without a preflight. */
function isAsked({ methods, allowHeaders }: CorsPolicy, obstacle: Condition): boolean {
  if (obstacle.kind !== 'method' || allowHeaders.length > 0) return true;
  const taken = obstacle.anyOf.map(formatMatch);
  return obstacle.not || [...methods, ...taken].some((method) => method !== 'GET' && method !== 'HEAD');
}

/** Whether nothing of what preflights meet has to do with what it takes, leaving aside what no preflight has. */
function isMissed(match: Clause, met: readonly Clause[]): boolean {
  const bare: Clause = { ...match, all: match.all.filter((condition) => !isObstacle(condition)) };
  return !met.some((other) => clauseCovers(other, bare) || clauseCovers(bare, other));
}

/** Browsers send these by themselves, and proxies add what begins like the last. */
const ofBrowsers =
  /^(origin|access-control-request-.*|user-agent|accept.*|referer|host|sec-.*|x-forwarded-.*|x-request-id)$/;

/** What no preflight meets. */
function isObstacle(condition: Condition): boolean {
  if (condition.kind === 'method')
    return condition.anyOf.some((match) => matchesString(match, 'OPTIONS')) === condition.not;
  return condition.kind === 'header' && !condition.not && !ofBrowsers.test(condition.name);
}

function reasonOf(obstacle: Condition): string {
  return obstacle.kind === 'method'
    ? 'it asks by OPTIONS'
    : `it has no ${fieldName(obstacle)}, which is the page's own`;
}
