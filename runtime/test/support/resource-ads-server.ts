// A small ADS server for tests of the proxy: serves whatever resources a test hands it, also ones no compiler would emit.
import { create, fromBinary, type MessageInitShape, toBinary } from '@bufbuild/protobuf';
import { Server, ServerCredentials, type ServerDuplexStream } from '@grpc/grpc-js';
import { encodeResource, envoyMessage } from '../../../compiler/backends/envoy/proto/registry.ts';
import { pushOrder, type ResourceType, typeUrls } from '../../../compiler/backends/envoy/proto/type-urls.ts';

/** Resources as JSON, by type. */
export type Resources = Readonly<Partial<Record<ResourceType, readonly object[]>>>;

export interface Verdict {
  readonly node: string;
  readonly type: ResourceType;
  /** undefined for an ACK. */
  readonly error: string | undefined;
}

export interface ResourceAdsServer {
  readonly port: number;
  /** Every ACK and NACK so far. */
  readonly verdicts: readonly Verdict[];
  /** First requests of streams, as they came. */
  readonly opened: readonly {
    readonly node: string;
    readonly typeUrl: string;
    readonly initialResourceVersions: Record<string, string>;
  }[];
  /** Replaces what a node is served, and pushes the difference. */
  set(node: string, resources: Resources): void;
  /** Resolves with the verdicts of that node once `count` new ones of the type came after the call. */
  verdictOf(node: string, type: ResourceType): Promise<string | undefined>;
  /** Ends all streams, but keeps listening. */
  disconnect(): void;
  close(): void;
}

interface Served {
  readonly version: string;
  readonly any: { readonly typeUrl: string; readonly value: Uint8Array };
}

interface Request {
  readonly node?: { readonly id: string };
  readonly typeUrl: string;
  readonly responseNonce: string;
  readonly errorDetail?: { readonly message: string };
  readonly resourceNamesSubscribe: readonly string[];
  readonly resourceNamesUnsubscribe: readonly string[];
  readonly initialResourceVersions: Record<string, string>;
  readonly resourceNames: readonly string[];
}

type Stream = ServerDuplexStream<Request, object>;

const typeOf = (url: string) => pushOrder.find((type) => typeUrls[type] === url) ?? 'cluster';
const nameOf = (json: object) => {
  const { name, clusterName } = json as { name?: string; clusterName?: string };
  return name ?? clusterName ?? '';
};

let versions = 0;
let nonces = 0;

class Session {
  node = '';
  readonly #stream: Stream;
  readonly #isDelta: boolean;
  readonly #subscribed = new Map<ResourceType, Set<string>>();
  readonly #sent = new Map<ResourceType, Map<string, string>>();

  constructor(stream: Stream, isDelta: boolean) {
    this.#stream = stream;
    this.#isDelta = isDelta;
  }

  onRequest(request: Request, served: ReadonlyMap<ResourceType, ReadonlyMap<string, Served>>): void {
    const type = typeOf(request.typeUrl);
    const isFirst = !this.#subscribed.has(type);
    const names = this.#subscribed.get(type) ?? new Set<string>();
    this.#subscribed.set(type, names);
    const sent = this.#sent.get(type) ?? new Map(Object.entries(request.initialResourceVersions ?? {}));
    this.#sent.set(type, sent);
    if (this.#isDelta) {
      for (const name of request.resourceNamesSubscribe) names.add(name);
      for (const name of request.resourceNamesUnsubscribe) {
        names.delete(name);
        sent.delete(name);
      }
      if (isFirst || request.resourceNamesSubscribe.length > 0) this.push(type, served, isFirst);
    } else if (isFirst || request.resourceNames.join() !== [...names].join()) {
      names.clear();
      for (const name of request.resourceNames) names.add(name);
      this.push(type, served, true);
    }
  }

  push(type: ResourceType, served: ReadonlyMap<ResourceType, ReadonlyMap<string, Served>>, isForced = false): void {
    const names = this.#subscribed.get(type);
    const sent = this.#sent.get(type);
    if (!names || !sent) return;
    const isWildcard = names.has('*') || (names.size === 0 && (type === 'cluster' || type === 'listener'));
    const wanted = [...(served.get(type) ?? [])].filter(([name]) => isWildcard || names.has(name));
    const changed = wanted.filter(([name, { version }]) => sent.get(name) !== version);
    const gone = [...sent.keys()].filter((name) => !served.get(type)?.has(name));
    if (changed.length === 0 && gone.length === 0 && !isForced) return;
    for (const [name, { version }] of changed) sent.set(name, version);
    for (const name of gone) sent.delete(name);
    const base = { typeUrl: typeUrls[type], nonce: String(++nonces) };
    this.#stream.write(
      this.#isDelta
        ? {
            ...base,
            systemVersionInfo: String(versions),
            resources: changed.map(([name, { version, any }]) => ({ name, version, resource: any })),
            removedResources: gone,
          }
        : { ...base, versionInfo: String(versions), resources: wanted.map(([, { any }]) => any) },
    );
  }

  end(): void {
    this.#stream.end();
  }
}

