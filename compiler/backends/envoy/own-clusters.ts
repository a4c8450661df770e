// Clusters that stand for no service: a sidecar's own application, the address dialled, and nothing at all.
import { defaultConnectTimeoutMs, inboundClusterName, type Protocol } from '../../model/index.ts';
import { any } from './any.ts';
import { assignment, httpProtocolOptions, withoutLimits } from './cluster-options.ts';
import { duration } from './json-values.ts';
import { protocols } from './protocols.ts';
import type { ClusterJson, SocketAddress } from './proxy-snapshot.ts';

export const passthroughCluster = 'PassthroughCluster';
export const blackHoleCluster = 'BlackHoleCluster';

const connectTimeout = duration(defaultConnectTimeoutMs);

/** How a sidecar reaches its own application. */
export function inboundCluster(targetPort: number, protocol: Protocol, app: SocketAddress): ClusterJson {
  const name = inboundClusterName(targetPort);
  const { http } = protocols[protocol];
  return {
    name,
    type: 'STATIC',
    connectTimeout,
    loadAssignment: assignment(name, [app]),
    circuitBreakers: withoutLimits,
    ...(http && {
      typedExtensionProtocolOptions: {
        [httpProtocolOptions]: any(httpProtocolOptions, {
          // Shorter than the 5 s after which Node's HTTP server, among others, hangs up: a request on a dying connection is lost.
          commonHttpProtocolOptions: { idleTimeout: duration(4_000) },
          explicitHttpConfig: http.config,
        }),
      },
    }),
  };
}

/** Forwards to the address the connection was made to, before it was redirected; of HTTP in the version that the caller speaks. */
export function passthrough(): ClusterJson {
  return {
    name: passthroughCluster,
    type: 'ORIGINAL_DST',
    connectTimeout,
    lbPolicy: 'CLUSTER_PROVIDED',
    circuitBreakers: withoutLimits,
    typedExtensionProtocolOptions: {
      [httpProtocolOptions]: any(httpProtocolOptions, {
        useDownstreamProtocolConfig: { httpProtocolOptions: {}, http2ProtocolOptions: {} },
      }),
    },
  };
}

/** Has no endpoints: connections sent here are closed. */
export function blackHole(): ClusterJson {
  return { name: blackHoleCluster, type: 'STATIC', connectTimeout };
}
