// Incremental variant of a channel. https://www.envoyproxy.io/docs/envoy/latest/api-docs/xds_protocol#incremental-xds
import type { ResourceType } from '../../compiler/xds.ts';
import {
  type Answer,
  type BodyCache,
  type Channel,
  type ChannelStatus,
  isFullStateType,
  type PushMode,
  type StreamRequest,
  type StreamResponse,
} from './channel.ts';
import { type EncodedResource, type TypeSet, typeUrlOf } from './resources.ts';
import { deltaBody } from './wire.ts';

/** Version under which a client is known to have been told that a resource does not exist. */
const absent = '';
/** Version of what a client has in a version that we cannot tell, or is to be sent again. */
const doubtful = '?';

export class DeltaChannel implements Channel {
  readonly #type: ResourceType;
  readonly #bodies: BodyCache;
  readonly #nextNonce: () => string;
  #isFirstRequest = true;
  #isWildcard = false;
  readonly #names = new Set<string>();
  /** Version by name of what the client has or was sent, refused or not: the same version is not sent twice. */
  readonly #known = new Map<string, string>();
  /** Names to answer even if the client should have them. */
  readonly #owed = new Set<string>();
  #owesFirst = false;
  readonly #unanswered = new Map<string, { readonly version: string; readonly sent: ReadonlyMap<string, string> }>();
  #sentVersion = '';
  #ackedVersion = '';
  /** Versions by name of the last response, if it was refused: whether the client took any of it is not known. */
  #refused: ReadonlyMap<string, string> = new Map();
  isRejected = false;

  constructor(type: ResourceType, bodies: BodyCache, nextNonce: () => string) {
    this.#type = type;
    this.#bodies = bodies;
    this.#nextNonce = nextNonce;
  }

  get isPending(): boolean {
    return this.#unanswered.size > 0;
  }

  get owesAnswer(): boolean {
    return this.#owesFirst || this.#owed.size > 0;
  }

