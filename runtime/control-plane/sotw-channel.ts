// State-of-the-world variant of a channel. https://www.envoyproxy.io/docs/envoy/latest/api-docs/xds_protocol#basic-protocol-overview
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
import { contentHash, type EncodedResource, type TypeSet, typeUrlOf } from './resources.ts';
import { sotwBody } from './wire.ts';

type Resources = ReadonlyMap<string, EncodedResource>;

export class SotwChannel implements Channel {
  readonly #type: ResourceType;
  readonly #bodies: BodyCache;
  readonly #nextNonce: () => string;
  #isWildcard = false;
  #hasNamed = false;
  #names: ReadonlySet<string> = new Set();
  /** What the client was sent, as far as it was sent on this stream or vouched for by its version. */
  #sent: Resources = new Map();
  #accepted: Resources = new Map();
  #sentVersion = '';
  #ackedVersion = '';
  /** Version that the client claimed on its first request; compared once. */
  #claimedVersion = '';
  #nonce = '';
  /** The last response, by name and version; refused if `isRejected`: whether the client took any of it is not known. */
  #last: ReadonlyMap<string, string> = new Map();
  readonly #owed = new Set<string>();
  #owesFirst = true;
  isPending = false;
  isRejected = false;

  constructor(type: ResourceType, bodies: BodyCache, nextNonce: () => string) {
    this.#type = type;
    this.#bodies = bodies;
    this.#nextNonce = nextNonce;
  }

  get owesAnswer(): boolean {
    return this.#owesFirst || this.#owed.size > 0;
  }

