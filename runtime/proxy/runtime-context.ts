// What the parts of a running proxy share. Effects come in here, so that tests can replace them.
import type { SecretStore } from './tls/secret-store.ts';
import type { UpstreamCluster } from './upstream/cluster.ts';
import type { ProxyStats } from './stats.ts';

export interface RuntimeContext {
  /** The cluster that is active under that name. */
  cluster(name: string): UpstreamCluster | undefined;
  readonly secrets: SecretStore;
  /** In [0, 1). */
  readonly random: () => number;
  /** Milliseconds since 1970. */
  readonly clock: () => number;
  readonly stats: ProxyStats;
  readonly log: (line: object) => void;
}
