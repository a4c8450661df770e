// Secrets by reference: made when first needed, renewed before they expire. Private keys leave here only encoded, for SDS.
import type { SecretReference } from '../../compiler/index.ts';
import type { CertificateAuthority } from '../ca/authority.ts';
import type { Redacted } from '../../compiler/index.ts';
import type { Cancel, Clock } from '../clock.ts';
import type { EncodedResource, ResourceEncoder } from './resources.ts';

export interface KeyedCertificate {
  readonly certificateChain: string;
  readonly privateKey: Redacted;
  /** Renewed before then; never if absent. */
  readonly notAfterMs?: number;
  /** Somebody else renews it, and whether they have is looked at so often. */
  readonly readAgainMs?: number;
}

/** Certificates for gateway listeners, such as from files or a Kubernetes Secret. `secret`: as the listener names it. */
export type GatewayCertificates = (secret: string, hosts: readonly string[]) => Promise<KeyedCertificate>;

export interface SecretsOptions {
  readonly authority: CertificateAuthority;
  readonly encoder: ResourceEncoder;
  readonly clock: Clock;
  /** 0 to 1. */
  readonly random: () => number;
  readonly identityLifetimeMs: number;
  /** Without it nobody can get one: the mesh's own authority names workloads, and no hosts. */
  readonly gatewayCertificates?: GatewayCertificates;
  /** A secret changed: proxies that use it need it. */
  readonly onChange: (keys: ReadonlySet<SecretKey>) => void;
  /** A renewal failed; it is tried again before the old certificate ends. */
  readonly onError: (message: string) => void;
  /** False lets a secret lapse when its renewal is due. */
  readonly isUsed: (key: SecretKey) => boolean;
}

/** Names a secret's content: the same for all proxies that get the same. */
export type SecretKey = string;

export function secretKey(reference: SecretReference, identity: string): SecretKey {
  switch (reference.kind) {
    case 'identity':
      return JSON.stringify(['identity', reference.name, identity]);
    case 'trust-bundle':
      return JSON.stringify(['trust-bundle', reference.name]);
    case 'gateway-certificate':
      return JSON.stringify(['gateway-certificate', reference.name, ...reference.hosts]);
  }
}

interface HeldSecret {
  readonly reference: SecretReference;
  readonly identity: string;
  readonly resource: EncodedResource;
  readonly notAfterMs: number;
  readonly cancel: Cancel;
}

interface SecretContent {
  readonly json: object;
  readonly notAfterMs: number;
  readonly readAgainMs?: number;
}

const minuteMs = 60_000;

export class Secrets {
  readonly #options: SecretsOptions;
  readonly #held = new Map<SecretKey, HeldSecret>();
  readonly #making = new Map<SecretKey, Promise<void>>();
  readonly #stopListening: () => void;
  #isClosed = false;

  constructor(options: SecretsOptions) {
    this.#options = options;
    this.#stopListening = options.authority.onBundleChange(() => this.#renewBundles());
  }

