// Retries: another host each time, as long as there is one.
import { featureOf, nothingLeft, type RetryPolicy } from '../../model/index.ts';
import { any } from './any.ts';
import { duration } from './json-values.ts';
import type { RetryPolicyJson } from './proto/types/envoy/config/route/v3/route_components_pb.js';
import type { RouteFeatureRow } from './route-feature-row.ts';

export const retries: RouteFeatureRow<'RetryPolicy'> = {
  kind: 'RetryPolicy',
  parts: (route) => {
    const policy = featureOf(route, 'RetryPolicy');
    return policy && policy.attempts > 0 ? { forward: { retryPolicy: retryPolicy(policy) } } : {};
  },
};

/** Bare numbers among the words are status codes, as in Istio's `retryOn`. */
function retryPolicy(policy: RetryPolicy): RetryPolicyJson {
  const { kind: _kind, origin: _origin, attempts, perTryTimeoutMs, on, ...rest } = policy;
  nothingLeft(rest);
  const statusCodes = on.filter((word) => /^\d{3}$/.test(word)).map(Number);
  const words = on.filter((word) => !/^\d{3}$/.test(word));
  if (statusCodes.length > 0 && !words.includes('retriable-status-codes')) words.push('retriable-status-codes');
  return {
    retryOn: words.join(','),
    numRetries: attempts,
    ...(perTryTimeoutMs > 0 && { perTryTimeout: duration(perTryTimeoutMs) }),
    ...(statusCodes.length > 0 && { retriableStatusCodes: statusCodes }),
    retryHostPredicate: [
      {
        name: 'envoy.retry_host_predicates.previous_hosts',
        typedConfig: any('envoy.extensions.retry.host.previous_hosts.v3.PreviousHostsPredicate', {}),
      },
    ],
    hostSelectionRetryMaxAttempts: '5',
  };
}
