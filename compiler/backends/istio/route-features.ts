// Retries, faults, mirrors and CORS of a route in Istio's words. header-operations.ts has the last feature.
import type { Report } from '../../diagnostics/index.ts';
import {
  type CorsPolicy,
  type Fault,
  featureOf,
  featuresOf,
  nothingLeft,
  type RetryPolicy,
} from '../../model/index.ts';
import { toDestination } from './destination.ts';
import { duration } from './duration.ts';
import type { FeatureRow } from './feature-row.ts';
import { pruned } from './prune.ts';
import { toStringMatch } from './string-match.ts';

type Fields = Readonly<Record<string, unknown>>;

/** Always written: without it Istio retries twice. */
export const retries: FeatureRow<'RetryPolicy'> = {
  kind: 'RetryPolicy',
  fields: (route) => {
    const policy = featureOf(route, 'RetryPolicy');
    return { retries: policy ? toRetries(policy) : { attempts: 0 } };
  },
};

export const fault: FeatureRow<'Fault'> = {
  kind: 'Fault',
  fields: (route) => {
    const feature = featureOf(route, 'Fault');
    return { fault: feature && toFault(feature) };
  },
};

export const mirrors: FeatureRow<'Mirror'> = {
  kind: 'Mirror',
  fields: (route) => ({
    mirrors: featuresOf(route, 'Mirror').map(
      ({ kind: _kind, origin: _origin, host, port, subset, percentage, ...rest }) => {
        nothingLeft(rest);
        return { destination: toDestination({ host, port, subset }), percentage: { value: percentage } };
      },
    ),
  }),
};

export const cors: FeatureRow<'CorsPolicy'> = {
  kind: 'CorsPolicy',
  fields: (route, report) => {
    const feature = featureOf(route, 'CorsPolicy');
    return { corsPolicy: feature && toCorsPolicy(feature, report) };
  },
};

/** Attempts without a condition to retry on never happen, while Istio would fill in its default conditions. */
function toRetries(policy: RetryPolicy): Fields {
  const { kind: _kind, origin: _origin, attempts, perTryTimeoutMs, on, ...rest } = policy;
  nothingLeft(rest);
  if (attempts === 0 || on.length === 0) return { attempts: 0 };
  return pruned({ attempts, perTryTimeout: duration(perTryTimeoutMs), retryOn: on.join(',') }) ?? {};
}

function toFault({ kind: _kind, origin: _origin, delay, abort, ...rest }: Fault): Fields | undefined {
  nothingLeft(rest);
  return pruned({ delay: delay && toDelay(delay), abort: abort && toAbort(abort) });
}

/** A delay of no time has no spelling, and needs none. */
function toDelay({ durationMs, percentage, ...rest }: NonNullable<Fault['delay']>): Fields | undefined {
  nothingLeft(rest);
  const fixedDelay = duration(durationMs);
  return fixedDelay === undefined ? undefined : { fixedDelay, percentage: { value: percentage } };
}

function toAbort({ status, percentage, ...rest }: NonNullable<Fault['abort']>): Fields {
  nothingLeft(rest);
  return { httpStatus: status, percentage: { value: percentage } };
}

function toCorsPolicy(policy: CorsPolicy, report: Report): Fields | undefined {
  const {
    kind: _kind,
    origin,
    origins,
    methods,
    allowHeaders,
    exposeHeaders,
    credentials,
    maxAgeSeconds,
    ...rest
  } = policy;
  nothingLeft(rest);
  if (maxAgeSeconds === 0) {
    report('FL0505', {
      message: 'Istio cannot send a CORS max age of 0 seconds',
      span: origin,
      hint: 'use 1s, or leave maxAge out',
    });
  }
  return pruned({
    allowOrigins: origins.map((match) =>
      match.value === '' ? { regex: emptyOrigins[match.type] } : toStringMatch(match, origin, report),
    ),
    allowMethods: methods,
    allowHeaders,
    exposeHeaders,
    maxAge: duration((maxAgeSeconds ?? 0) * 1000),
    allowCredentials: credentials || undefined,
  });
}

/** Istio refuses matches of origins with an empty value; these regexes say the same. */
const emptyOrigins: Readonly<Record<CorsPolicy['origins'][number]['type'], string>> = {
  exact: '^$',
  prefix: '.*',
  suffix: '.*',
  regex: '^$',
};
