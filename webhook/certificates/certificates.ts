// The webhook's own certificate: who signs it, when it is replaced, and whom the API server is to trust meanwhile.
import { type Issued, issueAuthority, issueServing, type Validity } from './issue.ts';
import { type CertificateState, readState, writeState } from './store.ts';

export interface CertificateOptions {
  readonly dnsNames: readonly string[];
  readonly ipAddresses: readonly string[];
  /** Of a serving certificate; it is replaced when two thirds have passed. */
  readonly lifetimeMs: number;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Without a folder the certificates live as long as the process. */
  readonly folder?: string;
  readonly onUnreadable?: (error: unknown) => void;
}

/** Authorities that have signed and signed no more are trusted for this many rotations. */
const overlap = 2;

/** Clocks of clients may be behind ours. */
const backdateMs = 10 * 60_000;

/**
 * Each rotation signs with an authority that the bundle already held before it, so an API server whose bundle is one rotation old verifies
 * the new certificate; and authorities stay for two more rotations, for connections and servers that still hold old certificates.
 */
export class Certificates {
  readonly #options: CertificateOptions;
  #state: CertificateState;
  #rotating: Promise<boolean> | undefined;

  private constructor(options: CertificateOptions, state: CertificateState) {
    this.#options = options;
    this.#state = state;
  }

  /** Takes up what the folder holds, unless it is unusable or expired. */
  static async open(options: CertificateOptions): Promise<Certificates> {
    const stored = options.folder === undefined ? undefined : await readUsable(options, options.folder);
    const certificates = new Certificates(options, stored ?? (await firstState(options)));
    await certificates.#save();
    await certificates.rotateIfDue();
    return certificates;
  }

  get serving(): Issued {
    return this.#state.serving;
  }

  /** PEM of every authority that may have signed what a client sees, now or after the next rotation. */
  caBundle(): string {
    return [...this.#state.trusted, this.#state.next.certificate].join('');
  }

  secondsToExpiry(): number {
    return (this.#state.serving.notAfterMs - this.#options.now()) / 1000;
  }

  /** True if there is a new serving certificate. Calls at the same time share one rotation. */
  rotateIfDue(): Promise<boolean> {
    const { lifetimeMs, now } = this.#options;
    if (this.#state.serving.notAfterMs - now() > lifetimeMs / 3) return Promise.resolve(false);
    this.#rotating ??= this.#rotate().finally(() => {
      this.#rotating = undefined;
    });
    return this.#rotating;
  }

  async #rotate(): Promise<boolean> {
    const { next, trusted } = this.#state;
    this.#state = {
      serving: await issueServing(next, namesOf(this.#options), servingValidity(this.#options)),
      next: await makeAuthority(this.#options),
      trusted: [next.certificate, ...trusted].slice(0, overlap + 1),
    };
    await this.#save();
    return true;
  }

  async #save(): Promise<void> {
    if (this.#options.folder !== undefined) await writeState(this.#options.folder, this.#state);
  }
}

async function readUsable(options: CertificateOptions, folder: string): Promise<CertificateState | undefined> {
  try {
    const state = await readState(folder);
    const isUsable = state && state.serving.notAfterMs > options.now() && state.next.notAfterMs > options.now();
    return isUsable ? state : undefined;
  } catch (error) {
    options.onUnreadable?.(error);
    return undefined;
  }
}

async function firstState(options: CertificateOptions): Promise<CertificateState> {
  const authority = await makeAuthority(options);
  const serving = await issueServing(authority, namesOf(options), servingValidity(options));
  return { serving, next: await makeAuthority(options), trusted: [authority.certificate] };
}

/** An authority waits for one rotation, signs during one, and is trusted for two more. */
function makeAuthority(options: CertificateOptions): Promise<Issued> {
  const { fromMs } = servingValidity(options);
  return issueAuthority('Fairlead webhook authority', {
    fromMs,
    untilMs: options.now() + (2 + overlap) * options.lifetimeMs,
  });
}

function servingValidity({ now, lifetimeMs }: CertificateOptions): Validity {
  return { fromMs: now() - backdateMs, untilMs: now() + lifetimeMs };
}

function namesOf({ dnsNames, ipAddresses }: CertificateOptions): { dns: readonly string[]; ip: readonly string[] } {
  return { dns: dnsNames, ip: ipAddresses };
}
