// TLS on the accepting side of one filter chain. Certificates rotate underneath: new connections get the new ones.
import type { Socket } from 'node:net';
import { createServer, type Server, type TLSSocket } from 'node:tls';
import type { PeerCertificate } from '../http/stream-info.ts';
import type { RuntimeContext } from '../runtime-context.ts';
import type { TlsMaterial } from '../tls/secret-store.ts';
import type { ServerTls } from '../tls/tls-settings.ts';
import { peerCertificate } from '../upstream/connector.ts';

export interface Secured {
  readonly socket: TLSSocket;
  readonly serverName: string | undefined;
  readonly peer: PeerCertificate | undefined;
  readonly localUriSans: readonly string[];
}

const handshakeTimeoutMs = 15_000;

export class TlsTerminator {
  readonly #settings: ServerTls;
  readonly #context: RuntimeContext;
  readonly #onSecured: (secured: Secured) => void;
  #server: Server | undefined;
  #material: TlsMaterial | undefined;

  constructor(settings: ServerTls, context: RuntimeContext, onSecured: (secured: Secured) => void) {
    this.#settings = settings;
    this.#context = context;
    this.#onSecured = onSecured;
  }

  accept(socket: Socket): void {
    const material = this.#context.secrets.material(this.#settings);
    if (!material) return void socket.destroy();
    if (!this.#server || this.#material?.isVerifying !== material.isVerifying)
      this.#server = this.#makeServer(material);
    else if (this.#material !== material) this.#server.setSecureContext(material.secureContextOptions());
    this.#material = material;
    this.#server.emit('connection', socket);
  }

  #makeServer(material: TlsMaterial): Server {
    const server = createServer({
      ...material.secureContextOptions(),
      requestCert: material.isVerifying,
      // We decide ourselves, with the SAN matchers; nothing is dispatched before.
      rejectUnauthorized: false,
      handshakeTimeout: handshakeTimeoutMs,
      // Only HTTP/1.1 is spoken here: where HTTP/2 is offered too, HTTP/1.1 is chosen.
      ...(this.#settings.alpn.length > 0 && {
        ALPNProtocols: this.#settings.alpn.filter((protocol) => protocol !== 'h2'),
      }),
    });
    server.on('secureConnection', (socket) => this.#check(socket));
    server.on('tlsClientError', (_, socket) => socket.destroy());
    return server;
  }

  #check(socket: TLSSocket): void {
    const material = this.#context.secrets.material(this.#settings);
    const peer = peerCertificate(socket);
    const name = (socket as TLSSocket & { readonly servername?: string | false | null }).servername;
    const serverName = name ? name.toLowerCase() : undefined;
    socket.on('error', () => socket.destroy());
    if (!material || !this.#isWelcome(socket, peer, material) || (this.#settings.isSniRequired && !serverName)) {
      this.#context.stats.onTlsRefused();
      return void socket.destroy();
    }
    this.#onSecured({ socket, serverName, peer, localUriSans: material.localUriSans });
  }

  #isWelcome(socket: TLSSocket, peer: PeerCertificate | undefined, material: TlsMaterial): boolean {
    if (!peer) return !this.#settings.isClientCertificateRequired;
    return !material.isVerifying || (socket.authorized && material.checkSan(peer));
  }
}
