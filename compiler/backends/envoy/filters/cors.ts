// CORS on the caller's side: answers preflights itself and adds the headers browsers ask for.
import { type CorsPolicy, featureOf, nothingLeft } from '../../../model/index.ts';
import { any } from '../any.ts';
import { stringMatcher } from '../json-values.ts';
import type { RouteFeatureRow } from '../route-feature-row.ts';

export const cors: RouteFeatureRow<'CorsPolicy'> = {
  kind: 'CorsPolicy',
  filter: {
    name: 'envoy.filters.http.cors',
    configure: () => any('envoy.extensions.filters.http.cors.v3.Cors', {}),
  },
  parts: (route) => {
    const feature = featureOf(route, 'CorsPolicy');
    return feature ? { filter: policy(feature) } : {};
  },
};

function policy(cors: CorsPolicy) {
  const { kind: _kind, origin: _origin, origins, methods, credentials, maxAgeSeconds, ...headers } = cors;
  const { allowHeaders, exposeHeaders, ...rest } = headers;
  nothingLeft(rest);
  return any('envoy.extensions.filters.http.cors.v3.CorsPolicy', {
    allowOriginStringMatch: origins.map(stringMatcher),
    ...(methods.length > 0 && { allowMethods: methods.join(',') }),
    ...(allowHeaders.length > 0 && { allowHeaders: allowHeaders.join(',') }),
    ...(exposeHeaders.length > 0 && { exposeHeaders: exposeHeaders.join(',') }),
    ...(maxAgeSeconds !== undefined && { maxAge: String(maxAgeSeconds) }),
    allowCredentials: credentials,
  });
}
