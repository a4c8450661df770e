// A discovery source for whoever starts the instances, and so need not look for them.
import { isDeepStrictEqual } from 'node:util';
import type { WorkloadInstance } from '../../compiler/index.ts';
import type { DiscoverySink, DiscoverySource } from './discovery-source.ts';

export class KnownInstances implements DiscoverySource {
  #instances: readonly WorkloadInstance[] = [];
  #sink: DiscoverySink | undefined;

  /** Replaces all that were known. Before `start` they are kept until then. */
  set(instances: readonly WorkloadInstance[]): void {
    if (isDeepStrictEqual(instances, this.#instances)) return;
    this.#instances = instances;
    this.#sink?.onInstances(instances);
  }

  async start(sink: DiscoverySink): Promise<void> {
    this.#sink = sink;
    sink.onInstances(this.#instances);
  }

  close(): void {
    this.#sink = undefined;
  }
}
