// The gRPC stream to the control plane: bytes and credentials, nothing of the protocol's meaning.
import {
  type ChannelOptions,
  type ClientDuplexStream,
  credentials,
  makeGenericClientConstructor,
  Metadata,
} from '@grpc/grpc-js';
import { fromBinary, type MessageInitShape, toBinary, create } from '@bufbuild/protobuf';
import { X509Certificate } from 'node:crypto';
import type { PeerCertificate as NodeCertificate } from 'node:tls';
import { envoyMessage } from '../../../compiler/xds.ts';
import type { Bootstrap } from '../bootstrap.ts';
import { describeCertificate } from '../tls/certificates.ts';
import { compileClientTls } from '../tls/tls-settings.ts';

export type Init = Record<string, unknown>;
export type AdsStream = ClientDuplexStream<Init, Init>;

export interface AdsChannel {
  open(): AdsStream;
  close(): void;
}

const service = '/envoy.service.discovery.v3.AggregatedDiscoveryService';

export function openChannel(bootstrap: Bootstrap): AdsChannel {
  const { isDelta } = bootstrap;
  const kind = isDelta ? 'Delta' : '';
  const request = envoyMessage(`envoy.service.discovery.v3.${kind}DiscoveryRequest`);
  const response = envoyMessage(`envoy.service.discovery.v3.${kind}DiscoveryResponse`);
  const Client = makeGenericClientConstructor(
    {
      stream: {
        path: `${service}/${isDelta ? 'DeltaAggregatedResources' : 'StreamAggregatedResources'}`,
        requestStream: true,
        responseStream: true,
        requestSerialize: (init: Init) =>
          Buffer.from(toBinary(request, create(request, init as MessageInitShape<typeof request>))),
        requestDeserialize: (bytes: Buffer) => bytes as unknown as Init,
        responseSerialize: (init: Init) => init as unknown as Buffer,
        responseDeserialize: (bytes: Buffer) => fromBinary(response, bytes) as unknown as Init,
      },
    },
    'ads',
  );
  const { address, port } = bootstrap.server;
  const client = new Client(
    `${address.includes(':') ? `[${address}]` : address}:${port}`,
    channelCredentials(bootstrap),
    options(bootstrap),
  );
  const metadata = new Metadata();
  for (const { key, value } of bootstrap.metadata) metadata.set(key, value.reveal());
  return {
    open: () => (client.stream as (metadata: Metadata) => AdsStream).call(client, metadata),
    close: () => client.close(),
  };
}

function options({ tls }: Bootstrap): ChannelOptions {
  return {
    'grpc.max_receive_message_length': -1,
    'grpc.keepalive_time_ms': 30_000,
    'grpc.keepalive_timeout_ms': 10_000,
    // Reconnecting is this client's business; the channel must not add its own long waits.
    'grpc.initial_reconnect_backoff_ms': 100,
    'grpc.max_reconnect_backoff_ms': 1_000,
    'grpc.use_local_subchannel_pool': 1,
    ...(tls?.context.sni && { 'grpc.ssl_target_name_override': tls.context.sni }),
  };
}

function channelCredentials({ tls }: Bootstrap) {
  if (!tls) return credentials.createInsecure();
  const { checkSan } = compileClientTls(tls.context);
  const bytes = (pem: string | undefined) => (pem === undefined ? null : Buffer.from(pem));
  return credentials.createSsl(bytes(tls.roots), bytes(tls.key?.reveal()), bytes(tls.chain), {
    // As in Envoy: the bootstrap's SAN matchers decide, not the address that was dialled.
    checkServerIdentity: (_: string, certificate: NodeCertificate) => {
      if (!checkSan || checkSan(describeCertificate(new X509Certificate(certificate.raw)))) return undefined;
      return new Error('the certificate of the control plane is for another name');
    },
  });
}
