// A model of an xDS client without I/O: applies responses, refuses bad resources, follows references as Envoy does.
import type { StreamRequest, StreamResponse } from '../../control-plane/channel.ts';
import type { EncodedResource } from '../../control-plane/resources.ts';
import type { Variant } from '../../control-plane/stream.ts';
import { type ResourceType, typeUrls } from '../../../compiler/xds.ts';

export interface ModelClientOptions {
  readonly variant: Variant;
  readonly isBad: (resource: EncodedResource) => boolean;
  /** True: of a refused response it takes what is good, as Envoy does with clusters and listeners. */
  readonly isPartial: boolean;
  /** False: its refusals do not say what is wrong. */
  readonly namesBad: boolean;
}

type Held = Map<string, EncodedResource>;

const noFields = { nonce: '', versionInfo: '', resourceNames: [], subscribe: [], unsubscribe: [], initialVersions: {} };
const follows = { cluster: 'endpoints', listener: 'route' } as const;

export class ModelClient {
  readonly held: Record<ResourceType, Held> = {
    cluster: new Map(),
    endpoints: new Map(),
    secret: new Map(),
    listener: new Map(),
    route: new Map(),
  };
  /** Requests to be carried to the server, in order. */
  readonly outbox: StreamRequest[] = [];
  refusals = 0;
  readonly #options: ModelClientOptions;
  readonly #names = new Map<ResourceType, readonly string[]>();
  readonly #nonces = new Map<ResourceType, string>();
  readonly #versions = new Map<ResourceType, string>();

  constructor(options: ModelClientOptions) {
    this.#options = options;
    for (const type of ['cluster', 'listener'] as const) this.#request(type, {});
  }

  receive(response: StreamResponse): void {
    const { type, nonce, version } = response;
    const bad = response.resources.filter((resource) => this.#options.isBad(resource));
    this.#nonces.set(type, nonce);
    if (bad.length === 0 || this.#options.isPartial) this.#apply(response, bad);
    if (bad.length === 0) this.#versions.set(type, version);
    else this.refusals += 1;
    const names = this.#options.namesBad ? bad.map((resource) => resource.name).join(', ') : 'something';
    this.#request(
      type,
      bad.length === 0 ? { nonce } : { nonce, error: { message: `Error adding ${names}: it is bad` } },
    );
    if (type === 'cluster' || type === 'listener') this.#follow(type);
  }

  #apply(response: StreamResponse, bad: readonly EncodedResource[]): void {
    const held = this.held[response.type];
    const isFullState = response.type === 'cluster' || response.type === 'listener';
    if (this.#options.variant === 'sotw' && isFullState) {
      const kept = new Set(response.resources.map((resource) => resource.name));
      for (const name of held.keys()) if (!kept.has(name)) held.delete(name);
    }
    for (const name of response.removed) held.delete(name);
    for (const resource of response.resources) if (!bad.includes(resource)) held.set(resource.name, resource);
  }

  /** Subscribes to what the held resources refer to, and drops the rest. */
  #follow(type: 'cluster' | 'listener'): void {
    const followed = follows[type];
    const names = [...new Set([...this.held[type].values()].flatMap((resource) => resource.warms))].sort();
    const before = this.#names.get(followed) ?? [];
    if (names.join() === before.join()) return;
    for (const name of this.held[followed].keys()) if (!names.includes(name)) this.held[followed].delete(name);
    this.#names.set(followed, names);
    this.#request(followed, {
      subscribe: names.filter((name) => !before.includes(name)),
      unsubscribe: before.filter((name) => !names.includes(name)),
    });
  }

  #request(type: ResourceType, fields: Partial<StreamRequest>): void {
    const request = { ...noFields, typeUrl: typeUrls[type], ...fields };
    if (this.#options.variant === 'delta') this.outbox.push(request);
    else {
      this.outbox.push({
        ...request,
        subscribe: [],
        unsubscribe: [],
        nonce: this.#nonces.get(type) ?? '',
        versionInfo: this.#versions.get(type) ?? '',
        resourceNames: this.#names.get(type) ?? [],
      });
    }
  }
}
