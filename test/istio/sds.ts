// The part of an Istio agent that gives a proxy its secrets: its certificate, the mesh's roots, and the machine's.
import * as grpc from '@grpc/grpc-js';
import { chmodSync } from 'node:fs';
import { typeUrls } from '../../compiler/xds.ts';
import { decodeRequest } from '../../runtime/control-plane/requests.ts';
import { ResourceEncoder } from '../../runtime/control-plane/resources.ts';
import { sotwBody, withNonce } from '../../runtime/control-plane/wire.ts';
import type { KeyPair } from './pods.ts';

export interface Secrets {
  readonly own: KeyPair;
  readonly roots: string;
  readonly machineRoots: string;
}

const asIs = (bytes: Buffer): Buffer => bytes;
const service = {
  StreamSecrets: {
    path: '/envoy.service.secret.v3.SecretDiscoveryService/StreamSecrets',
    requestStream: true,
    responseStream: true,
    requestSerialize: asIs,
    requestDeserialize: asIs,
    responseSerialize: asIs,
    responseDeserialize: asIs,
  },
} as const;

/** On a Unix socket that every user may open. */
export async function serveSecrets(socket: string, secrets: Secrets): Promise<{ close(): void }> {
  const server = new grpc.Server();
  const encoder = new ResourceEncoder();
  const inline = (inlineString: string) => ({ inlineString });
  const known: Readonly<Record<string, object>> = {
    default: { tlsCertificate: { certificateChain: inline(secrets.own.cert), privateKey: inline(secrets.own.key) } },
    ROOTCA: { validationContext: { trustedCa: inline(secrets.roots) } },
    'file-root:system': { validationContext: { trustedCa: inline(secrets.machineRoots) } },
  };
  server.addService(service, {
    StreamSecrets: (call: grpc.ServerDuplexStream<Buffer, Buffer>) => {
      let sent = 0;
      call.on('data', (bytes: Buffer) => {
        const { resourceNames, nonce } = decodeRequest('sotw', bytes);
        // An acknowledgement: nothing here changes.
        if (nonce !== '') return;
        const found = resourceNames.flatMap((name) => {
          const secret = known[name];
          return secret ? [encoder.encode('secret', name, { name, ...secret })] : [];
        });
        call.write(withNonce(sotwBody(typeUrls.secret, '1', found), String((sent += 1))));
      });
      call.on('end', () => call.end());
      call.on('error', () => {});
    },
  });
  await new Promise<void>((resolve, reject) => {
    const credentials = grpc.ServerCredentials.createInsecure();
    server.bindAsync(`unix:${socket}`, credentials, (error) => (error ? reject(error) : resolve()));
  });
  chmodSync(socket, 0o666);
  return { close: () => server.forceShutdown() };
}
