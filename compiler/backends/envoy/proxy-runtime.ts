// Runtime settings that every Envoy of a mesh needs in its bootstrap: what the resources we emit, and our verdicts, rely on.
import { maxProgramSize } from '../../model/index.ts';

/**
 * The same as istiod's proxies have. Regular expressions may be as large as `maxProgramSize` in compiler/model allows (Envoy's default of 100
 * refuses many that RE2 takes), and a fragment in a request target is cut off, not answered with 400.
 * https://www.envoyproxy.io/docs/envoy/latest/api-v3/type/matcher/v3/regex.proto
 */
export const proxyRuntime = {
  're2.max_program_size.error_level': maxProgramSize,
  'envoy.reloadable_features.http_reject_path_with_fragment': false,
} as const;