  get status(): ChannelStatus {
    return { sentVersion: this.#sentVersion, ackedVersion: this.#ackedVersion, resources: this.#sent.size };
  }

  isSubscribedTo(name: string): boolean {
    return this.#isWildcard || this.#names.has(name);
  }

  receive(request: StreamRequest): Answer | undefined {
    // A nonce of another stream, on a first request, says nothing; an empty one comes before the first response arrived.
    const isFirst = this.#nonce === '';
    if (!isFirst && request.nonce !== '' && request.nonce !== this.#nonce) {
      this.#forgetUnnamed(request.resourceNames);
      return undefined;
    }
    if (isFirst) this.#claimedVersion = request.versionInfo;
    const answer = isFirst || request.nonce === '' ? undefined : this.#readAnswer(request);
    this.#subscribe(request.resourceNames);
    return answer;
  }

  push(target: TypeSet, mode: PushMode, keepStale: boolean): StreamResponse | undefined {
    const wanted = this.#wanted(target);
    if (this.#adoptClaim(wanted)) return undefined;
    if (mode === 'update') this.#reconsiderRefused(wanted);
    if (isFullStateType(this.#type)) return this.#pushFullState(target, wanted, keepStale);
    const changed = [...wanted.values()].filter((resource) => this.#isDue(resource, mode));
    if (changed.length === 0 && !this.owesAnswer) return undefined;
    const sent = new Map([...this.#sent].filter(([name]) => this.isSubscribedTo(name)));
    for (const resource of changed) sent.set(resource.name, resource);
    return this.#respond(sent, versionOf(sent), changed);
  }

  resend(names: readonly string[]): void {
    const due = names.filter((name) => this.#sent.has(name));
    if (due.length > 0) this.#sent = new Map([...this.#sent].filter(([name]) => !due.includes(name)));
  }

  has(name: string): boolean {
    return this.#accepted.has(name);
  }

  forgive(): void {
    this.isRejected = false;
    if (isFullStateType(this.#type)) this.#sentVersion = '';
    else this.resend([...this.#last.keys()]);
  }

  /** The same again would be refused again. But once anything differs, all of the refused response must be sent anew. */
  #reconsiderRefused(wanted: Resources): void {
    if (!this.isRejected || isFullStateType(this.#type)) return;
    const isSame = [...this.#last].every(([name, version]) => wanted.get(name)?.version === version);
    const hasMore = [...wanted.values()].some((resource) => this.#isDue(resource, 'update'));
    if (!isSame || hasMore) this.forgive();
  }

  #readAnswer(request: StreamRequest): Answer | undefined {
    // Later requests with the same nonce only change the subscription.
    if (!this.isPending) return undefined;
    this.isPending = false;
    this.isRejected = request.error !== undefined;
    const common = { type: this.#type, nonce: this.#nonce, version: this.#sentVersion };
    if (request.error) return { kind: 'nack', ...common, message: request.error.message, refused: this.#last };
    this.#accepted = this.#sent;
    this.#ackedVersion = this.#sentVersion;
    return { kind: 'ack', ...common };
  }

  #subscribe(names: readonly string[]): void {
    const isLegacyWildcard = names.length === 0 && !this.#hasNamed && isFullStateType(this.#type);
    const wasWildcard = this.#isWildcard;
    this.#isWildcard = isLegacyWildcard || names.includes('*');
    if (names.length > 0) this.#hasNamed = true;
    const next = new Set(names.filter((name) => name !== '*'));
    this.#dropAllBut(next);
    for (const name of next) if (!this.#names.has(name)) this.#owed.add(name);
    if (this.#isWildcard && !wasWildcard) this.#owesFirst = true;
    this.#names = next;
  }

  /**
   * A request whose nonce is superseded gets no response: one with the right nonce follows. But what it no longer names, the
   * client dropped, so the following one asks for that anew if it names it again.
   */
  #forgetUnnamed(names: readonly string[]): void {
    const named = new Set(names);
    if (this.#hasNamed) this.#isWildcard &&= named.has('*');
    this.#dropAllBut(named);
  }

  /** What a client does not name any more, it drops: named again, it is to have it again. */
  #dropAllBut(named: ReadonlySet<string>): void {
    const dropped = this.#names.difference(named);
    this.#names = this.#names.intersection(named);
    for (const name of dropped) this.#owed.delete(name);
    if (this.#isWildcard || dropped.size === 0) return;
    const kept = (resources: Resources) => new Map([...resources].filter(([name]) => !dropped.has(name)));
    this.#sent = kept(this.#sent);
    this.#accepted = kept(this.#accepted);
  }

  #wanted(target: TypeSet): Resources {
    if (this.#isWildcard) return target.byName;
    const found = [...this.#names].flatMap((name) => target.byName.get(name) ?? []);
    return new Map(found.map((resource) => [resource.name, resource]));
  }

  /** On a new stream: the version is a content hash, so an equal one means that the client has exactly this. */
  #adoptClaim(wanted: Resources): boolean {
    const claimed = this.#claimedVersion;
    this.#claimedVersion = '';
    if (claimed === '' || claimed !== versionOf(wanted)) return false;
    this.#sent = wanted;
    this.#accepted = wanted;
    this.#sentVersion = claimed;
    this.#ackedVersion = claimed;
    this.#settleDebts();
    return true;
  }

  #isDue(resource: EncodedResource, mode: PushMode): boolean {
    if (this.#owed.has(resource.name)) return true;
    const isChanged = this.#sent.get(resource.name)?.version !== resource.version;
    return isChanged && (mode === 'update' || (this.#isWildcard && this.#owesFirst));
  }

  #pushFullState(target: TypeSet, wanted: Resources, keepStale: boolean): StreamResponse | undefined {
    const stale = keepStale
      ? [...this.#accepted].filter(([name]) => !wanted.has(name) && this.isSubscribedTo(name))
      : [];
    const full: Resources = stale.length === 0 ? wanted : new Map([...wanted, ...stale]);
    const version = full === target.byName ? target.version : versionOf(full);
    if (version === this.#sentVersion && !this.owesAnswer) return undefined;
    return this.#respond(full, version, [...full.values()]);
  }

  #respond(sent: Resources, version: string, resources: readonly EncodedResource[]): StreamResponse {
    const replaced = resources.filter((resource) => this.#isReplacement(resource));
    const key = `sotw ${this.#type} ${version} ${resources.map((resource) => resource.version).join()}`;
    const body = this.#bodies.get(key, () => sotwBody(typeUrlOf(this.#type), version, resources));
    this.#sent = sent;
    this.#sentVersion = version;
    this.#last = new Map(resources.map((resource) => [resource.name, resource.version]));
    this.#nonce = this.#nextNonce();
    this.isPending = true;
    this.#settleDebts();
    return { type: this.#type, nonce: this.#nonce, version, body, resources, removed: [], replaced };
  }

  /** After a refusal it is not known whether the client has what it was sent or what it had. */
  #isReplacement({ name, version }: EncodedResource): boolean {
    const versions = [this.#sent.get(name)?.version, this.#accepted.get(name)?.version];
    return versions.some((before) => before !== undefined && before !== version);
  }

  #settleDebts(): void {
    this.#owed.clear();
    this.#owesFirst = false;
  }
}

/** The same hash as that of a TypeSet with these resources, so that a version means the same on every stream. */
function versionOf(resources: Resources): string {
  const sorted = [...resources.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
  return contentHash(...sorted.flatMap(({ name, version }) => [name, version]));
}
