// Route tables by name. A new one waits until the clusters it names are no longer warming, so that no request falls between.
import type { RouteSource } from '../http/connection-manager.ts';
import { compileRouteTable, type RouteTable } from '../http/route-table.ts';
import type { RouteConfigurationJson } from '../types.ts';

class RouteEntry implements RouteSource {
  readonly name: string;
  table: RouteTable | undefined;
  pending: RouteTable | undefined;

  constructor(name: string) {
    this.name = name;
  }
}

export class RouteStore {
  readonly #entries = new Map<string, RouteEntry>();

  get names(): Iterable<string> {
    return this.#entries.keys();
  }

  /** Always the same object for a name: listeners hold on to it. */
  source(name: string): RouteSource {
    let entry = this.#entries.get(name);
    if (!entry) {
      entry = new RouteEntry(name);
      this.#entries.set(name, entry);
    }
    return entry;
  }

  set(name: string, json: RouteConfigurationJson): void {
    const table = compileRouteTable(json);
    const entry = this.source(name) as RouteEntry;
    entry.pending = table;
  }

  /** The table that will serve next, or serves already. */
  latest(name: string): RouteTable | undefined {
    const entry = this.#entries.get(name);
    return entry?.pending ?? entry?.table;
  }

  isReady(name: string): boolean {
    return this.#entries.get(name)?.table !== undefined;
  }

  /** Whether a table that serves, or is about to, sends requests to the cluster. */
  uses(cluster: string): boolean {
    for (const { table, pending } of this.#entries.values()) {
      if (table?.clusters.has(cluster) || pending?.clusters.has(cluster)) return true;
    }
    return false;
  }

  progress(isWarming: (cluster: string) => boolean): void {
    for (const entry of this.#entries.values()) {
      if (!entry.pending || [...entry.pending.clusters].some(isWarming)) continue;
      entry.table = entry.pending;
      entry.pending = undefined;
    }
  }
}
