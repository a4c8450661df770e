// Listeners: the socket is bound when the resource arrives, the configuration goes to work when everything it names is there.
import { BoundListener } from '../listener/bound-listener.ts';
import {
  compileListener,
  type FilterChain,
  type ListenerSettings,
  listenerNeeds,
  type Needs,
} from '../listener/listener-settings.ts';
import type { RuntimeContext } from '../runtime-context.ts';
import type { ListenerJson } from '../types.ts';
import type { RouteStore } from './route-store.ts';

interface Entry {
  bound: BoundListener;
  settings: ListenerSettings;
  needs: Needs;
  isActive: boolean;
}

export interface ListenerStatus {
  readonly name: string;
  readonly address: string;
  readonly port: number;
  readonly isActive: boolean;
}

export class ListenerStore {
  readonly #entries = new Map<string, Entry>();
  readonly #routes: RouteStore;
  readonly #context: RuntimeContext;
  /** Removed ones whose requests still finish. */
  readonly #draining = new Set<BoundListener>();

  constructor(routes: RouteStore, context: RuntimeContext) {
    this.#routes = routes;
    this.#context = context;
  }

  get names(): Iterable<string> {
    return this.#entries.keys();
  }

  get isReady(): boolean {
    return [...this.#entries.values()].every((entry) => entry.isActive);
  }

  status(): readonly ListenerStatus[] {
    return [...this.#entries].map(([name, { bound, settings, isActive }]) => ({
      name,
      address: settings.addresses[0]?.address ?? '',
      port: bound.port,
      isActive,
    }));
  }

  /** Throws a Rejection if the resource cannot be used or the address not be had; what was there stays. */
  async set(name: string, json: ListenerJson): Promise<void> {
    const compiled = compileListener(json, this.#context.log);
    const needs = listenerNeeds(compiled);
    const settings = this.#resolved(compiled);
    const entry = this.#entries.get(name);
    if (entry && sameAddresses(entry.settings, settings)) {
      Object.assign(entry, { settings, needs, isActive: false });
      return;
    }
    const bound = await BoundListener.bind(settings, this.#context);
    if (entry) this.#retire(entry.bound);
    this.#entries.set(name, { bound, settings, needs, isActive: false });
  }

  remove(name: string): void {
    const entry = this.#entries.get(name);
    this.#entries.delete(name);
    if (entry) this.#retire(entry.bound);
  }

  #retire(bound: BoundListener): void {
    this.#draining.add(bound);
    bound.drain(() => this.#draining.delete(bound));
  }

  wanted(type: 'route' | 'secret'): Set<string> {
    const names = new Set<string>();
    for (const { needs } of this.#entries.values()) {
      for (const name of type === 'route' ? needs.routes : needs.secrets) names.add(name);
    }
    return names;
  }

  /** Whether a listener sends connections or, by a table of its own, requests to the cluster. */
  uses(cluster: string): boolean {
    for (const { needs } of this.#entries.values()) if (needs.clusters.has(cluster)) return true;
    return false;
  }

  progress(isWarming: (cluster: string) => boolean): void {
    for (const entry of this.#entries.values()) {
      if (entry.isActive || !this.#isReady(entry.needs, isWarming)) continue;
      entry.bound.activate(entry.settings);
      entry.isActive = true;
    }
  }

  #isReady(needs: Needs, isWarming: (cluster: string) => boolean): boolean {
    return (
      [...needs.routes].every((name) => this.#routes.isReady(name)) &&
      [...needs.secrets].every((name) => this.#context.secrets.has(name)) &&
      ![...needs.clusters].some(isWarming)
    );
  }

  /** Puts the shared holder of a route table in the place of its name. */
  #resolved(settings: ListenerSettings): ListenerSettings {
    const resolve = (chain: FilterChain): FilterChain => {
      if (chain.terminal.kind !== 'http' || typeof chain.terminal.manager.routes !== 'string') return chain;
      const routes = this.#routes.source(chain.terminal.manager.routes);
      return { ...chain, terminal: { kind: 'http', manager: { ...chain.terminal.manager, routes } } };
    };
    return {
      ...settings,
      chains: settings.chains.map(resolve),
      defaultChain: settings.defaultChain && resolve(settings.defaultChain),
    };
  }

  async close(): Promise<void> {
    const all = [...[...this.#entries.values()].map((entry) => entry.bound), ...this.#draining];
    await Promise.all(all.map((bound) => bound.close()));
  }
}

function sameAddresses(a: ListenerSettings, b: ListenerSettings): boolean {
  return JSON.stringify(a.addresses) === JSON.stringify(b.addresses);
}
