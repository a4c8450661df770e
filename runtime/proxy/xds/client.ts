// Keeps a stream to the control plane, applies what comes over it, and acknowledges after that. Configuration outlives the stream.
import { fromJson, type JsonValue } from '@bufbuild/protobuf';
import { decodeResource, envoyMessage, envoyRegistry } from '../../../compiler/xds.ts';
import type { Bootstrap } from '../bootstrap.ts';
import type { ConfigStore, NamedResource } from '../config/config-store.ts';
import { rejectionText } from '../rejection.ts';
import type { RuntimeContext } from '../runtime-context.ts';
import { requireSupported } from '../supported/index.ts';
import { backOffWaitMs } from './back-off.ts';
import { type AdsChannel, type AdsStream, type Init, openChannel } from './channel.ts';
import { DeltaProtocol, type Protocol, StateOfTheWorldProtocol, type Update } from './protocol.ts';
import { pushOrder, type ResourceType, typeUrls } from './resource-types.ts';
import { startTimer } from '../../timers.ts';

export class XdsClient {
  readonly #bootstrap: Bootstrap;
  readonly #store: ConfigStore;
  readonly #context: RuntimeContext;
  readonly #channel: AdsChannel;
  /** Versions of what was accepted, by type and name: told to the control plane after a reconnect. */
  readonly #versions = new Map<ResourceType, Map<string, string>>(pushOrder.map((type) => [type, new Map()]));
  #stream: AdsStream | undefined;
  #protocol: Protocol | undefined;
  #queue: Promise<void> = Promise.resolve();
  #failures = 0;
  #timer: NodeJS.Timeout | undefined;
  #isClosed = false;

  constructor(bootstrap: Bootstrap, store: ConfigStore, context: RuntimeContext) {
    this.#bootstrap = bootstrap;
    this.#store = store;
    this.#context = context;
    this.#channel = openChannel(bootstrap);
  }

  start(): void {
    if (this.#isClosed) return;
    const stream = this.#channel.open();
    const protocol = this.#newProtocol();
    this.#stream = stream;
    this.#protocol = protocol;
    stream.on('data', (response: Init) => {
      const update = protocol.read(response);
      if (update) this.#queue = this.#queue.then(() => this.#onUpdate(update, stream, protocol));
    });
    // grpc-js ends every stream with exactly one `status`, also after an error.
    stream.on('error', () => {});
    stream.on('status', (status: { code: number; details: string }) => this.#onEnd(stream, status));
    for (const type of pushOrder) this.#subscribe(type);
  }

  close(): void {
    this.#isClosed = true;
    clearTimeout(this.#timer);
    this.#stream?.cancel();
    this.#channel.close();
  }

  #newProtocol(): Protocol {
    const node = this.#node();
    if (this.#bootstrap.isDelta) return new DeltaProtocol(node);
    return new StateOfTheWorldProtocol(node, (type, value) => nameOf(decodeResource(typeUrls[type], value)));
  }

  #node(): Init {
    const json = { user_agent_name: 'fairlead', ...this.#bootstrap.node };
    return fromJson(envoyMessage('envoy.config.core.v3.Node'), json as JsonValue, {
      registry: envoyRegistry(),
      ignoreUnknownFields: true,
    }) as unknown as Init;
  }

  #subscribe(type: ResourceType): void {
    const versions = this.#versions.get(type) ?? new Map<string, string>();
    const names = this.#store.wanted(type);
    // What is no longer asked for may change unseen: claiming its old version later would leave it out of date.
    if (type !== 'cluster' && type !== 'listener') {
      for (const name of versions.keys()) if (!names.has(name)) versions.delete(name);
    }
    const request = this.#protocol?.subscribe(type, names, versions);
    if (request) this.#stream?.write(request);
  }

  async #onUpdate(update: Update, stream: AdsStream, protocol: Protocol): Promise<void> {
    if (this.#isClosed || stream !== this.#stream) return;
    this.#failures = 0;
    this.#context.stats.connected.set(1);
    const errors = await this.#apply(update);
    if (this.#isClosed || stream !== this.#stream) return;
    const error = errors.length > 0 ? errors.join('; ') : undefined;
    this.#context.stats.onUpdate(update.type, error === undefined ? 'accepted' : 'rejected');
    if (error !== undefined)
      this.#context.log({ level: 'error', message: `refused an update of type ${update.type}: ${error}` });
    stream.write(protocol.acknowledge(update, error));
    for (const type of pushOrder) this.#subscribe(type);
  }

  /** Good resources are applied even beside bad ones, as Envoy does; the messages are of the bad ones. */
  async #apply(update: Update): Promise<string[]> {
    const errors: string[] = [];
    const good: NamedResource[] = [];
    for (const { name, value } of update.resources) {
      try {
        const json = decodeResource(typeUrls[update.type], value);
        requireSupported(update.type, name || nameOf(json), json);
        good.push({ name: name || nameOf(json), json });
      } catch (error) {
        errors.push(`${name}: ${rejectionText(error)}`);
      }
    }
    const versions = this.#versions.get(update.type);
    const listed = new Set(update.resources.map(({ name }) => name));
    const removed =
      update.removed === 'unlisted'
        ? [...this.#store.names(update.type)].filter((name) => !listed.has(name))
        : update.removed;
    const refused = await this.#store.apply(update.type, good, removed);
    for (const [name, error] of refused) errors.push(`${name}: ${rejectionText(error)}`);
    for (const { name } of good) {
      const version = update.resources.find((resource) => resource.name === name)?.version;
      if (!refused.has(name) && version !== undefined) versions?.set(name, version);
    }
    for (const name of removed) versions?.delete(name);
    return errors;
  }

  #onEnd(stream: AdsStream, status: { code: number; details: string }): void {
    if (this.#isClosed || stream !== this.#stream) return;
    this.#stream = undefined;
    this.#protocol = undefined;
    this.#context.stats.connected.set(0);
    const waitMs = backOffWaitMs(this.#failures++, this.#context.random());
    this.#context.log({
      level: 'warning',
      message: `the control plane at ${this.#bootstrap.server.address}:${this.#bootstrap.server.port} is gone: ${status.details}`,
      retryMs: waitMs,
    });
    this.#timer = startTimer(waitMs, () => this.start());
  }
}

function nameOf(json: unknown): string {
  const { name, clusterName } = json as { readonly name?: string; readonly clusterName?: string };
  return name ?? clusterName ?? '';
}
