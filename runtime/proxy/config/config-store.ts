// The configuration at work: what was accepted last of every resource. A refused resource leaves the one before in its place.
import { Rejection } from '../rejection.ts';
import type { RuntimeContext } from '../runtime-context.ts';
import { SecretStore } from '../tls/secret-store.ts';
import type {
  ClusterJson,
  ClusterLoadAssignmentJson,
  ListenerJson,
  RouteConfigurationJson,
  SecretJson,
} from '../types.ts';
import type { ResourceType } from '../xds/resource-types.ts';
import { ClusterStore } from './cluster-store.ts';
import { ListenerStore } from './listener-store.ts';
import { RouteStore } from './route-store.ts';

export interface NamedResource {
  readonly name: string;
  readonly json: unknown;
}

type Environment = Pick<RuntimeContext, 'random' | 'clock' | 'stats' | 'log'>;

export class ConfigStore {
  readonly secrets = new SecretStore();
  readonly clusters: ClusterStore;
  readonly routes = new RouteStore();
  readonly listeners: ListenerStore;
  /** What was accepted, for the admin page; secrets are kept by name only. */
  readonly accepted = new Map<ResourceType, Map<string, unknown>>();
  readonly context: RuntimeContext;
  readonly #arrived = new Set<ResourceType>();
  readonly #onReady: () => void;

  constructor(environment: Environment, onReady: () => void) {
    this.#onReady = onReady;
    this.clusters = new ClusterStore(this.secrets, environment.random, () => this.#progress());
    this.context = { ...environment, secrets: this.secrets, cluster: (name) => this.clusters.get(name) };
    this.listeners = new ListenerStore(this.routes, this.context);
  }

  /** Applies an update and returns what was refused, by name. */
  async apply(
    type: ResourceType,
    resources: readonly NamedResource[],
    removed: readonly string[],
  ): Promise<Map<string, unknown>> {
    const refused = new Map<string, unknown>();
    const accepted = this.accepted.get(type) ?? new Map<string, unknown>();
    this.accepted.set(type, accepted);
    // Removals first: a listener may move to the address of one that goes.
    for (const name of removed) {
      this.#remove(type, name);
      accepted.delete(name);
    }
    for (const { name, json } of resources) {
      try {
        await this.#set(type, name, json);
        accepted.set(name, type === 'secret' ? '[redacted]' : json);
      } catch (error) {
        if (!(error instanceof Rejection)) this.context.log({ level: 'error', message: `internal: ${String(error)}` });
        refused.set(name, error);
      }
    }
    this.#arrived.add(type);
    this.#progress();
    return refused;
  }

  async #set(type: ResourceType, name: string, json: unknown): Promise<void> {
    switch (type) {
      case 'cluster':
        return this.clusters.set(name, json as ClusterJson);
      case 'endpoints':
        return this.clusters.setAssignment(name, json as ClusterLoadAssignmentJson);
      case 'secret':
        return this.secrets.set(json as SecretJson);
      case 'route':
        return this.routes.set(name, json as RouteConfigurationJson);
      case 'listener':
        return await this.listeners.set(name, json as ListenerJson);
    }
  }

  /** Routes, endpoints and secrets in use are kept when the control plane no longer has them, as Envoy keeps them. */
  #remove(type: ResourceType, name: string): void {
    if (type === 'cluster') this.clusters.remove(name, this.#isInUse(name));
    else if (type === 'listener') this.listeners.remove(name);
    else if (type === 'endpoints') this.clusters.removeAssignment(name);
  }

  names(type: ResourceType): Iterable<string> {
    return type === 'cluster' ? this.clusters.names : type === 'listener' ? this.listeners.names : [];
  }

  /** Names to subscribe to. */
  wanted(type: ResourceType): ReadonlySet<string> {
    switch (type) {
      case 'endpoints':
        return this.clusters.wanted('endpoints');
      case 'route':
        return this.listeners.wanted('route');
      case 'secret':
        return this.clusters.wanted('secret').union(this.listeners.wanted('secret'));
      default:
        return new Set();
    }
  }

  get isReady(): boolean {
    return this.#arrived.has('cluster') && this.#arrived.has('listener') && this.listeners.isReady;
  }

  #progress(): void {
    this.clusters.progress();
    // Before the first clusters came, every name would look unknown: routes and listeners wait for them.
    const isWarming = (name: string) => !this.#arrived.has('cluster') || this.clusters.isWarming(name);
    this.routes.progress(isWarming);
    this.listeners.progress(isWarming);
    this.clusters.dropUnused((name) => this.#isInUse(name));
    if (this.isReady) this.#onReady();
  }

  #isInUse(cluster: string): boolean {
    return this.routes.uses(cluster) || this.listeners.uses(cluster);
  }

  async close(): Promise<void> {
    await this.listeners.close();
    this.clusters.close();
  }
}
