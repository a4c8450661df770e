// The client's side of the xDS protocol, state of the world or delta, without I/O: what to send, and what an answer means.
// https://www.envoyproxy.io/docs/envoy/latest/api-docs/xds_protocol
import type { Init } from './channel.ts';
import { type ResourceType, resourceTypeOf, typeUrls } from './resource-types.ts';

export interface ReceivedResource {
  readonly name: string;
  readonly version: string;
  /** The bytes of the message. */
  readonly value: Uint8Array;
}

export interface Update {
  readonly type: ResourceType;
  readonly resources: readonly ReceivedResource[];
  /** Names that are gone. `all`: whatever was not listed (state of the world, of types asked for by wildcard). */
  readonly removed: readonly string[] | 'unlisted';
  readonly nonce: string;
  readonly version: string;
}

/** One stream's protocol state. A new one for every stream; versions are carried over by the owner. */
export interface Protocol {
  /** The first request of a type on this stream, or a change of subscription. undefined: nothing to send. */
  subscribe(type: ResourceType, names: ReadonlySet<string>, versions: ReadonlyMap<string, string>): Init | undefined;
  read(response: Init): Update | undefined;
  /** `error` undefined accepts. */
  acknowledge(update: Update, error: string | undefined): Init;
}

const wildcardTypes: ReadonlySet<ResourceType> = new Set(['cluster', 'listener']);
const invalidArgument = 3;

function errorDetail(error: string | undefined): Init {
  return error === undefined ? {} : { errorDetail: { code: invalidArgument, message: error } };
}

interface AnyMessage {
  readonly typeUrl: string;
  readonly value: Uint8Array;
}

interface DeltaResponse {
  readonly typeUrl: string;
  readonly nonce: string;
  readonly systemVersionInfo: string;
  readonly resources: readonly { readonly name: string; readonly version: string; readonly resource?: AnyMessage }[];
  readonly removedResources: readonly string[];
}

export class DeltaProtocol implements Protocol {
  readonly #node: Init;
  readonly #subscribed = new Map<ResourceType, ReadonlySet<string>>();
  #isNodeSent = false;

  constructor(node: Init) {
    this.#node = node;
  }

  subscribe(type: ResourceType, names: ReadonlySet<string>, versions: ReadonlyMap<string, string>): Init | undefined {
    const before = this.#subscribed.get(type);
    const wanted = wildcardTypes.has(type) ? new Set(['*']) : new Set(names);
    const added = [...wanted].filter((name) => !before?.has(name));
    const dropped = [...(before ?? [])].filter((name) => !wanted.has(name));
    if (added.length === 0 && dropped.length === 0) return undefined;
    this.#subscribed.set(type, wanted);
    return this.#request(type, {
      resourceNamesSubscribe: added,
      resourceNamesUnsubscribe: dropped,
      // Only the first request of a type on a stream may tell what is known already.
      ...(before === undefined && { initialResourceVersions: Object.fromEntries(versions) }),
    });
  }

  read(init: Init): Update | undefined {
    const response = init as unknown as DeltaResponse;
    const type = resourceTypeOf(response.typeUrl);
    if (!type) return undefined;
    const resources = response.resources.flatMap(({ name, version, resource }) =>
      resource ? [{ name, version, value: resource.value }] : [],
    );
    return {
      type,
      resources,
      removed: response.removedResources,
      nonce: response.nonce,
      version: response.systemVersionInfo,
    };
  }

  acknowledge(update: Update, error: string | undefined): Init {
    return this.#request(update.type, { responseNonce: update.nonce, ...errorDetail(error) });
  }

  #request(type: ResourceType, rest: Init): Init {
    const node = this.#isNodeSent ? {} : { node: this.#node };
    this.#isNodeSent = true;
    return { ...node, typeUrl: typeUrls[type], ...rest };
  }
}

interface SotwResponse {
  readonly typeUrl: string;
  readonly nonce: string;
  readonly versionInfo: string;
  readonly resources: readonly AnyMessage[];
}

interface SotwState {
  names: readonly string[];
  nonce: string;
  version: string;
}

export class StateOfTheWorldProtocol implements Protocol {
  readonly #node: Init;
  readonly #nameOf: (type: ResourceType, value: Uint8Array) => string;
  readonly #states = new Map<ResourceType, SotwState>();
  #isNodeSent = false;

  constructor(node: Init, nameOf: (type: ResourceType, value: Uint8Array) => string) {
    this.#node = node;
    this.#nameOf = nameOf;
  }

  subscribe(type: ResourceType, names: ReadonlySet<string>): Init | undefined {
    const state = this.#states.get(type);
    const wanted = wildcardTypes.has(type) ? [] : [...names].sort();
    // An empty list would mean "everything": a type of which nothing is wanted any more is left as it is.
    if (!wildcardTypes.has(type) && wanted.length === 0) return undefined;
    if (state && state.names.join('\n') === wanted.join('\n')) return undefined;
    const next = state ?? { names: wanted, nonce: '', version: '' };
    next.names = wanted;
    this.#states.set(type, next);
    return this.#request(type, next);
  }

  read(init: Init): Update | undefined {
    const response = init as unknown as SotwResponse;
    const type = resourceTypeOf(response.typeUrl);
    const state = type && this.#states.get(type);
    if (!type || !state) return undefined;
    state.nonce = response.nonce;
    const resources = response.resources.map(({ value }) => ({
      name: this.#nameOf(type, value),
      version: response.versionInfo,
      value,
    }));
    const removed = wildcardTypes.has(type) ? 'unlisted' : [];
    return { type, resources, removed, nonce: response.nonce, version: response.versionInfo };
  }

  acknowledge(update: Update, error: string | undefined): Init {
    const state = this.#states.get(update.type) ?? { names: [], nonce: update.nonce, version: '' };
    if (error === undefined) state.version = update.version;
    return { ...this.#request(update.type, { ...state, nonce: update.nonce }), ...errorDetail(error) };
  }

  #request(type: ResourceType, state: SotwState): Init {
    const node = this.#isNodeSent ? {} : { node: this.#node };
    this.#isNodeSent = true;
    return {
      ...node,
      typeUrl: typeUrls[type],
      versionInfo: state.version,
      resourceNames: [...state.names],
      responseNonce: state.nonce,
    };
  }
}
