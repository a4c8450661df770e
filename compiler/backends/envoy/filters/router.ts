// The terminal filter of every connection manager.
import { any } from '../any.ts';
import type { HttpFilterBuilder } from './http-filter.ts';

export const routerFilter: HttpFilterBuilder = {
  name: 'envoy.filters.http.router',
  // Applications must not see, or come to depend on, which proxy carried a request.
  configure: () => any('envoy.extensions.filters.http.router.v3.Router', { suppressEnvoyHeaders: true }),
};