  get status(): ChannelStatus {
    let resources = 0;
    for (const version of this.#known.values()) if (version !== absent) resources += 1;
    return { sentVersion: this.#sentVersion, ackedVersion: this.#ackedVersion, resources };
  }

  isSubscribedTo(name: string): boolean {
    return this.#isWildcard || this.#names.has(name);
  }

  receive(request: StreamRequest): Answer | undefined {
    // Unlike in the other variant every response is answered by itself, and subscriptions are changes, never to be skipped.
    const answer = this.#readAnswer(request);
    if (this.#isFirstRequest) this.#begin(request);
    for (const name of request.unsubscribe) this.#unsubscribe(name);
    for (const name of request.subscribe) this.#subscribe(name, request);
    this.#isFirstRequest = false;
    return answer;
  }

  push(target: TypeSet, mode: PushMode, keepStale: boolean): StreamResponse | undefined {
    if (mode === 'update') this.#reconsiderRefused(target);
    const resources = this.#dueResources(target, mode === 'answer' && !this.#owesFirst ? this.#owed : undefined);
    const removed = this.#removedNames(target, keepStale || mode === 'answer');
    if (resources.length === 0 && removed.length === 0 && !this.#owesFirst) {
      this.#owed.clear();
      return undefined;
    }
    return this.#respond(target.version, resources, removed);
  }

  resend(names: readonly string[]): void {
    for (const name of names) if (this.has(name)) this.#known.set(name, doubtful);
  }

  has(name: string): boolean {
    return (this.#known.get(name) ?? absent) !== absent;
  }

  forgive(): void {
    this.isRejected = false;
    this.resend([...this.#refused.keys()]);
    this.#refused = new Map();
  }

  /** The same again would be refused again. But once anything differs, all of the refused response must be sent anew. */
  #reconsiderRefused(target: TypeSet): void {
    if (this.#refused.size === 0) return;
    const isSame = [...this.#refused].every(
      ([name, version]) => (target.byName.get(name)?.version ?? absent) === version,
    );
    if (!isSame || this.#dueResources(target).length > 0) this.forgive();
  }

  #readAnswer(request: StreamRequest): Answer | undefined {
    const response = this.#unanswered.get(request.nonce);
    if (!response) return undefined;
    this.#unanswered.delete(request.nonce);
    this.isRejected = request.error !== undefined;
    const common = { type: this.#type, nonce: request.nonce, version: response.version };
    if (request.error) {
      this.#refused = response.sent;
      return { kind: 'nack', ...common, message: request.error.message, refused: response.sent };
    }
    this.#refused = new Map();
    this.#ackedVersion = response.version;
    return { kind: 'ack', ...common };
  }

  #begin(request: StreamRequest): void {
    for (const [name, version] of Object.entries(request.initialVersions)) this.#known.set(name, version);
    this.#isWildcard = request.subscribe.length === 0 && isFullStateType(this.#type);
    // A client that has nothing waits for an answer, be it an empty one; one that reconnects does not.
    this.#owesFirst = this.#known.size === 0 && (this.#isWildcard || request.subscribe.includes('*'));
  }

  #subscribe(name: string, request: StreamRequest): void {
    if (name === '*') {
      if (!this.#isWildcard && !this.#isFirstRequest) this.#owesFirst = true;
      this.#isWildcard = true;
      return;
    }
    this.#names.add(name);
    // Asking by name means "send it", whatever we believe; only the first request of a stream may say "I have it".
    if (!this.#isFirstRequest || request.initialVersions[name] === undefined) {
      this.#known.delete(name);
      this.#owed.add(name);
    }
  }

  #unsubscribe(name: string): void {
    if (name === '*') {
      this.#isWildcard = false;
      for (const known of this.#known.keys()) if (!this.#names.has(known)) this.#known.delete(known);
      return;
    }
    this.#names.delete(name);
    this.#owed.delete(name);
    // The client drops it; under a wildcard it is to have it all the same, so it is sent again.
    this.#known.delete(name);
  }

  #dueResources(target: TypeSet, names: Iterable<string> = this.#isWildcard ? target.byName.keys() : this.#names) {
    const due: EncodedResource[] = [];
    for (const name of names) {
      const resource = target.byName.get(name);
      if (resource && this.#isDue(resource)) due.push(resource);
    }
    return due;
  }

  #isDue(resource: EncodedResource): boolean {
    return this.#owed.has(resource.name) || this.#known.get(resource.name) !== resource.version;
  }

  #removedNames(target: TypeSet, keepStale: boolean): readonly string[] {
    const missing = [...this.#owed].filter((name) => !target.byName.has(name) && this.#known.get(name) !== absent);
    if (keepStale) return missing;
    const gone = new Set(missing);
    for (const [name, version] of this.#known) if (version !== absent && !target.byName.has(name)) gone.add(name);
    return [...gone].sort();
  }

  #respond(version: string, resources: readonly EncodedResource[], removed: readonly string[]): StreamResponse {
    const replaced = resources.filter((r) => this.#known.has(r.name) && this.#known.get(r.name) !== r.version);
    const versions = resources.map((resource) => resource.version).join();
    const body = this.#bodies.get(`delta ${this.#type} ${version} ${versions} ${removed.join()}`, () =>
      deltaBody(typeUrlOf(this.#type), version, resources, removed),
    );
    const sent = new Map(resources.map((resource) => [resource.name, resource.version]));
    for (const name of removed) sent.set(name, absent);
    for (const [name, known] of sent) this.#known.set(name, known);
    const nonce = this.#nextNonce();
    this.#unanswered.set(nonce, { version, sent });
    this.#sentVersion = version;
    this.#owed.clear();
    this.#owesFirst = false;
    return { type: this.#type, nonce, version, body, resources, removed, replaced };
  }
}
