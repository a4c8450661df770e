// envoy.filters.http.router: ends every chain. What it does stands in http/forward.ts, for it needs the stream itself.
import { anything, message } from '../supported/shape.ts';
import type { SupportedConfig } from './filter.ts';

export const router: SupportedConfig = {
  configType: 'envoy.extensions.filters.http.router.v3.Router',
  supports: message({ suppressEnvoyHeaders: anything, dynamicStats: anything }),
};