export async function startResourceAdsServer(port = 0): Promise<ResourceAdsServer> {
  const snapshots = new Map<string, Map<ResourceType, Map<string, Served>>>();
  const sessions = new Set<Session>();
  const verdicts: Verdict[] = [];
  const opened: { node: string; typeUrl: string; initialResourceVersions: Record<string, string> }[] = [];
  const waiting = new Set<{ node: string; type: ResourceType; resolve: (error: string | undefined) => void }>();
  const served = (node: string) => snapshots.get(node) ?? new Map<ResourceType, Map<string, Served>>();

  const settle = ({ node, type, error }: Verdict) => {
    for (const waiter of [...waiting].filter((w) => w.node === node && w.type === type)) {
      waiting.delete(waiter);
      waiter.resolve(error);
    }
  };

  const handle = (isDelta: boolean) => (stream: Stream) => {
    const session = new Session(stream, isDelta);
    sessions.add(session);
    const seen = new Set<string>();
    stream.on('data', (request: Request) => {
      if (request.node) session.node = request.node.id;
      const { node } = session;
      if (!seen.has(request.typeUrl)) {
        seen.add(request.typeUrl);
        opened.push({ node, typeUrl: request.typeUrl, initialResourceVersions: request.initialResourceVersions });
      }
      if (request.responseNonce !== '' && (request.resourceNamesSubscribe ?? []).length === 0) {
        const verdict = { node, type: typeOf(request.typeUrl), error: request.errorDetail?.message };
        verdicts.push(verdict);
        settle(verdict);
      }
      session.onRequest(request, served(node));
    });
    const end = () => {
      sessions.delete(session);
      stream.end();
    };
    stream.on('end', end);
    stream.on('error', end);
    stream.on('cancelled', end);
  };

  const server = new Server({ 'grpc.max_receive_message_length': -1, 'grpc.max_send_message_length': -1 });
  const method = (name: string, prefix: string) => {
    const request = envoyMessage(`envoy.service.discovery.v3.${prefix}DiscoveryRequest`);
    const response = envoyMessage(`envoy.service.discovery.v3.${prefix}DiscoveryResponse`);
    return {
      path: `/envoy.service.discovery.v3.AggregatedDiscoveryService/${name}`,
      requestStream: true,
      responseStream: true,
      requestSerialize: (value: unknown) => value as Buffer,
      requestDeserialize: (bytes: Buffer) => fromBinary(request, bytes),
      responseSerialize: (value: object) =>
        Buffer.from(toBinary(response, create(response, value as MessageInitShape<typeof response>))),
      responseDeserialize: (bytes: Buffer) => bytes,
    } as const;
  };
  server.addService(
    { delta: method('DeltaAggregatedResources', 'Delta'), sotw: method('StreamAggregatedResources', '') },
    { delta: handle(true) as never, sotw: handle(false) as never },
  );
  const bound = await new Promise<number>((resolve, reject) =>
    server.bindAsync(`127.0.0.1:${port}`, ServerCredentials.createInsecure(), (error, at) =>
      error ? reject(error) : resolve(at),
    ),
  );
  return {
    port: bound,
    verdicts,
    opened,
    set(node, resources) {
      const before = snapshots.get(node);
      const next = new Map<ResourceType, Map<string, Served>>();
      for (const type of pushOrder) {
        const entries = (resources[type] ?? []).map((json) => {
          const value = encodeResource(typeUrls[type], json);
          const old = before?.get(type)?.get(nameOf(json));
          const isSame = old !== undefined && Buffer.compare(old.any.value, value) === 0;
          const fresh = () => ({ version: String(++versions), any: { typeUrl: typeUrls[type], value } });
          return [nameOf(json), isSame ? old : fresh()] as const;
        });
        next.set(type, new Map(entries));
      }
      snapshots.set(node, next);
      for (const session of sessions) {
        if (session.node === node) for (const type of pushOrder) session.push(type, next);
      }
    },
    verdictOf: (node, type) => new Promise((resolve) => waiting.add({ node, type, resolve })),
    disconnect() {
      for (const session of sessions) session.end();
      sessions.clear();
    },
    close: () => server.forceShutdown(),
  };
}
