// What each feature of a route is to Istio: a row in the ordered lists of http-route.ts.
import type { Report } from '../../diagnostics/index.ts';
import type { HttpRoute, RouteFeatureKind, RowOf } from '../../model/index.ts';

/** What a row may know of the route. */
export type RouteDraft = Pick<HttpRoute, 'name' | 'origin' | 'features'>;

export interface FeatureRow<K extends RouteFeatureKind> extends RowOf<K> {
  /** Fields of an HTTPRoute. Asked for routes without the feature too: Istio may have to be told that something does not happen. */
  readonly fields: (route: RouteDraft, report: Report) => Readonly<Record<string, unknown>>;
}
