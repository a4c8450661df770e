// The ACK/NACK protocol of one ADS stream, without I/O: requests and views in, responses out.
// Order: https://www.envoyproxy.io/docs/envoy/latest/api-docs/xds_protocol#eventual-consistency-considerations
import { pushOrder, type ResourceType } from '../../compiler/xds.ts';
import type {
  Answer,
  BodyCache,
  Channel,
  ChannelStatus,
  Nack,
  PushMode,
  StreamRequest,
  StreamResponse,
} from './channel.ts';
import { DeltaChannel } from './delta-channel.ts';
import { type EncodedResource, makeTypeSet, type TypeSet, typeOfUrl, warmedType } from './resources.ts';
import { SotwChannel } from './sotw-channel.ts';

export type Variant = 'sotw' | 'delta';

/** Everything one proxy may have at one moment. Immutable. */
export type ResourceView = Readonly<Record<ResourceType, TypeSet>>;

export interface StreamStep {
  readonly answer?: Answer;
  readonly responses: readonly StreamResponse[];
}

/**
 * Whose ACK a response waits for. Endpoints and secrets wait for none: Envoy acknowledges clusters only when they are warm, for
 * which it needs both. That makes its ACK the sign that routes may use them.
 */
const waitsFor: Record<ResourceType, readonly ResourceType[]> = {
  cluster: [],
  endpoints: [],
  secret: [],
  listener: ['cluster', 'endpoints', 'secret'],
  route: ['cluster', 'endpoints', 'secret', 'listener'],
};

/** A refused cluster or listener keeps back what may refer to it; endpoints and secrets stand alone and flow on. */
const heldBy: Partial<Record<ResourceType, readonly ResourceType[]>> = {
  listener: ['cluster'],
  route: ['cluster', 'listener'],
};

const channelClasses = { sotw: SotwChannel, delta: DeltaChannel };

/** Secrets are not kept in a cache that outlives their use. */
const uncached: BodyCache = { get: (_key, encode) => encode() };

export interface StreamOptions {
  readonly variant: Variant;
  readonly bodies: BodyCache;
  /** True if the current resource `name` of that type refers to one of `others`; asked only after a refusal. */
  readonly refersTo?: (type: ResourceType, name: string, others: ReadonlySet<string>) => boolean;
}

/**
 * At most one unrequested response of a type is outstanding at a time, and views that come meanwhile replace each other. So a slow client costs no memory and is never sent what is already superseded.
 */
export class AdsStream {
  readonly #options: StreamOptions;
  readonly #channels = new Map<ResourceType, Channel>();
  #lastNonce = 0;
  /** What should be: the view as published. */
  #published: ResourceView | undefined;
  /** What is sent: without resources that this client refused. */
  #view: ResourceView | undefined;
  /** The listeners of the last view that the client took whole. */
  #goodListeners: ReadonlyMap<string, EncodedResource> = new Map();
  /** The view of which it is known that the client has accepted all. */
  #settledView: ResourceView | undefined;
  /** Refused version by name, by type. */
  readonly #quarantined = new Map<ResourceType, Map<string, string>>();

  constructor(options: StreamOptions) {
    this.#options = options;
  }

