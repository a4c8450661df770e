// The features of routes in Envoy's order: filters in the order in which requests pass them (docs/semantics.md), then what the router does.
import { type HttpRoute, type RouteFeatureKind, total } from '../../model/index.ts';
import type { AnyJson } from './any.ts';
import type { ClusterReference } from './cluster-reference.ts';
import { cors } from './filters/cors.ts';
import { fault } from './filters/fault.ts';
import type { HttpFilterBuilder } from './filters/http-filter.ts';
import { headerOperations } from './header-edits.ts';
import { mirrors } from './mirrors.ts';
import type { RouteActionJson, RouteJson } from './proto/types/envoy/config/route/v3/route_components_pb.js';
import { retries } from './retries.ts';
import type { RouteFeatureRow } from './route-feature-row.ts';

const rows: readonly RouteFeatureRow<RouteFeatureKind>[] = total<RouteFeatureKind>()([
  // A fault strikes preflights too, and what it aborts has no CORS headers: Istio's proxies have this order.
  fault,
  cors,
  headerOperations,
  retries,
  mirrors,
]);

/** Filters that do what some route asks for. They are on every connection manager that routes, and idle where a route says nothing. */
export const featureFilters: readonly HttpFilterBuilder[] = rows.flatMap(({ filter }) => filter ?? []);

export interface FeatureFields {
  readonly route: RouteJson;
  readonly forward: RouteActionJson;
  readonly references: readonly ClusterReference[];
}

export function featureFields(route: HttpRoute, port: number): FeatureFields {
  // What the filters do here, by filter name.
  const typedPerFilterConfig: Record<string, AnyJson> = {};
  const fields: RouteJson = {};
  const forward: RouteActionJson = {};
  const references: ClusterReference[] = [];
  for (const row of rows) {
    if (!route.features.some(({ kind }) => kind === row.kind)) continue;
    const parts = row.parts(route, port);
    if (row.filter && parts.filter) typedPerFilterConfig[row.filter.name] = parts.filter;
    Object.assign(fields, parts.route);
    Object.assign(forward, parts.forward);
    references.push(...(parts.references ?? []));
  }
  const hasFilters = Object.keys(typedPerFilterConfig).length > 0;
  return { route: { ...(hasFilters && { typedPerFilterConfig }), ...fields }, forward, references };
}
