// What a route does besides choosing a destination: retries, faults, mirrors, CORS, header operations.
import type { CorsPolicy, Fault, HeaderEdit, HeaderOperations, Mirror, RetryPolicy } from '../../model/index.ts';
import type { Cursor } from '../../syntax/index.ts';
import { serviceDefaults } from '../defaults.ts';
import type { CorsIntent, FaultIntent, HeaderEditIntent, PatternIntent, RetriesIntent, RouteIntent } from '../kinds.ts';
import { formatDuration, parseDuration, parsePercent } from '../units.ts';
import type { LowerContext } from './context.ts';
import { lowerDestination, type RouteOwner } from './destinations.ts';
import { isEditableHeader, lowerPattern, reportDuplicateHeader } from './matches.ts';

/** What is not written comes from the Mesh. */
export function lowerRetries(
  retries: Cursor<RetriesIntent> | undefined,
  timeoutMs: number,
  context: LowerContext,
): RetryPolicy {
  const defaults = context.global.settings.retries;
  if (!retries) return defaults;
  const perTry = retries.get('perTryTimeout');
  const perTryTimeoutMs = perTry ? parseDuration(perTry.value) : defaults.perTryTimeoutMs;
  if (perTry && timeoutMs > 0 && perTryTimeoutMs > timeoutMs) {
    context.report('FL0413', {
      message: `a try may take ${perTry.value}, longer than the whole request with ${formatDuration(timeoutMs)}`,
      span: perTry.origin,
      hint: 'lower perTryTimeout, or raise the timeout of the route',
    });
  }
  return {
    attempts: retries.value.attempts ?? defaults.attempts,
    perTryTimeoutMs,
    on: retries.value.on ?? defaults.on,
  };
}

/** All requests unless a share is written. */
function lowerShare(on: Cursor<string> | undefined, { report }: LowerContext): number {
  const share = parsePercent(on?.value ?? serviceDefaults.percent);
  if (share > 100) report('FL0411', { message: `"${on?.value}" is over 100%`, span: on?.origin });
  return share;
}

export function lowerFault(fault: Cursor<FaultIntent> | undefined, context: LowerContext): Fault | undefined {
  if (!fault) return undefined;
  const delay = fault.get('delay');
  const abort = fault.get('abort');
  return {
    kind: 'Fault',
    origin: fault.origin,
    ...(delay && {
      delay: {
        durationMs: positiveDuration(delay.get('for'), context),
        percentage: lowerShare(delay.get('on'), context),
      },
    }),
    ...(abort && { abort: { status: abort.value.status, percentage: lowerShare(abort.get('on'), context) } }),
  };
}

/** For durations where zero would mean nothing. */
export function positiveDuration(duration: Cursor<string> | undefined, { report }: LowerContext): number {
  const milliseconds = parseDuration(duration?.value ?? '');
  if (milliseconds === 0)
    report('FL0410', {
      message: `"${duration?.value}" is no time at all`,
      span: duration?.origin,
      hint: 'at least 1ms',
    });
  return milliseconds;
}

export function lowerMirrors(route: Cursor<RouteIntent>, owner: RouteOwner, context: LowerContext): readonly Mirror[] {
  return route.list('mirror').flatMap((mirror) => {
    const to = mirror.get('to');
    const place = to && lowerDestination(to, owner, context);
    const percentage = lowerShare(mirror.get('on'), context);
    return place ? [{ kind: 'Mirror', origin: mirror.origin, ...place, percentage }] : [];
  });
}

export function lowerCors(cors: Cursor<CorsIntent> | undefined, { report }: LowerContext): CorsPolicy | undefined {
  if (!cors) return undefined;
  const { methods, allowHeaders, exposeHeaders, credentials, maxAge } = cors.value;
  const anybody = cors
    .list('origins')
    .find(({ value }) => value === '*' || (typeof value === 'object' && value.regex === '.*'));
  if (credentials && anybody) {
    report('FL0418', {
      message: 'every website may send requests with the credentials of its visitors',
      span: anybody.origin,
      related: [{ message: 'credentials are let through', span: cors.get('credentials')?.origin ?? cors.origin }],
      hint: 'name the origins that are trusted, or remove credentials',
    });
  }
  return {
    kind: 'CorsPolicy',
    origin: cors.origin,
    origins: cors.list('origins').flatMap((origin) => {
      const match = lowerOrigin(origin, report);
      return match ? [match] : [];
    }),
    methods: methods ?? [],
    allowHeaders: allowHeaders ?? [],
    exposeHeaders: exposeHeaders ?? [],
    credentials: credentials ?? false,
    ...(maxAge !== undefined && { maxAgeSeconds: Math.floor(parseDuration(maxAge) / 1000) }),
  };
}

/** `*` becomes a regular expression: an exact match on a star means different things to different proxies. */
function lowerOrigin(
  origin: Cursor<string | PatternIntent>,
  report: LowerContext['report'],
): CorsPolicy['origins'][number] | undefined {
  if (origin.value === '*') return { type: 'regex', value: '.*' };
  if (typeof origin.value === 'string') return { type: 'exact', value: origin.value };
  const pattern = lowerPattern(origin.as<PatternIntent>(), report);
  return pattern?.type === 'present' ? undefined : pattern;
}

export function lowerHeaderOperations(headers: RouteHeaders, { report }: LowerContext): HeaderOperations {
  return {
    request: lowerHeaderEdit(headers?.get('request'), report),
    response: lowerHeaderEdit(headers?.get('response'), report),
  };
}

type RouteHeaders = Cursor<NonNullable<RouteIntent['headers']>> | undefined;

function lowerHeaderEdit(edit: Cursor<HeaderEditIntent> | undefined, report: LowerContext['report']): HeaderEdit {
  const set = lowerHeaderValues(edit?.get('set'), report);
  const add = lowerHeaderValues(edit?.get('add'), report);
  return { set, add, remove: lowerRemovals(edit?.list('remove') ?? [], [set, add], report) };
}

/** What is set or added and then removed would only be removed. */
function lowerRemovals(
  names: readonly Cursor<string>[],
  written: readonly Readonly<Record<string, string>>[],
  report: LowerContext['report'],
): readonly string[] {
  const removed = new Set<string>();
  for (const name of names) {
    const lowerName = name.value.toLowerCase();
    if (!isEditableHeader(name.value, name, report)) continue;
    const isTaken = removed.has(lowerName) || written.some((values) => Object.hasOwn(values, lowerName));
    if (isTaken) reportDuplicateHeader(name.value, name, report);
    removed.add(lowerName);
  }
  return [...removed];
}

function lowerHeaderValues(
  values: Cursor<Readonly<Record<string, string>>> | undefined,
  report: LowerContext['report'],
): Readonly<Record<string, string>> {
  const result: Record<string, string> = {};
  for (const [name, value] of values?.entries() ?? []) {
    const lowerName = name.toLowerCase();
    if (!isEditableHeader(name, value, report)) continue;
    if (Object.hasOwn(result, lowerName)) reportDuplicateHeader(name, value, report);
    result[lowerName] = value.value;
  }
  return result;
}
