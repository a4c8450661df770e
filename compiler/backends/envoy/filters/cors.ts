// CORS on the caller's side: answers preflights itself and adds the headers browsers ask for.
import type { CorsPolicy } from '../../../model/index.ts';
import { any } from '../any.ts';
import { stringMatcher } from '../json-values.ts';
import type { HttpFilterBuilder } from './http-filter.ts';

export const corsFilter: HttpFilterBuilder = {
  name: 'envoy.filters.http.cors',
  configure: () => any('envoy.extensions.filters.http.cors.v3.Cors', {}),
  configureRoute: ({ cors }) => cors && policy(cors),
};

function policy(cors: CorsPolicy) {
  const list = (values: readonly string[]) => (values.length > 0 ? values.join(',') : undefined);
  const allowMethods = list(cors.methods);
  const allowHeaders = list(cors.allowHeaders);
  const exposeHeaders = list(cors.exposeHeaders);
  return any('envoy.extensions.filters.http.cors.v3.CorsPolicy', {
    allowOriginStringMatch: cors.origins.map(stringMatcher),
    ...(allowMethods !== undefined && { allowMethods }),
    ...(allowHeaders !== undefined && { allowHeaders }),
    ...(exposeHeaders !== undefined && { exposeHeaders }),
    ...(cors.maxAgeSeconds !== undefined && { maxAge: String(cors.maxAgeSeconds) }),
    allowCredentials: cors.credentials,
  });
}
