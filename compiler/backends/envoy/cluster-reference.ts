// What a cluster stands for, and the name that follows from it.
import { outboundClusterName } from '../../model/index.ts';

export interface ClusterReference {
  /** Canonical host of a service. */
  readonly host: string;
  readonly port: number;
  /** A version, or "" for all. */
  readonly subset: string;
}

/** Port 0 is the port that was dialled. */
export function referenceOn({ host, port, subset }: ClusterReference, dialled: number): ClusterReference {
  return { host, port: port === 0 ? dialled : port, subset };
}

export function clusterName({ host, port, subset }: ClusterReference): string {
  return outboundClusterName(host, port, subset);
}
