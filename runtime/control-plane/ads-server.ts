// gRPC for ADS, both variants, over TLS. Carries bytes and credentials; decides nothing but who may open a stream.
import * as grpc from '@grpc/grpc-js';
import type { CertificateAuthority } from '../ca/authority.ts';
import type { Clock } from '../clock.ts';
import type { JoinTokens } from './join-tokens.ts';
import { authenticate } from './node-identity.ts';
import type { ServerCertificate } from './server-certificate.ts';
import type { DenialReason, Session, Transport } from './session.ts';
import type { Variant } from './stream.ts';
import { startTimer } from '../timers.ts';

export interface AdsServerOptions {
  readonly authority: CertificateAuthority;
  readonly tokens: JoinTokens;
  readonly clock: Clock;
  readonly certificate: ServerCertificate;
  open(identity: { readonly identity: string; readonly workload?: string }, variant: Variant, to: Transport): Session;
  close(session: Session): void;
  onDenied(message: string): void;
}

export interface ListenAddress {
  readonly host: string;
  readonly port: number;
}

type Call = grpc.ServerDuplexStream<Buffer, Buffer>;

const statusCodes: Record<DenialReason, grpc.status> = {
  unauthenticated: grpc.status.UNAUTHENTICATED,
  'permission-denied': grpc.status.PERMISSION_DENIED,
  invalid: grpc.status.INVALID_ARGUMENT,
  unavailable: grpc.status.UNAVAILABLE,
};

const serverOptions: grpc.ServerOptions = {
  // A reconnecting delta client lists every resource it has; a response may carry a whole unscoped mesh.
  'grpc.max_receive_message_length': 16 * 1024 * 1024,
  'grpc.max_send_message_length': -1,
  // A proxy whose machine died would otherwise stay connected in our books for hours.
  'grpc.keepalive_time_ms': 30_000,
  'grpc.keepalive_timeout_ms': 10_000,
  // Books about every call, which nobody reads: our own metrics tell more.
  'grpc.enable_channelz': 0,
};

const graceMs = 1_000;

export class AdsServer {
  readonly #options: AdsServerOptions;
  readonly #server = new grpc.Server(serverOptions);

  constructor(options: AdsServerOptions) {
    this.#options = options;
    this.#server.addService(serviceDefinition, {
      StreamAggregatedResources: (call: Call) => this.#serve(call, 'sotw'),
      DeltaAggregatedResources: (call: Call) => this.#serve(call, 'delta'),
    });
  }

  /** Rejects with a readable message, such as for a port that is taken. Port 0 picks a free one. */
  listen({ host, port }: ListenAddress): Promise<ListenAddress> {
    const { certificate } = this.#options;
    const credentials = grpc.experimental.createCertificateProviderServerCredentials(certificate, certificate, false);
    const authority = host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
    return new Promise((resolve, reject) => {
      this.#server.bindAsync(authority, credentials, (error, bound) => {
        if (error) reject(new Error(`cannot listen on ${authority}: ${reasonOf(error)}`));
        else resolve({ host, port: bound });
      });
    });
  }

  /** Sessions must have been ended; what does not end in time is cut off. */
  close(): Promise<void> {
    return new Promise((resolve) => {
      const cutOff = startTimer(graceMs, () => {
        this.#server.forceShutdown();
        resolve();
      });
      this.#server.tryShutdown(() => {
        clearTimeout(cutOff);
        resolve();
      });
    });
  }

  #serve(call: Call, variant: Variant): void {
    const { authority, tokens, clock } = this.#options;
    const certificate = call.getAuthContext().sslPeerCertificate?.raw;
    const authorization = call.metadata.get('authorization')[0];
    const proof = authenticate(
      {
        ...(certificate && { certificate }),
        ...(authorization !== undefined && { authorization: String(authorization) }),
      },
      authority,
      tokens,
      clock.now(),
    );
    const transport = transportOf(call);
    if (!proof.ok) {
      this.#options.onDenied(`${call.getPeer()}: ${proof.reason}`);
      transport.end('unauthenticated', proof.reason);
      return;
    }
    this.#connect(call, this.#options.open(proof, variant, transport));
  }

  #connect(call: Call, session: Session): void {
    let isOpen = true;
    const close = (): void => {
      if (isOpen) this.#options.close(session);
      isOpen = false;
    };
    call.on('data', (bytes: Buffer) => session.receive(bytes));
    call.on('end', () => {
      close();
      call.end();
    });
    call.on('cancelled', close);
    call.on('error', close);
    call.on('close', close);
  }
}

/** While the client does not read, its requests are not read either: that is all that could make us send it more. */
function transportOf(call: Call): Transport {
  call.on('drain', () => call.resume());
  return {
    send: (bytes) => {
      if (!call.write(bytes as Buffer)) call.pause();
    },
    end: (reason, message) => {
      call.emit('error', { code: statusCodes[reason], details: message });
    },
  };
}

const asIs = (bytes: Buffer): Buffer => bytes;

function method(name: string): grpc.MethodDefinition<Buffer, Buffer> {
  return {
    path: `/envoy.service.discovery.v3.AggregatedDiscoveryService/${name}`,
    requestStream: true,
    responseStream: true,
    requestSerialize: asIs,
    requestDeserialize: asIs,
    responseSerialize: asIs,
    responseDeserialize: asIs,
  };
}

const serviceDefinition = {
  StreamAggregatedResources: method('StreamAggregatedResources'),
  DeltaAggregatedResources: method('DeltaAggregatedResources'),
};

/** gRPC puts the system's reason in brackets, behind words of its own. */
function reasonOf({ message }: Error): string {
  const [, reason = message] = /errors: \[(?:listen )?(.*)\]$/.exec(message) ?? [];
  return reason.startsWith('EADDRINUSE') ? 'another process has the port' : reason;
}
