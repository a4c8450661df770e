// What the features of a destination make of a cluster, and what they may know of it.
import type { DestinationPolicy, Labels, MeshIndex, Service, ServicePort, Workload } from '../../model/index.ts';
import type { ClusterJson } from './proxy-snapshot.ts';

/** What a cluster is made for. */
export interface ClusterTarget {
  readonly index: MeshIndex;
  /** Whose cluster it is. */
  readonly client: Workload;
  readonly service: Service;
  readonly port: ServicePort;
  readonly subset: string;
  /** That all instances of the subset carry. */
  readonly labels: Labels;
  readonly isOriginalDst: boolean;
  readonly policy?: DestinationPolicy;
}

export interface ClusterParts {
  readonly json: ClusterJson;
  readonly isMeshTls?: boolean;
}
