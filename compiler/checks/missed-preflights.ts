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
      if (!attach.mesh || !http.some(isWithCors)) continue;
      for (const route of http) {
        const cors = featureOf(route, 'CorsPolicy');
        const missed = cors && route.matches.find((match) => isMissed(match, metBy(http, cors)));
        const obstacle = missed?.all.find(isObstacle);
        if (!cors || !missed || !obstacle || !isAsked(cors, obstacle)) continue;
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

/** What preflights meet of routes with CORS for a same origin. */
function metBy(routes: readonly HttpRoute[], { origins }: CorsPolicy): readonly Clause[] {
  const wanted = new Set(origins.map(formatMatch));
  const isForSame = (route: HttpRoute) =>
    featureOf(route, 'CorsPolicy')?.origins.some((origin) => wanted.has(formatMatch(origin))) ?? false;
  return routes.filter(isForSame).flatMap(({ matches }) => matches.filter((match) => !match.all.some(isObstacle)));
}

/** A page that only reads, and adds no header, may do without a preflight. */
function isAsked({ methods, allowHeaders }: CorsPolicy, obstacle: Condition): boolean {
  if (obstacle.kind !== 'method' || allowHeaders.length > 0) return true;
  const taken = obstacle.anyOf.map(formatMatch);
  return obstacle.not || [...methods, ...taken].some((method) => method !== 'GET' && method !== 'HEAD');
}

function isWithCors(route: HttpRoute): boolean {
  return featureOf(route, 'CorsPolicy') !== undefined;
}

/** Whether nothing of what preflights meet has to do with what it takes, leaving aside what no preflight has. */
function isMissed(match: Clause, met: readonly Clause[]): boolean {
  if (!match.all.some(isObstacle)) return false;
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