  /** Resolves when all of them can be had from `resource`; undefined if that is so already. Rejects if one cannot be made. */
  prepare(references: readonly SecretReference[], identity: string): Promise<unknown> | undefined {
    const missing = references.filter((reference) => !this.#isFresh(secretKey(reference, identity)));
    return missing.length === 0 ? undefined : Promise.all(missing.map((reference) => this.#make(reference, identity)));
  }

  /** Undefined if it was never prepared. One that could not be renewed is given still: to take it away would help nobody. */
  resource(reference: SecretReference, identity: string): EncodedResource | undefined {
    return this.#held.get(secretKey(reference, identity))?.resource;
  }

  /** When each held certificate ends, for metrics. */
  expiries(): readonly {
    readonly kind: SecretReference['kind'];
    readonly name: string;
    readonly notAfterMs: number;
  }[] {
    return [...this.#held.values()]
      .filter((held) => Number.isFinite(held.notAfterMs))
      .map(({ reference, notAfterMs }) => ({ kind: reference.kind, name: reference.name, notAfterMs }));
  }

  /** Issues everything anew, as after a change of the signing root. */
  async renewAll(): Promise<void> {
    const held = [...this.#held.values()];
    await Promise.all(held.map(({ reference, identity }) => this.#make(reference, identity)));
    this.#options.onChange(new Set(held.map(({ reference, identity }) => secretKey(reference, identity))));
  }

  close(): void {
    this.#isClosed = true;
    this.#stopListening();
    for (const held of this.#held.values()) held.cancel();
    this.#held.clear();
  }

  #isFresh(key: SecretKey): boolean {
    return (this.#held.get(key)?.notAfterMs ?? 0) > this.#options.clock.now();
  }

  /** One at a time for each secret, however many proxies ask. */
  #make(reference: SecretReference, identity: string): Promise<void> {
    const key = secretKey(reference, identity);
    const running = this.#making.get(key);
    if (running) return running;
    const made = this.#makeNow(key, reference, identity).finally(() => this.#making.delete(key));
    this.#making.set(key, made);
    return made;
  }

  async #makeNow(key: SecretKey, reference: SecretReference, identity: string): Promise<void> {
    const { json, notAfterMs, readAgainMs } = await this.#secretJson(reference, identity);
    if (this.#isClosed) return;
    this.#held.get(key)?.cancel();
    const resource = this.#options.encoder.encode('secret', reference.name, json);
    const cancel = this.#scheduleRenewal({ key, reference, identity }, notAfterMs, readAgainMs);
    this.#held.set(key, { reference, identity, resource, notAfterMs, cancel });
  }

  async #secretJson(reference: SecretReference, identity: string): Promise<SecretContent> {
    const { name } = reference;
    if (reference.kind === 'trust-bundle') {
      const inlineString = this.#options.authority.trustBundle();
      return {
        json: { name, validationContext: { trustedCa: { inlineString } } },
        notAfterMs: Number.POSITIVE_INFINITY,
      };
    }
    const certificate = await this.#certificate(reference, identity);
    const tlsCertificate = {
      certificateChain: { inlineString: certificate.certificateChain },
      privateKey: { inlineString: certificate.privateKey.reveal() },
    };
    const { notAfterMs = Number.POSITIVE_INFINITY, readAgainMs } = certificate;
    return { json: { name, tlsCertificate }, notAfterMs, ...(readAgainMs !== undefined && { readAgainMs }) };
  }

  async #certificate(
    reference: Exclude<SecretReference, { kind: 'trust-bundle' }>,
    identity: string,
  ): Promise<KeyedCertificate> {
    const { authority, identityLifetimeMs, gatewayCertificates } = this.#options;
    if (reference.kind === 'identity') {
      return authority.issue({ spiffeId: identity, lifetimeMs: identityLifetimeMs, usages: ['server', 'client'] });
    }
    if (gatewayCertificates) return gatewayCertificates(reference.secret, reference.hosts);
    throw new Error(`nothing says where the certificate ${reference.secret} is`);
  }

  /** At two thirds of what is left, give or take a tenth, so that a thousand proxies do not renew in the same second. */
  #scheduleRenewal(
    { key, reference, identity }: { key: SecretKey; reference: SecretReference; identity: string },
    notAfterMs: number,
    readAgainMs = Number.POSITIVE_INFINITY,
  ): Cancel {
    const leftMs = notAfterMs - this.#options.clock.now();
    const delayMs = Math.min(leftMs * (2 / 3 + (this.#options.random() - 0.5) / 5), readAgainMs);
    if (!Number.isFinite(delayMs)) return () => undefined;
    return this.#options.clock.schedule(delayMs, () => void this.#renew(key, reference, identity));
  }

  async #renew(key: SecretKey, reference: SecretReference, identity: string): Promise<void> {
    if (!this.#options.isUsed(key)) {
      this.#held.delete(key);
      return;
    }
    const before = this.#held.get(key)?.resource;
    try {
      await this.#make(reference, identity);
      // Equal content is encoded to the same resource.
      if (this.#held.get(key)?.resource !== before) this.#options.onChange(new Set([key]));
    } catch (error) {
      this.#options.onError(`cannot renew the certificate ${reference.name}: ${(error as Error).message}`);
      this.#retry(key, reference, identity);
    }
  }

  #retry(key: SecretKey, reference: SecretReference, identity: string): void {
    const held = this.#held.get(key);
    if (!held || this.#isClosed) return;
    const leftMs = held.notAfterMs - this.#options.clock.now();
    const cancel = this.#options.clock.schedule(Math.max(leftMs / 10, minuteMs), () => {
      void this.#renew(key, reference, identity);
    });
    this.#held.set(key, { ...held, cancel });
  }

  #renewBundles(): void {
    const bundles = [...this.#held].filter(([, held]) => held.reference.kind === 'trust-bundle');
    const renewed = bundles.map(([, held]) => this.#make(held.reference, held.identity));
    Promise.all(renewed).then(
      () => this.#options.onChange(new Set(bundles.map(([key]) => key))),
      (error: Error) => this.#options.onError(`cannot renew the trust bundle: ${error.message}`),
    );
  }
}
