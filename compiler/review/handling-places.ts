// Where it is written how a route handles requests: the parts of the route that the other mesh has otherwise, or not at all.
import { contentKey } from '../analysis/index.ts';
import type { HttpRoute, MeshIndex, Origin, RouteFeatureKind } from '../model/index.ts';
import type { Judged } from './endpoint-places.ts';
import type { PlacedText } from './review.ts';

const words: Readonly<Record<RouteFeatureKind, string>> = {
  RetryPolicy: 'retries',
  HeaderOperations: 'headers',
  Fault: 'fault',
  CorsPolicy: 'CORS',
  Mirror: 'mirror',
};

/** None where something else than such a part makes the difference: then the route is what is cited. */
export function handlingPlaces(mine: Judged, other: Judged): PlacedText[] {
  const [route, theirs] = [mine, other].map(routeOf);
  if (!route || !theirs || contentKey(route.action) !== contentKey(theirs.action)) return [];
  const known = new Set(theirs.features.map(contentKey));
  return route.features
    .filter((feature) => !known.has(contentKey(feature)))
    .map(({ kind, origin }) => ({ text: `${words[kind]} of route ${route.name}`, origin }));
}

/** The route that the verdict chose; steps cite the match that held. */
function routeOf({ index, verdict }: Judged): HttpRoute | undefined {
  const chosen = verdict.steps.findLast(({ about }) => about === 'route')?.origin;
  return chosen && routesByPlace(index).get(chosen);
}

const known = new WeakMap<MeshIndex, ReadonlyMap<Origin, HttpRoute>>();

function routesByPlace(index: MeshIndex): ReadonlyMap<Origin, HttpRoute> {
  const before = known.get(index);
  if (before) return before;
  const routes = index.mesh.routeTables.flatMap(({ http }) => http);
  const found = new Map(
    routes.flatMap((route) => [...route.matches.map(({ origin }) => origin), route.origin].map((at) => [at, route])),
  );
  known.set(index, found);
  return found;
}
