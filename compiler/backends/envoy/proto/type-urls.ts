// The type URLs of the five resources we serve, in the order in which ADS must send them.
// https://www.envoyproxy.io/docs/envoy/latest/api-docs/xds_protocol#eventual-consistency-considerations

export const typeUrls = {
  cluster: 'type.googleapis.com/envoy.config.cluster.v3.Cluster',
  endpoints: 'type.googleapis.com/envoy.config.endpoint.v3.ClusterLoadAssignment',
  secret: 'type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.Secret',
  listener: 'type.googleapis.com/envoy.config.listener.v3.Listener',
  route: 'type.googleapis.com/envoy.config.route.v3.RouteConfiguration',
} as const;

export type ResourceType = keyof typeof typeUrls;
export type TypeUrl = (typeof typeUrls)[ResourceType];

/** Clusters before what uses them, listeners before the routes they ask for. */
export const pushOrder: readonly ResourceType[] = ['cluster', 'endpoints', 'secret', 'listener', 'route'];
