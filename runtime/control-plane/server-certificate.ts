// The control plane's own certificate, issued by an authority of its own and renewed without a restart or a dropped stream.
import type { experimental } from '@grpc/grpc-js';
import type { CertificateAuthority } from '../ca/authority.ts';
import { controlPlaneServerName } from '../ca/purpose.ts';
import type { Cancel, Clock } from '../clock.ts';

export interface ServerCertificateOptions {
  readonly authority: CertificateAuthority;
  /** Whose certificates clients may show: they send none that the server does not ask for. */
  readonly clients: Pick<CertificateAuthority, 'trustBundle' | 'onBundleChange'>;
  readonly clock: Clock;
  readonly lifetimeMs: number;
  readonly onError: (message: string) => void;
}

const retryMs = 60_000;

type CaListener = (update: experimental.CaCertificateUpdate | null) => void;
type IdentityListener = (update: experimental.IdentityCertificateUpdate | null) => void;

export class ServerCertificate implements experimental.CertificateProvider {
  readonly #options: ServerCertificateOptions;
  readonly #caListeners = new Set<CaListener>();
  readonly #identityListeners = new Set<IdentityListener>();
  readonly #stopListening: () => void;
  #current: experimental.IdentityCertificateUpdate | null = null;
  #notAfterMs = 0;
  #cancel: Cancel = () => undefined;

  constructor(options: ServerCertificateOptions) {
    this.#options = options;
    this.#stopListening = options.clients.onBundleChange(() => {
      for (const listener of this.#caListeners) listener(this.#ca());
    });
  }

  get notAfterMs(): number {
    return this.#notAfterMs;
  }

  /** Issues a certificate now, and again before it ends. */
  async renew(): Promise<void> {
    const { authority, clock, lifetimeMs } = this.#options;
    const dnsNames = [controlPlaneServerName, 'localhost'];
    const issued = await authority.issue({ dnsNames, lifetimeMs, usages: ['server'] });
    this.#notAfterMs = issued.notAfterMs;
    this.#current = {
      certificate: Buffer.from(issued.certificateChain),
      privateKey: Buffer.from(issued.privateKey.reveal()),
    };
    for (const listener of this.#identityListeners) listener(this.#current);
    this.#schedule(((issued.notAfterMs - clock.now()) * 2) / 3);
  }

  close(): void {
    this.#cancel();
    this.#stopListening();
  }

  addCaCertificateListener(listener: CaListener): void {
    this.#caListeners.add(listener);
    process.nextTick(listener, this.#ca());
  }

  removeCaCertificateListener(listener: CaListener): void {
    this.#caListeners.delete(listener);
  }

  addIdentityCertificateListener(listener: IdentityListener): void {
    this.#identityListeners.add(listener);
    process.nextTick(listener, this.#current);
  }

  removeIdentityCertificateListener(listener: IdentityListener): void {
    this.#identityListeners.delete(listener);
  }

  #ca(): experimental.CaCertificateUpdate {
    return { caCertificate: Buffer.from(this.#options.clients.trustBundle()) };
  }

  #schedule(delayMs: number): void {
    this.#cancel();
    this.#cancel = this.#options.clock.schedule(delayMs, () => {
      this.renew().catch((error: Error) => {
        this.#options.onError(`cannot renew the control plane's own certificate: ${error.message}`);
        this.#schedule(retryMs);
      });
    });
  }
}
