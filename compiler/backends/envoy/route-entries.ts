// One HttpRoute of the model as the Envoy routes that do the same. Knows nothing of hosts and listeners.
import { type HttpRoute, nothingLeft } from '../../model/index.ts';
import type { ClusterReference } from './cluster-reference.ts';
import type { RouteJson, VirtualHostJson } from './proto/types/envoy/config/route/v3/route_components_pb.js';
import type { RouteConfigurationJson } from './proxy-snapshot.ts';
import { builtAction } from './route-actions.ts';
import { featureFields } from './route-features.ts';
import { routeMatches } from './route-match.ts';

export interface BuiltRoute {
  /** In order. */
  readonly entries: readonly RouteJson[];
  /** The clusters that they name. */
  readonly references: readonly ClusterReference[];
}

/** The number of the try goes to the upstream, whatever the caller says of it, as under Istio. */
export const countsAttempts: Pick<VirtualHostJson, 'includeRequestAttemptCount'> = { includeRequestAttemptCount: true };

/** Istio's proxies take it for tracing, whoever sends it, and give it to no application. */
export const dropsDecoration: Pick<RouteConfigurationJson, 'requestHeadersToRemove'> = {
  requestHeadersToRemove: ['x-envoy-decorator-operation'],
};

const nothing: BuiltRoute = { entries: [], references: [] };

/** One model route on one port; nothing if it is for other ports only. */
export function builtRoute(route: HttpRoute, port: number): BuiltRoute {
  const { kind: _kind, origin: _origin, name, matches, action: _action, features: _features, ...rest } = route;
  nothingLeft(rest);
  const features = featureFields(route, port);
  const { rewrite, fields, references } = builtAction(route, port, features);
  const entries = matches
    .flatMap((clause) => routeMatches(clause, { port, rewrite }))
    .map(({ match, prefixRewrite }) => ({ name, match, ...fields(prefixRewrite), ...features.route }));
  return entries.length > 0 ? { entries, references } : nothing;
}
