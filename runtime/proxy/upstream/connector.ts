// Opens connections to endpoints, in plain text or TLS, and checks who answers.
import { connect as connectTcp, type Socket } from 'node:net';
import { connect as connectTls, type TLSSocket } from 'node:tls';
import { connectTimeout } from '../http/local-reply.ts';
import type { PeerCertificate } from '../http/stream-info.ts';
import { describeCertificate } from '../tls/certificates.ts';
import type { SecretStore } from '../tls/secret-store.ts';
import type { ClientTls } from '../tls/tls-settings.ts';
import { startTimer } from '../../timers.ts';

export interface Endpoint {
  readonly address: string;
  readonly port: number;
}

/** A connection that could not be made; nothing of a request was sent. */
export class ConnectFailure extends Error {
  /** Envoy's words for it. */
  readonly reason: string;

  constructor(reason: string) {
    super(`connection failed: ${reason}`);
    this.name = 'ConnectFailure';
    this.reason = reason;
  }
}

export interface ConnectOptions {
  readonly timeoutMs: number;
  readonly tls?: ClientTls | undefined;
}

type Done = (error: Error | null, socket: Socket | null) => void;

/** Calls back exactly once, when the connection is ready for data. */
export function connectTo(
  endpoint: Endpoint,
  options: ConnectOptions,
  secrets: SecretStore,
  done: Done,
): Socket | undefined {
  const material = options.tls && secrets.material(options.tls);
  if (options.tls && !material) {
    process.nextTick(done, new ConnectFailure('TLS error: Secret is not supplied by SDS'), null);
    return undefined;
  }
  const socket =
    options.tls && material
      ? connectTls({
          host: endpoint.address,
          port: endpoint.port,
          secureContext: material.context,
          servername: options.tls.sni,
          ALPNProtocols: options.tls.alpn.filter((protocol) => protocol !== 'h2'),
          // Names are not compared with the address: the SAN matchers below decide, as in Envoy.
          checkServerIdentity: () => undefined,
          rejectUnauthorized: material.isVerifying,
        })
      : connectTcp({ host: endpoint.address, port: endpoint.port, noDelay: true });
  const timer = startTimer(options.timeoutMs, () => finish(new ConnectFailure(connectTimeout)));
  let isDone = false;
  function finish(error: Error | null): void {
    if (isDone) return;
    isDone = true;
    clearTimeout(timer);
    socket.off('error', onError);
    if (error) {
      socket.on('error', () => {});
      socket.destroy();
    }
    done(error, error ? null : socket);
  }
  const onError = (error: NodeJS.ErrnoException) =>
    finish(new ConnectFailure(failureReason(error, options.tls !== undefined)));
  socket.on('error', onError);
  socket.once('close', () => finish(new ConnectFailure('closed while connecting')));
  socket.once(options.tls ? 'secureConnect' : 'connect', () => {
    if (!material?.isVerifying) return finish(null);
    const peer = peerCertificate(socket as TLSSocket);
    finish(peer && material.checkSan(peer) ? null : new ConnectFailure('TLS error: verify SAN list failed'));
  });
  return socket;
}

function failureReason(error: NodeJS.ErrnoException, isTls: boolean): string {
  const errno = error.errno === undefined ? undefined : -error.errno;
  if (error.syscall === 'connect') return `delayed connect error: ${errno ?? error.code}`;
  return isTls ? `TLS error: ${error.code ?? 'handshake failed'}` : `${error.code ?? 'connection failed'}`;
}

const peers = new WeakMap<TLSSocket, PeerCertificate>();

/** Read once per connection: it is not cheap. */
export function peerCertificate(socket: TLSSocket): PeerCertificate | undefined {
  const known = peers.get(socket);
  if (known) return known;
  const certificate = socket.getPeerX509Certificate();
  if (!certificate) return undefined;
  const peer = describeCertificate(certificate);
  peers.set(socket, peer);
  return peer;
}
