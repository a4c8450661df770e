// `cors` of a route.
import type { Report } from '../../../diagnostics/index.ts';
import type { CorsPolicy } from '../../../model/index.ts';
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

function lowerCors(cors: Cursor<CorsIntent>, report: Report): CorsPolicy {
  const { methods: _methods, allowHeaders, exposeHeaders, credentials, maxAge } = cors.value;
  if (credentials) checkTrusted(cors, report);
  return {
    kind: 'CorsPolicy',
    origin: cors.origin,
    origins: cors.list('origins').flatMap((origin) => lowerOrigin(origin, report) ?? []),
    methods: cors.list('methods').flatMap((method) => (isKnown(method, report) ? [method.value] : [])),
    allowHeaders: allowHeaders ?? [],
    exposeHeaders: exposeHeaders ?? [],
    credentials: credentials ?? false,
    ...(maxAge !== undefined && { maxAgeSeconds: Math.floor(parseDuration(maxAge) / 1000) }),
  };
}

function checkTrusted(cors: Cursor<CorsIntent>, report: Report): void {
  const anybody = cors
    .list('origins')
    .find(({ value }) => value === '*' || (typeof value === 'object' && value.regex === '.*'));
  if (!anybody) return;
  report('FL0418', {
    message: 'every website may send requests with the credentials of its visitors',
    span: anybody.origin,
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
