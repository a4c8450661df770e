// Injected delays and errors on the caller's side.
import type { Fault } from '../../../model/index.ts';
import { any } from '../any.ts';
import { duration, fraction } from '../json-values.ts';
import type { HttpFilterBuilder } from './http-filter.ts';

export const faultFilter: HttpFilterBuilder = {
  name: 'envoy.filters.http.fault',
  configure: () => any('envoy.extensions.filters.http.fault.v3.HTTPFault', {}),
  configureRoute: ({ fault }) => fault && inject(fault),
};

function inject({ delay, abort }: Fault) {
  return any('envoy.extensions.filters.http.fault.v3.HTTPFault', {
    ...(delay && { delay: { fixedDelay: duration(delay.durationMs), percentage: fraction(delay.percentage) } }),
    ...(abort && { abort: { httpStatus: abort.status, percentage: fraction(abort.percentage) } }),
  });
}
