// Injected delays and errors on the caller's side.
import { type Fault, featureOf, nothingLeft, type Reading } from '../../../model/index.ts';
import { any } from '../any.ts';
import { duration, fraction } from '../json-values.ts';
import type { RouteFeatureRow } from '../route-feature-row.ts';

export const fault: RouteFeatureRow<'Fault'> = {
  kind: 'Fault',
  filter: {
    name: 'envoy.filters.http.fault',
    configure: () => any('envoy.extensions.filters.http.fault.v3.HTTPFault', {}),
  },
  parts: (route) => {
    const feature = featureOf(route, 'Fault');
    return feature ? { filter: inject(feature) } : {};
  },
};

function inject({ kind: _kind, origin: _origin, delay, abort, ...rest }: Fault) {
  nothingLeft(rest);
  return any('envoy.extensions.filters.http.fault.v3.HTTPFault', {
    ...(delay && { delay: delayed(delay) }),
    ...(abort && { abort: aborted(abort) }),
  });
}

function delayed({ durationMs, percentage }: Reading<NonNullable<Fault['delay']>, 'durationMs' | 'percentage'>) {
  return { fixedDelay: duration(durationMs), percentage: fraction(percentage) };
}

function aborted({ status, percentage }: Reading<NonNullable<Fault['abort']>, 'status' | 'percentage'>) {
  return { httpStatus: status, percentage: fraction(percentage) };
}
