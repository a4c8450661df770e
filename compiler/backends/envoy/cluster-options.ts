// Parts of clusters that are the same whatever the cluster stands for.
import { socketAddress } from './json-values.ts';
import type { ClusterJson, SocketAddress } from './proxy-snapshot.ts';

export const httpProtocolOptions = 'envoy.extensions.upstreams.http.v3.HttpProtocolOptions';

// Limits are the business of intent. Envoy's own (1,024 requests, 3 retries at once) would answer 503 that no rule explains.
export const withoutLimits: NonNullable<ClusterJson['circuitBreakers']> = {
  thresholds: [
    {
      maxConnections: 0xffff_ffff,
      maxPendingRequests: 0xffff_ffff,
      maxRequests: 0xffff_ffff,
      maxRetries: 0xffff_ffff,
    },
  ],
};

export function assignment(
  clusterName: string,
  addresses: readonly SocketAddress[],
): NonNullable<ClusterJson['loadAssignment']> {
  return {
    clusterName,
    ...(addresses.length > 0 && {
      endpoints: [{ lbEndpoints: addresses.map((a) => ({ endpoint: { address: socketAddress(a) } })) }],
    }),
  };
}
