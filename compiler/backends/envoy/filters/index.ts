// The HTTP filters, in the order in which requests pass them (docs/semantics.md).
import type { HttpFilterJson } from '../proto/types/envoy/extensions/filters/network/http_connection_manager/v3/http_connection_manager_pb.js';
import { featureFilters } from '../route-features.ts';
import { askedFilter } from './asked.ts';
import type { FilterContext, HttpFilterBuilder } from './http-filter.ts';
import { accessFilters } from './rbac.ts';
import { routerFilter } from './router.ts';

/** For sidecars towards others, and for gateways. */
export const outboundFilters: readonly HttpFilterBuilder[] = [askedFilter, ...featureFilters, routerFilter];

/** For sidecars in front of their application. */
export const inboundFilters: readonly HttpFilterBuilder[] = [...accessFilters, routerFilter];

export function httpFilters(builders: readonly HttpFilterBuilder[], context: FilterContext): HttpFilterJson[] {
  return builders.flatMap(({ name, configure }) => {
    const typedConfig = configure(context);
    return typedConfig ? [{ name, typedConfig }] : [];
  });
}