  /** A request for a type that is not served is ignored: the client keeps waiting for what nobody will send. */
  onRequest(request: StreamRequest): StreamStep {
    const type = typeOfUrl(request.typeUrl);
    if (!type) return { responses: [] };
    this.#settledView = undefined;
    const channel = this.#channelOf(type);
    const answer = channel.receive(request);
    const isAsked = channel.owesAnswer && !this.#mustWait(type);
    const asked = isAsked ? this.#push(type, channel, 'answer', true) : undefined;
    return { ...(answer && { answer }), responses: [...(asked ? [asked] : []), ...this.#advance()] };
  }

  onView(view: ResourceView): readonly StreamResponse[] {
    this.#settledView = undefined;
    this.#published = view;
    this.#view = this.#withoutQuarantined(view);
    return this.#advance();
  }

  /**
   * Leaves refused resources out, and what the client has and would replace by something that refers to them, so that the
   * rest of a change arrives. Holds until a view brings another version of the refused resource.
   */
  quarantine(nack: Nack, names: readonly string[]): readonly StreamResponse[] {
    const published = this.#published;
    if (!published) return [];
    const refused = this.#quarantined.get(nack.type) ?? new Map<string, string>();
    // By the version that was refused: meanwhile another may have been published.
    for (const name of names) refused.set(name, nack.refused.get(name) ?? '');
    this.#quarantined.set(nack.type, refused);
    this.#channels.get(nack.type)?.forgive();
    return this.onView(published);
  }

  /** True once the client has accepted all of the view, including what that makes it ask for. */
  get isSettled(): boolean {
    const view = this.#view;
    if (!view) return false;
    if (view === this.#settledView) return true;
    for (const channel of this.#channels.values()) {
      if (channel.isPending || channel.isRejected || channel.owesAnswer) return false;
    }
    if (!this.#subscribesToAllNeeded(view)) return false;
    this.#settledView = view;
    return true;
  }

  /** True while something sent is not answered. */
  get isPending(): boolean {
    for (const channel of this.#channels.values()) if (channel.isPending) return true;
    return false;
  }

  /** True while the client lacks something of the view because it refused it. */
  get isImpaired(): boolean {
    if (this.#quarantined.size > 0) return true;
    for (const channel of this.#channels.values()) if (channel.isRejected) return true;
    return false;
  }

  status(): ReadonlyMap<ResourceType, ChannelStatus> {
    return new Map([...this.#channels].map(([type, channel]) => [type, channel.status]));
  }

  #channelOf(type: ResourceType): Channel {
    const known = this.#channels.get(type);
    if (known) return known;
    const bodies = type === 'secret' ? uncached : this.#options.bodies;
    const channel = new channelClasses[this.#options.variant](type, bodies, () => String(++this.#lastNonce));
    this.#channels.set(type, channel);
    return channel;
  }

  /** Make before break: first all that is new, in order; what is gone only when nothing refers to it any more. */
  #advance(): readonly StreamResponse[] {
    const view = this.#view;
    if (!view) return [];
    const made: StreamResponse[] = [];
    for (const type of pushOrder) {
      const channel = this.#channels.get(type);
      if (!channel || channel.isPending || this.#mustWait(type)) continue;
      const isHeld = this.#isHeld(type);
      // A client that has nothing of this type gets it even so: it would serve nothing otherwise.
      if (isHeld && !channel.owesAnswer) continue;
      const keepStale = type !== 'listener' || !this.#mustReplaceListener(view);
      const response = this.#push(type, channel, isHeld ? 'answer' : 'update', keepStale);
      if (response) made.push(response);
    }
    return this.isPending ? made : this.#advanceRemovals();
  }

  /** A new listener on the address of one that goes: both in one response, in which clients take removals first. */
  #mustReplaceListener(view: ResourceView): boolean {
    if (this.#quarantined.size > 0) return false;
    const listeners = view.listener.byName;
    const gone = [...this.#goodListeners.values()].filter(({ name }) => !listeners.has(name));
    return gone.some(({ address }) => isTaken(address, listeners.values()));
  }

  #mustWait(type: ResourceType): boolean {
    return waitsFor[type].some((earlier) => this.#channels.get(earlier)?.isPending);
  }

  /** One at a time, each acknowledged before the next. */
  #advanceRemovals(): readonly StreamResponse[] {
    const isIncomplete = [...this.#channels.values()].some((channel) => channel.isRejected);
    // What the last good configuration uses must stay.
    if (isIncomplete || this.#quarantined.size > 0) return [];
    // Endpoints last: a client drops them by itself with their cluster.
    for (const type of ['listener', 'route', 'cluster', 'endpoints', 'secret'] as const) {
      const channel = this.#channels.get(type);
      const response = channel && this.#push(type, channel, 'update', false);
      if (response) return [response];
    }
    if (this.#view && this.#channels.has('listener')) this.#goodListeners = this.#view.listener.byName;
    return [];
  }

  #push(type: ResourceType, channel: Channel, mode: PushMode, keepStale: boolean): StreamResponse | undefined {
    if (!this.#view) return undefined;
    const response = channel.push(this.#view[type], mode, keepStale);
    const warmed = warmedType[type];
    if (response && warmed) this.#channels.get(warmed)?.resend(response.replaced.flatMap((resource) => resource.warms));
    return response;
  }

  #isHeld(type: ResourceType): boolean {
    return (heldBy[type] ?? []).some((earlier) => this.#channels.get(earlier)?.isRejected);
  }

  #withoutQuarantined(view: ResourceView): ResourceView {
    for (const [type, refused] of this.#quarantined) {
      for (const [name, version] of refused) {
        if (view[type].byName.get(name)?.version !== version) refused.delete(name);
      }
      if (refused.size === 0) this.#quarantined.delete(type);
    }
    if (this.#quarantined.size === 0) return view;
    const bad = new Set([...this.#quarantined.values()].flatMap((refused) => [...refused.keys()]));
    const reduced = Object.entries(view).map(([type, set]) => [type, this.#reduce(set, bad)] as const);
    return Object.fromEntries(reduced) as ResourceView;
  }

  #reduce(set: TypeSet, bad: ReadonlySet<string>): TypeSet {
    const { type } = set;
    const isLeftOut = (name: string): boolean => {
      if (this.#quarantined.get(type)?.has(name)) return true;
      // A client that has nothing yet is better off with a reference to nothing than without the whole resource.
      return heldBy[type] !== undefined && !!this.#channels.get(type)?.has(name) && this.#refersTo(type, name, bad);
    };
    const kept = [...set.byName.values()].filter((resource) => !isLeftOut(resource.name));
    if (type === 'listener') kept.push(...this.#listenersToRestore(kept));
    else if (kept.length === set.byName.size) return set;
    return makeTypeSet(type, kept);
  }

  /** A client removes the old listener before it refuses the new one on the same address: then the old one must come back. */
  #listenersToRestore(kept: readonly EncodedResource[]): readonly EncodedResource[] {
    const names = new Set(kept.map((resource) => resource.name));
    return [...this.#goodListeners.values()].filter(({ name, address }) => !names.has(name) && !isTaken(address, kept));
  }

  #refersTo(type: ResourceType, name: string, others: ReadonlySet<string>): boolean {
    return this.#options.refersTo?.(type, name, others) ?? false;
  }

  /** A client asks for listeners after clusters, and for routes after listeners; until then it is not done. */
  #subscribesToAllNeeded(view: ResourceView): boolean {
    for (const type of ['cluster', 'listener'] as const) {
      const channel = this.#channels.get(type);
      const warmed = this.#channels.get(warmedType[type] ?? type);
      for (const { name, warms } of view[type].byName.values()) {
        if (!channel?.isSubscribedTo(name) || !warms.every((other) => warmed?.isSubscribedTo(other))) return false;
      }
    }
    return true;
  }
}

function isTaken(address: string | undefined, listeners: Iterable<EncodedResource>): boolean {
  return address !== undefined && [...listeners].some((listener) => listener.address === address);
}
