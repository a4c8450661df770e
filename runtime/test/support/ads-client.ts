// A small ADS client for tests and benches: subscribes, acknowledges by itself unless told to refuse, and remembers what it got.
import { create, fromBinary, type MessageInitShape, toBinary, toJson } from '@bufbuild/protobuf';
import type { DescMessage } from '@bufbuild/protobuf';
import * as grpc from '@grpc/grpc-js';
import { envoyMessage, envoyRegistry, type ResourceType, typeUrls } from '../../../compiler/xds.ts';
import { typeOfUrl } from '../../control-plane/resources.ts';
import { controlPlaneServerName } from '../../ca/purpose.ts';

export interface AdsClientOptions {
  readonly port: number;
  readonly rootCertificates: string;
  readonly node: { readonly id: string; readonly cluster: string };
  readonly variant: 'sotw' | 'delta';
  readonly token?: string;
  readonly certificate?: { readonly chain: string; readonly key: string };
  /** A text refuses the response with it. */
  readonly judge?: (response: ClientResponse) => string | undefined;
  /** False leaves answering to the caller. */
  readonly autoAck?: boolean;
  /** Benches need names and sizes only. */
  readonly decodeResources?: boolean;
}

export interface ClientResponse {
  readonly type: ResourceType;
  readonly version: string;
  readonly nonce: string;
  readonly names: readonly string[];
  readonly removed: readonly string[];
  readonly bytes: number;
  readonly json: ReadonlyMap<string, Record<string, unknown>>;
}

interface AnyMessage {
  readonly typeUrl: string;
  readonly value: Uint8Array;
}

interface SotwResponse {
  readonly versionInfo: string;
  readonly typeUrl: string;
  readonly nonce: string;
  readonly resources: readonly AnyMessage[];
}

interface DeltaResponse {
  readonly systemVersionInfo: string;
  readonly typeUrl: string;
  readonly nonce: string;
  readonly resources: readonly { readonly name: string; readonly version: string; readonly resource?: AnyMessage }[];
  readonly removedResources: readonly string[];
}

const prefix = 'envoy.service.discovery.v3.';
const methods = { sotw: 'StreamAggregatedResources', delta: 'DeltaAggregatedResources' };

export class AdsClient {
  readonly responses: ClientResponse[] = [];
  /** What a client holds after applying all responses that it accepted. Versions by name, by type. */
  readonly held = new Map<ResourceType, Map<string, string>>();
  /** State of the world: the version last accepted. */
  readonly versions = new Map<ResourceType, string>();
  readonly ended: Promise<{ readonly code: number; readonly details: string }>;
  readonly #options: AdsClientOptions;
  readonly #client: grpc.Client;
  readonly #call: grpc.ClientDuplexStream<Buffer, Buffer>;
  readonly #names = new Map<ResourceType, readonly string[]>();
  readonly #nonces = new Map<ResourceType, string>();
  readonly #watchers = new Set<() => void>();
  #isFirst = true;
  isClosed = false;

