// `cors` of a route.
import type { Report } from '../../../diagnostics/index.ts';
import { type CorsPolicy, formatMatch, opensToAll, type ValueMatch } from '../../../model/index.ts';
import type { Cursor } from '../../../syntax/index.ts';
import type { CorsIntent, PatternIntent } from '../../kinds.ts';
import { parseDuration } from '../../units.ts';
import { isKnown } from '../methods.ts';
import { lowerPattern } from '../patterns.ts';
import { anyAction, type Feature } from './feature.ts';

export const corsPolicy: Feature<'CorsPolicy'> = {
  kind: 'CorsPolicy',
  // It has no place beside a redirect, but what is wrong in it is told all the same.
  beside: anyAction,
  lower(route, _owner, { report }) {
    const cors = route.get('cors');
    return cors ? [lowerCors(cors, report)] : [];
  },
};

interface Allowed {
  readonly written: Cursor<string | PatternIntent>;
  readonly match: ValueMatch;
}

function lowerCors(cors: Cursor<CorsIntent>, report: Report): CorsPolicy {
  const { methods: _methods, allowHeaders, exposeHeaders, credentials, maxAge } = cors.value;
  const origins = cors.list('origins').flatMap((written): Allowed[] => {
    const match = lowerOrigin(written, report);
    return match ? [{ written, match }] : [];
  });
  const anybody = credentials ? origins.find(({ match }) => opensToAll(match)) : undefined;
  if (anybody) reportUntrusted(cors, anybody, report);
  return {
    kind: 'CorsPolicy',
    origin: cors.origin,
    origins: origins.map(({ match }) => match),
    methods: cors.list('methods').flatMap((method) => (isKnown(method, report) ? [method.value] : [])),
    allowHeaders: allowHeaders ?? [],
    exposeHeaders: exposeHeaders ?? [],
    credentials: credentials ?? false,
    ...(maxAge !== undefined && { maxAgeSeconds: Math.floor(parseDuration(maxAge) / 1000) }),
  };
}

function reportUntrusted(cors: Cursor<CorsIntent>, { written, match }: Allowed, report: Report): void {
  const why = match.value === '.*' ? '' : `: ${formatMatch(match)} matches the text "*"`;
  report('FL0418', {
    message: `every website may send requests with the credentials of its visitors${why}`,
    span: written.origin,
    related: [{ message: 'credentials are let through', span: cors.get('credentials')?.origin ?? cors.origin }],
    hint: 'name the origins that are trusted, or remove credentials',
  });
}

/** `*` becomes a regular expression: an exact match on a star means different things to different proxies. */
function lowerOrigin(
  origin: Cursor<string | PatternIntent>,
  report: Report,
): CorsPolicy['origins'][number] | undefined {
  if (origin.value === '*') return { type: 'regex', value: '.*' };
  if (typeof origin.value === 'string') return { type: 'exact', value: origin.value };
  return lowerPattern(origin.as<PatternIntent>(), report);
}
