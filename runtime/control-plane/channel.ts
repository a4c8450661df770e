// One resource type on one ADS stream: what both protocol variants have in common. Implemented by sotw-channel.ts and delta-channel.ts.
import type { ResourceType } from '../../compiler/xds.ts';
import type { EncodedResource, TypeSet } from './resources.ts';

/** A DiscoveryRequest or DeltaDiscoveryRequest, decoded. Fields that the variant lacks are empty. */
export interface StreamRequest {
  readonly typeUrl: string;
  readonly nonce: string;
  /** google.rpc.Status of a NACK. */
  readonly error?: { readonly message: string };
  /** State of the world: the version last accepted, and all names wanted. */
  readonly versionInfo: string;
  readonly resourceNames: readonly string[];
  readonly subscribe: readonly string[];
  readonly unsubscribe: readonly string[];
  readonly initialVersions: Readonly<Record<string, string>>;
}

export interface StreamResponse {
  readonly type: ResourceType;
  readonly nonce: string;
  readonly version: string;
  /** Everything but the nonce, shared between streams. */
  readonly body: Uint8Array;
  readonly resources: readonly EncodedResource[];
  readonly removed: readonly string[];
  /** Those of `resources` that the client had in another version: they go through warming again. */
  readonly replaced: readonly EncodedResource[];
}

/** What a request said about an earlier response. */
export type Answer =
  | { readonly kind: 'ack'; readonly type: ResourceType; readonly nonce: string; readonly version: string }
  | {
      readonly kind: 'nack';
      readonly type: ResourceType;
      readonly nonce: string;
      readonly version: string;
      readonly message: string;
      /** Versions by name of what was in the response that was refused; "" for a removal. */
      readonly refused: ReadonlyMap<string, string>;
    };

export type Nack = Extract<Answer, { kind: 'nack' }>;

/** `update` sends all that changed; `answer` only what the client has explicitly asked for and not yet been told. */
export type PushMode = 'update' | 'answer';

export interface ChannelStatus {
  readonly sentVersion: string;
  readonly ackedVersion: string;
  readonly resources: number;
}

export interface Channel {
  /** A response has been sent and not answered. */
  readonly isPending: boolean;
  /** The last response answered was refused. */
  readonly isRejected: boolean;
  /** The client waits for an explicit answer. */
  readonly owesAnswer: boolean;
  readonly status: ChannelStatus;
  isSubscribedTo(name: string): boolean;
  /** Takes in subscriptions, ACK and NACK. A stale nonce answers nothing. */
  receive(request: StreamRequest): Answer | undefined;
  /**
   * The response that brings the client to `target`, counted as sent; undefined if there is nothing to say.
   * With `keepStale`, resources that are not in `target` stay with the client for now.
   */
  push(target: TypeSet, mode: PushMode, keepStale: boolean): StreamResponse | undefined;
  /** Makes the next update send these again, if they were sent before. */
  resend(names: readonly string[]): void;
  /** True if the client has some version of this resource. */
  has(name: string): boolean;
  /** After a refusal: no longer rejected, and nothing of that response counts as sent. Who calls this takes care of what was bad. */
  forgive(): void;
}

/** Encoded bodies by content; small, because what is shared is sent to all streams within moments. */
export interface BodyCache {
  get(key: string, encode: () => Uint8Array): Uint8Array;
}

/** Only these two may be subscribed by an empty list, and only for them absence from a response means removal. */
export function isFullStateType(type: ResourceType): boolean {
  return type === 'cluster' || type === 'listener';
}
