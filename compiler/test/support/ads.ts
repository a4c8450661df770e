// The least ADS server that a test of the back end needs: state of the world, one answer a subscription, NACKs kept.
// The real one is runtime/control-plane; this one must not share code with it.
import { Server, ServerCredentials, type ServerDuplexStream } from '@grpc/grpc-js';
import { decodeResource, encodeResource } from '../../xds.ts';

const service = 'envoy.service.discovery.v3';

/** Named resources by type URL. */
export type Resources = Readonly<Record<string, Readonly<Record<string, object>>>>;

export interface TestAds {
  readonly port: number;
  /** What proxies refused, as `type: message`. */
  readonly refusals: string[];
  /** Type URLs that proxies have accepted, by node. */
  readonly accepted: Map<string, Set<string>>;
  stop(): void;
}

interface DiscoveryRequest {
  readonly node?: { readonly id?: string };
  readonly typeUrl?: string;
  readonly responseNonce?: string;
  readonly resourceNames?: readonly string[];
  readonly errorDetail?: { readonly message?: string };
}

/** Serves to each node id what `resourcesOf` has for it. */
export async function serveAds(resourcesOf: (nodeId: string) => Resources): Promise<TestAds> {
  const refusals: string[] = [];
  const accepted = new Map<string, Set<string>>();
  const server = new Server();
  const definition = {
    path: `/${service}.AggregatedDiscoveryService/StreamAggregatedResources`,
    requestStream: true,
    responseStream: true,
    requestSerialize: (value: object) => Buffer.from(encodeResource(`${service}.DiscoveryRequest`, value)),
    requestDeserialize: (bytes: Buffer) => decodeResource(`${service}.DiscoveryRequest`, bytes) as DiscoveryRequest,
    responseSerialize: (value: object) => Buffer.from(encodeResource(`${service}.DiscoveryResponse`, value)),
    responseDeserialize: (bytes: Buffer) => decodeResource(`${service}.DiscoveryResponse`, bytes) as object,
  };
  server.addService(
    { stream: definition },
    {
      stream: (call: ServerDuplexStream<DiscoveryRequest, object>) => {
        let node = '';
        const subscribed = new Map<string, string>();
        call.on('error', () => undefined);
        call.on('end', () => call.end());
        call.on('data', (request: DiscoveryRequest) => {
          node = request.node?.id ?? node;
          const { typeUrl = '', resourceNames = [] } = request;
          if (request.errorDetail) refusals.push(`${typeUrl}: ${request.errorDetail.message}`);
          else if (request.responseNonce) accepted.set(node, (accepted.get(node) ?? new Set()).add(typeUrl));
          const wanted = resourceNames.join('\n');
          if (request.responseNonce && subscribed.get(typeUrl) === wanted) return;
          subscribed.set(typeUrl, wanted);
          const all = Object.entries(resourcesOf(node)[typeUrl] ?? {});
          const chosen = all.filter(([name]) => resourceNames.length === 0 || resourceNames.includes(name));
          const resources = chosen.map(([, resource]) => ({ '@type': typeUrl, ...resource }));
          call.write({ versionInfo: '1', nonce: `${typeUrl}#${wanted}`, typeUrl, resources });
        });
      },
    },
  );
  const port = await new Promise<number>((resolve, reject) =>
    server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, bound) =>
      error ? reject(error) : resolve(bound),
    ),
  );
  return { port, refusals, accepted, stop: () => server.forceShutdown() };
}
