// The HTTP filters, in the order in which requests pass them (docs/semantics.md).
import type { HttpRoute } from '../../../model/index.ts';
import type { AnyJson } from '../any.ts';
import type { HttpFilterJson } from '../proto/types/envoy/extensions/filters/network/http_connection_manager/v3/http_connection_manager_pb.js';
import { corsFilter } from './cors.ts';
import { faultFilter } from './fault.ts';
import type { FilterContext, HttpFilterBuilder } from './http-filter.ts';
import { allowFilter, denyFilter } from './rbac.ts';
import { routerFilter } from './router.ts';

/** For sidecars towards others, and for gateways. */
export const outboundFilters: readonly HttpFilterBuilder[] = [corsFilter, faultFilter, routerFilter];

/** For sidecars in front of their application. */
export const inboundFilters: readonly HttpFilterBuilder[] = [denyFilter, allowFilter, routerFilter];

export function httpFilters(builders: readonly HttpFilterBuilder[], context: FilterContext): HttpFilterJson[] {
  return builders.flatMap(({ name, configure }) => {
    const typedConfig = configure(context);
    return typedConfig ? [{ name, typedConfig }] : [];
  });
}

/** `typed_per_filter_config` of a route: what its filters do there, by filter name. */
export function perRouteConfiguration(route: HttpRoute): Record<string, AnyJson> {
  return Object.fromEntries(
    outboundFilters.flatMap(({ name, configureRoute }) => {
      const configuration = configureRoute?.(route);
      return configuration ? [[name, configuration] as const] : [];
    }),
  );
}
