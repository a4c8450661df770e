// When CORS has to do with a request: where it says from which page it comes, and that page is allowed.
import { allowsOrigin, type CorsPolicy, featureOf, type HttpRoute, type TestRequest } from '../../model/index.ts';
import { valuesOf } from '../fields/header-source.ts';

/** An empty `Origin` is none, as for Envoy: its filter then leaves the request alone. */
export function isFromAllowedOrigin(cors: CorsPolicy, { headers }: Pick<TestRequest, 'headers'>): boolean {
  const [origin = ''] = valuesOf(headers, 'origin');
  return allowsOrigin(cors, origin);
}

/** The route as requests meet it that CORS leaves alone. */
export function withoutCors(route: HttpRoute): HttpRoute {
  const others = route.features.filter(({ kind }) => kind !== 'CorsPolicy');
  return others.length === route.features.length ? route : { ...route, features: others };
}

/** The route as this request meets it. */
export function routeFor(route: HttpRoute, request: Pick<TestRequest, 'headers'>): HttpRoute {
  const cors = featureOf(route, 'CorsPolicy');
  return cors && isFromAllowedOrigin(cors, request) ? route : withoutCors(route);
}
