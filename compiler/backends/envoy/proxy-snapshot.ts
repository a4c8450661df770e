// What one proxy is given. Resources are canonical proto3 JSON; registry.ts turns them into bytes.
import type { Labels, Origin } from '../../model/index.ts';
import type { ClusterJson } from './proto/types/envoy/config/cluster/v3/cluster_pb.js';
import type { ClusterLoadAssignmentJson } from './proto/types/envoy/config/endpoint/v3/endpoint_pb.js';
import type { ListenerJson } from './proto/types/envoy/config/listener/v3/listener_pb.js';
import type { RouteConfigurationJson } from './proto/types/envoy/config/route/v3/route_pb.js';

export type { ClusterJson, ClusterLoadAssignmentJson, ListenerJson, RouteConfigurationJson };

/** An address a proxy binds or dials. */
export interface SocketAddress {
  readonly address: string;
  readonly port: number;
}

/**
 * Where a proxy stands. `redirect`: iptables sends it the pod's traffic (ports 15001 and 15006).
 * `explicit`: nothing is redirected; it binds the addresses given, so that many proxies fit on one machine.
 */
export type Placement = { readonly mode: 'redirect' } | ExplicitPlacement;

/** A listener that has no address here is left out of the snapshot. */
export interface ExplicitPlacement {
  readonly mode: 'explicit';
  /** By workload port (targetPort): where the sidecar listens for the mesh, and where its application listens. */
  readonly inbound: Readonly<Record<string, { readonly bind: SocketAddress; readonly app: SocketAddress }>>;
  /** All HTTP the application sends, by Host header or absolute URL, as to a forward proxy. */
  readonly outboundHttp?: SocketAddress;
  /** By `host:port` of a TCP service: where the application dials to reach it. */
  readonly outboundTcp: Readonly<Record<string, SocketAddress>>;
  /** For a gateway: by the port of its listeners. */
  readonly gateway: Readonly<Record<string, SocketAddress>>;
  /** By `host:port` of an ExternalService or static address: where it really is on this machine. */
  readonly external: Readonly<Record<string, SocketAddress>>;
}

/** One proxy that asks for configuration: an instance of a workload. */
export interface ProxyTarget {
  /** `namespace/name` of the workload. */
  readonly workload: string;
  readonly placement: Placement;
}

/** Which instances make up an EDS cluster; discovery turns it into a ClusterLoadAssignment without a compile. */
export interface EndpointSelector {
  /** Also the name of the ClusterLoadAssignment. */
  readonly cluster: string;
  readonly namespace: string;
  /** The service's selector and the subset's labels together. */
  readonly labels: Labels;
  readonly portName: string;
  readonly targetPort: number;
  /** Addresses of instances without a proxy: they are marked, for the cluster to speak plain text to them. Absent if there are none. */
  readonly plain?: readonly string[];
}

/** A secret a proxy needs, resolved by the control plane at the moment it is sent: the compiler never sees keys. */
export type SecretReference =
  /** The proxy's own certificate and key. */
  | { readonly kind: 'identity'; readonly name: string }
  /** The trust bundle of the mesh. */
  | { readonly kind: 'trust-bundle'; readonly name: string }
  /** A server certificate for a gateway listener. */
  | {
      readonly kind: 'gateway-certificate';
      readonly name: string;
      /** As the listener names it. */
      readonly secret: string;
      readonly hosts: readonly string[];
    };

/** Closed: whatever a resource names is in it, which `checkSnapshot` proves. A proxy would wait for the rest for ever. */
export interface ProxySnapshot {
  readonly workload: string;
  /** `spiffe://…`: the only identity that may fetch this snapshot. */
  readonly identity: string;
  readonly listeners: readonly ListenerJson[];
  readonly routes: readonly RouteConfigurationJson[];
  readonly clusters: readonly ClusterJson[];
  readonly endpoints: readonly EndpointSelector[];
  readonly secrets: readonly SecretReference[];
  /** Origin of each resource, by resource name. */
  readonly origins: ReadonlyMap<string, Origin>;
}