  constructor(options: AdsClientOptions) {
    this.#options = options;
    this.#client = new grpc.Client(`127.0.0.1:${options.port}`, credentialsOf(options), {
      'grpc.ssl_target_name_override': controlPlaneServerName,
      'grpc.max_receive_message_length': -1,
      'grpc.use_local_subchannel_pool': 1,
    });
    const metadata = new grpc.Metadata();
    if (options.token !== undefined) metadata.set('authorization', `Bearer ${options.token}`);
    const asIs = (bytes: Buffer): Buffer => bytes;
    const path = `/${prefix}AggregatedDiscoveryService/${methods[options.variant]}`;
    this.#call = this.#client.makeBidiStreamRequest(path, asIs, asIs, metadata);
    this.#call.on('data', (bytes: Buffer) => this.#receive(bytes));
    this.ended = new Promise((resolve) => {
      this.#call.on('error', () => undefined);
      this.#call.on('status', ({ code, details }) => resolve({ code, details }));
    });
  }

  /** Without names: everything of the type. Delta: `initialVersions` is what a reconnecting client has. */
  subscribe(
    type: ResourceType,
    names: readonly string[] = ['*'],
    known: { readonly [name: string]: string } = {},
  ): void {
    const before = this.#names.get(type) ?? [];
    this.#names.set(type, names);
    if (this.#options.variant === 'sotw') this.#sendSotw(type, this.#nonces.get(type) ?? '');
    else {
      this.#send({
        typeUrl: typeUrls[type],
        resourceNamesSubscribe: names.filter((name) => !before.includes(name)),
        resourceNamesUnsubscribe: before.filter((name) => !names.includes(name)),
        initialResourceVersions: known,
      });
    }
  }

  /** As a client that returns with a version, on its first request. */
  resubscribeSotw(type: ResourceType, names: readonly string[], version: string): void {
    this.versions.set(type, version);
    this.subscribe(type, names);
  }

  subscribeAll(): void {
    for (const type of ['cluster', 'endpoints', 'secret', 'listener', 'route'] as const) this.subscribe(type);
  }

  answer(response: ClientResponse, error?: string, nonce = response.nonce): void {
    const { type } = response;
    if (error === undefined) this.versions.set(type, response.version);
    if (this.#options.variant === 'sotw') this.#sendSotw(type, nonce, error);
    else this.#send({ typeUrl: typeUrls[type], responseNonce: nonce, ...errorDetail(error) });
  }

  /** Resolves when the condition holds; rejects with what was received if it does not in time. */
  until(condition: (client: AdsClient) => boolean, timeoutMs = 5_000): Promise<void> {
    if (condition(this)) return Promise.resolve();
    return new Promise((resolve, reject) => {
      const check = (): void => {
        if (!condition(this)) return;
        clearTimeout(timer);
        this.#watchers.delete(check);
        resolve();
      };
      const timer = setTimeout(() => {
        this.#watchers.delete(check);
        const got = this.responses.map(({ type, names, removed }) => `${type}[${names.join()}]-[${removed.join()}]`);
        reject(new Error(`the condition did not come to hold; received ${got.join(' ') || 'nothing'}`));
      }, timeoutMs);
      this.#watchers.add(check);
    });
  }

  of(type: ResourceType): readonly ClientResponse[] {
    return this.responses.filter((response) => response.type === type);
  }

  get node(): string {
    return this.#options.node.id;
  }

  close(): void {
    this.isClosed = true;
    this.#call.cancel();
    this.#client.close();
  }

  #receive(bytes: Buffer): void {
    const response = this.#options.variant === 'sotw' ? this.#readSotw(bytes) : this.#readDelta(bytes);
    this.responses.push(response);
    this.#nonces.set(response.type, response.nonce);
    if (this.#options.autoAck !== false) this.answer(response, this.#options.judge?.(response));
    for (const watcher of [...this.#watchers]) watcher();
  }

  #readSotw(bytes: Buffer): ClientResponse {
    const message = decode(`${prefix}DiscoveryResponse`, bytes) as SotwResponse;
    const json = new Map(message.resources.map((any) => this.#decodeAny(any)));
    const { typeUrl, nonce } = message;
    const names = [...json.keys()];
    return {
      type: typeOf(typeUrl),
      version: message.versionInfo,
      nonce,
      names,
      removed: [],
      bytes: bytes.length,
      json,
    };
  }

  #readDelta(bytes: Buffer): ClientResponse {
    const message = decode(`${prefix}DeltaDiscoveryResponse`, bytes) as DeltaResponse;
    const type = typeOf(message.typeUrl);
    const held = this.held.get(type) ?? new Map<string, string>();
    this.held.set(type, held);
    for (const { name, version } of message.resources) held.set(name, version);
    for (const name of message.removedResources) held.delete(name);
    const json = new Map(
      message.resources.flatMap(({ resource }) =>
        resource && this.#options.decodeResources !== false ? [this.#decodeAny(resource)] : [],
      ),
    );
    const names = message.resources.map((resource) => resource.name);
    const { nonce, removedResources: removed, systemVersionInfo: version } = message;
    return { type, version, nonce, names, removed, bytes: bytes.length, json };
  }

  #decodeAny({ typeUrl, value }: AnyMessage): [string, Record<string, unknown>] {
    const schema = envoyMessage(typeUrl.slice(typeUrl.indexOf('/') + 1));
    if (this.#options.decodeResources === false) return [String(value.length), {}];
    const json = toJson(schema, fromBinary(schema, value), { registry: envoyRegistry() }) as Record<string, unknown>;
    return [String(json.name ?? json.clusterName), json];
  }

  #sendSotw(type: ResourceType, responseNonce: string, error?: string): void {
    this.#send({
      typeUrl: typeUrls[type],
      versionInfo: this.versions.get(type) ?? '',
      resourceNames: this.#names.get(type) ?? [],
      responseNonce,
      ...errorDetail(error),
    });
  }

  #send(fields: object): void {
    const name = this.#options.variant === 'sotw' ? 'DiscoveryRequest' : 'DeltaDiscoveryRequest';
    const schema = envoyMessage(prefix + name);
    const node = this.#isFirst ? { node: this.#options.node } : {};
    this.#isFirst = false;
    const message = create(schema, { ...fields, ...node } as MessageInitShape<DescMessage>);
    this.#call.write(Buffer.from(toBinary(schema, message)));
  }
}

function credentialsOf({ rootCertificates, certificate }: AdsClientOptions): grpc.ChannelCredentials {
  const root = Buffer.from(rootCertificates);
  if (!certificate) return grpc.credentials.createSsl(root);
  return grpc.credentials.createSsl(root, Buffer.from(certificate.key), Buffer.from(certificate.chain));
}

function errorDetail(message: string | undefined): object {
  return message === undefined ? {} : { errorDetail: { code: 3, message } };
}

function decode(name: string, bytes: Uint8Array): unknown {
  return fromBinary(envoyMessage(name), bytes);
}

function typeOf(typeUrl: string): ResourceType {
  const type = typeOfUrl(typeUrl);
  if (!type) throw new Error(`unexpected type ${typeUrl}`);
  return type;
}
