// What each feature of a route is to Envoy: a row in the ordered list of route-features.ts.
import type { HttpRoute, RouteFeatureKind, RowOf } from '../../model/index.ts';
import type { AnyJson } from './any.ts';
import type { ClusterReference } from './cluster-reference.ts';
import type { HttpFilterBuilder } from './filters/http-filter.ts';
import type { RouteActionJson, RouteJson } from './proto/types/envoy/config/route/v3/route_components_pb.js';

export interface RouteParts {
  /** How the row's filter is configured for the route. */
  readonly filter?: AnyJson;
  /** Fields of the route, whatever it does with requests. */
  readonly route?: RouteJson;
  /** Fields of what forwards requests; a route that does not forward has no use for them. */
  readonly forward?: RouteActionJson;
  /** Clusters that `forward` names. */
  readonly references?: readonly ClusterReference[];
}

export interface RouteFeatureRow<K extends RouteFeatureKind> extends RowOf<K> {
  /** The HTTP filter that does it; without one the router does. */
  readonly filter?: HttpFilterBuilder;
  /** Asked for routes without the feature too. `port` is the one that was dialled. */
  readonly parts: (route: HttpRoute, port: number) => RouteParts;
}
