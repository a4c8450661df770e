// Where it is written how a route handles requests: the parts of the route that the other mesh has otherwise, or not at all.
import { contentKey } from '../analysis/index.ts';
import {
  handle,
  type HttpAction,
  type HttpRoute,
  type MeshIndex,
  type Origin,
  type RouteFeatureKind,
  type Table,
} from '../model/index.ts';
import type { Judged } from './endpoint-places.ts';
import type { PlacedText } from './review.ts';

const words: Readonly<Record<RouteFeatureKind, string>> = {
  RetryPolicy: 'retries',
  HeaderOperations: 'headers',
  Fault: 'fault',
  CorsPolicy: 'CORS',
  Mirror: 'mirror',
};

/** None where something else than such a part makes the difference: then the route is what is cited. Where requests go is another change. */
export function handlingPlaces(mine: Judged, other: Judged): PlacedText[] {
  const [route, theirs] = [mine, other].map(routeOf);
  if (!route || !theirs || route.action.kind !== theirs.action.kind) return [];
  const known = new Set(partsOf(theirs).map(({ content }) => content));
  return partsOf(route)
    .filter(({ content }) => !known.has(content))
    .map(({ what, origin }) => ({ text: `${what} of route ${route.name}`, origin }));
}

interface Part {
  readonly what: string;
  readonly content: string;
  readonly origin: Origin;
}

function partsOf(route: HttpRoute): Part[] {
  const features = route.features.map((feature) => ({
    what: words[feature.kind],
    content: contentKey(feature),
    origin: feature.origin,
  }));
  return [...handle(partsOfAction, route.action, route), ...features];
}

const partsOfAction: Table<HttpAction, [HttpRoute], readonly Part[]> = {
  ForwardAction: ({ rewrite, timeoutMs }, { matches, origin }) => [
    // Routes begin with their match, which is what steps cite.
    { what: 'timeout', content: contentKey(['timeout', timeoutMs]), origin: matches[0]?.origin ?? origin },
    ...(rewrite ? [{ what: 'rewrite', content: contentKey(rewrite), origin: rewrite.origin }] : []),
  ],
  RedirectAction: () => [],
};

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
