// The parts of an HTTP route besides its match: destinations, retries, faults, mirrors, CORS, header operations.
import type { Report } from '../../diagnostics/index.ts';
import type { CorsPolicy, Fault, Mirror, RetryPolicy, WeightedDestination } from '../../model/index.ts';
import { duration } from './duration.ts';
import { pruned } from './prune.ts';
import { toStringMatch } from './string-match.ts';

type Fields = Readonly<Record<string, unknown>>;
type Target = Pick<WeightedDestination, 'host' | 'subset' | 'port'>;

/** Port 0 is left out: Istio then takes the only port of the service, or the one dialled. */
export function destination({ host, subset, port }: Target): Fields {
  return {
    host,
    ...(subset !== '' && { subset }),
    ...(port !== 0 && { port: { number: port } }),
  };
}

/** A single destination gets everything and needs no weight. */
export function weighted(destinations: readonly WeightedDestination[]): readonly (Target & { weight?: number })[] {
  const isSplit = destinations.length > 1;
  return destinations.map(({ host, subset, port, weight }) => ({ host, subset, port, ...(isSplit && { weight }) }));
}

/**
 * Always written: without it Istio retries twice. Attempts without a condition to retry on never happen,
 * while Istio would fill in its default conditions.
 */
export function retriesOf({ attempts, perTryTimeoutMs, on }: RetryPolicy): Fields {
  if (attempts === 0 || on.length === 0) return { attempts: 0 };
  return pruned({ attempts, perTryTimeout: duration(perTryTimeoutMs), retryOn: on.join(',') }) ?? {};
}

export function faultOf(fault: Fault | undefined): Fields | undefined {
  if (!fault) return undefined;
  const { delay, abort } = fault;
  const fixedDelay = delay && duration(delay.durationMs);
  return pruned({
    // A delay of no time has no spelling, and needs none.
    delay: delay && fixedDelay !== undefined ? { fixedDelay, percentage: { value: delay.percentage } } : undefined,
    abort: abort && { httpStatus: abort.status, percentage: { value: abort.percentage } },
  });
}

export function mirrorsOf(mirrors: readonly Mirror[]): readonly Fields[] {
  return mirrors.map((mirror) => ({ destination: destination(mirror), percentage: { value: mirror.percentage } }));
}

export function corsPolicy(cors: CorsPolicy | undefined, report: Report): Fields | undefined {
  if (!cors) return undefined;
  if (cors.maxAgeSeconds === 0) {
    report('FL0505', {
      message: 'Istio cannot send a CORS max age of 0 seconds',
      span: cors.origin,
      hint: 'use 1s, or leave maxAge out',
    });
  }
  return pruned({
    allowOrigins: cors.origins.map((origin) => toOrigin(origin, cors, report)),
    allowMethods: cors.methods,
    allowHeaders: cors.allowHeaders,
    exposeHeaders: cors.exposeHeaders,
    maxAge: duration((cors.maxAgeSeconds ?? 0) * 1000),
    allowCredentials: cors.credentials || undefined,
  });
}

/** Istio refuses empty matches of origins; a regex says the same. */
function toOrigin(origin: CorsPolicy['origins'][number], cors: CorsPolicy, report: Report): Fields {
  if (origin.value !== '') return toStringMatch(origin, cors.origin, report);
  return { regex: origin.type === 'prefix' || origin.type === 'suffix' ? '.*' : '^$' };
}
