// Supported parts of Clusters and ClusterLoadAssignments.
import { adsSource, socketAddress } from './common.ts';
import { anyOf, anything, message } from './shape.ts';
import { upstreamTls } from './tls.ts';

export const loadAssignment = message({
  clusterName: anything,
  endpoints: message({
    locality: anything,
    metadata: anything,
    lbEndpoints: message({
      endpoint: message({ address: socketAddress, hostname: anything, healthCheckConfig: message({}) }),
      healthStatus: anything,
      metadata: anything,
      loadBalancingWeight: anything,
    }),
    // Localities all count alike: the proxy knows no zones.
    loadBalancingWeight: anything,
  }),
});

const rawBuffer = { 'envoy.extensions.transport_sockets.raw_buffer.v3.RawBuffer': message({}) };

export const cluster = message({
  name: anything,
  altStatName: anything,
  type: ['STATIC', 'EDS', 'STRICT_DNS', 'LOGICAL_DNS'],
  edsClusterConfig: message({ serviceName: anything, edsConfig: adsSource }),
  connectTimeout: anything,
  lbPolicy: ['ROUND_ROBIN', 'LEAST_REQUEST', 'RANDOM'],
  loadBalancingPolicy: message({
    policies: message({
      typedExtensionConfig: message({
        name: anything,
        typedConfig: anyOf({
          'envoy.extensions.load_balancing_policies.round_robin.v3.RoundRobin': message({}),
          'envoy.extensions.load_balancing_policies.least_request.v3.LeastRequest': message({ choiceCount: [2] }),
          'envoy.extensions.load_balancing_policies.random.v3.Random': message({}),
        }),
      }),
    }),
  }),
  leastRequestLbConfig: message({ choiceCount: [2] }),
  commonLbConfig: message({ healthyPanicThreshold: message({ value: anything }) }),
  loadAssignment,
  circuitBreakers: message({
    thresholds: message({
      priority: ['DEFAULT'],
      // As many connections are opened as requests need: only "no limit" can be promised.
      maxConnections: [0xffff_ffff],
      maxPendingRequests: [0xffff_ffff],
      maxRequests: anything,
      maxRetries: anything,
    }),
  }),
  typedExtensionProtocolOptions: {
    mapOf: anyOf({
      'envoy.extensions.upstreams.http.v3.HttpProtocolOptions': message({
        commonHttpProtocolOptions: message({ idleTimeout: anything }),
        explicitHttpConfig: message({ httpProtocolOptions: message({}) }),
      }),
    }),
  },
  dnsRefreshRate: anything,
  dnsLookupFamily: anything,
  respectDnsTtl: [false],
  // Endpoints that speak plain text where the others speak TLS.
  transportSocketMatches: message({
    name: anything,
    match: anything,
    transportSocket: message({ name: anything, typedConfig: anyOf(rawBuffer) }),
  }),
  transportSocket: message({
    name: anything,
    typedConfig: anyOf({
      'envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext': upstreamTls,
      ...rawBuffer,
    }),
  }),
  metadata: anything,
  perConnectionBufferLimitBytes: anything,
  waitForWarmOnInit: anything,
});
