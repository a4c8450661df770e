// What builders make of one host, as a plan remembers it: resources, and what they stem from or name.
import type { Origin } from '../../model/index.ts';
import type { ClusterReference } from './cluster-reference.ts';
import type { VirtualHostJson } from './proto/types/envoy/config/route/v3/route_components_pb.js';
import type { ClusterJson, EndpointSelector } from './proxy-snapshot.ts';

export interface BuiltCluster {
  readonly cluster: ClusterJson;
  /** For EDS clusters. */
  readonly selector?: EndpointSelector;
  readonly isMeshTls: boolean;
  readonly origin: Origin;
}

export interface BuiltVirtualHost {
  /** Equal for equal virtual hosts of a plan. */
  readonly key: string;
  readonly virtualHost: VirtualHostJson;
  readonly references: readonly ClusterReference[];
}
