// The mesh's certificate authority: SPIFFE certificates under a root that can be replaced with overlap. No I/O but the optional store.
import { type Clock, systemClock } from '../clock.ts';
import { checkCsr } from './csr.ts';
import type { Redacted } from '../../compiler/index.ts';
import { assertNames, type CertificateRequest, type Purpose } from './purpose.ts';
import { createRoot, loadSigner, type Signer, signerExpiry } from './signer.ts';
import type { AuthorityStore } from './store.ts';
import { certificatePem, generateKeyPair, keyAlgorithm, privateKeyPem, randomSerial, x509 } from './x509.ts';

/** Clocks of two machines differ; a certificate is valid from a minute before it was made. */
export const notBeforeSkewMs = 60_000;

export interface SignedCertificate {
  /** Leaf first, then intermediates; never the root. */
  readonly certificateChain: string;
  readonly serial: string;
  readonly notBeforeMs: number;
  readonly notAfterMs: number;
}

export interface IssuedCertificate extends SignedCertificate {
  /** PKCS#8 PEM. */
  readonly privateKey: Redacted;
}

export interface CertificateAuthority {
  readonly trustDomain: string;
  readonly purpose: Purpose;
  /** PEM of every root that peers must trust now, the signing one first. */
  trustBundle(): string;
  /** PEM of the certificates that sign leaves directly, now or until lately. */
  issuers(): readonly string[];
  /** Makes a key pair and a certificate for it. Rejects for names that are not for this purpose. */
  issue(request: CertificateRequest): Promise<IssuedCertificate>;
  /**
   * Signs a CSR whose only identity is `identity`, that of the authenticated caller.
   * Rejects with a `CsrError` if the signature is wrong or the CSR asks for any other name.
   */
  signCsr(csrPem: string, identity: string, lifetimeMs: number): Promise<SignedCertificate>;
  /** First step of a root rotation: peers begin to trust a new root, nothing is signed by it yet. */
  addRoot(): Promise<void>;
  /** Second step, once every peer has the bundle: new certificates are signed by the newest root. */
  activateNewestRoot(): Promise<void>;
  /** Last step: forgets roots that signed nothing still valid. True if the bundle changed. */
  retireRoots(): Promise<boolean>;
  /** Called after each change of the bundle; returns how to stop that. */
  onBundleChange(listener: () => void): () => void;
}

export interface AuthorityOptions {
  readonly trustDomain: string;
  /** Default: workloads. */
  readonly purpose?: Purpose;
  readonly clock?: Clock;
  /** A supplied intermediate (or root): PEM chain with the signing certificate first, and its PKCS#8 key. */
  readonly key?: { readonly certificateChain: string; readonly privateKey: Redacted; readonly trustBundle: string };
  /** Where roots are kept between runs; without it they live and die with the process. */
  readonly store?: AuthorityStore;
  readonly rootLifetimeMs?: number;
}

const tenYearsMs = 3_650 * 86_400_000;

export async function createCertificateAuthority(options: AuthorityOptions): Promise<CertificateAuthority> {
  const clock = options.clock ?? systemClock;
  const stored = options.key ? [await loadSigner(options.key)] : ((await options.store?.load()) ?? []);
  const usable = stored.filter((signer) => signerExpiry(signer) > clock.now());
  const authority = new LocalAuthority(options, clock, usable);
  if (usable.length === 0) await authority.createFirstRoot();
  return authority;
}

class LocalAuthority implements CertificateAuthority {
  readonly trustDomain: string;
  readonly purpose: Purpose;
  readonly #options: AuthorityOptions;
  readonly #clock: Clock;
  /** In the order of the bundle: the one that signs comes first. */
  #signers: Signer[];
  readonly #listeners = new Set<() => void>();
  /** Saves go one after the other: each writes the same file. */
  #saving: Promise<void> = Promise.resolve();

  constructor(options: AuthorityOptions, clock: Clock, signers: readonly Signer[]) {
    this.trustDomain = options.trustDomain;
    this.purpose = options.purpose ?? 'workloads';
    this.#options = options;
    this.#clock = clock;
    this.#signers = [...signers];
  }

  async createFirstRoot(): Promise<void> {
    if (this.#options.key) throw new Error('the supplied signing certificate has expired');
    await this.#replaceSigners([await this.#newRoot()]);
  }

  trustBundle(): string {
    return this.#signers.map((signer) => signer.trustAnchor).join('');
  }

  issuers(): readonly string[] {
    return this.#signers.map((signer) => certificatePem(signer.certificate));
  }

  async issue(request: CertificateRequest): Promise<IssuedCertificate> {
    const keys = await generateKeyPair();
    const signed = await this.#sign(request, keys.publicKey);
    return { ...signed, privateKey: await privateKeyPem(keys.privateKey) };
  }

  async signCsr(csrPem: string, identity: string, lifetimeMs: number): Promise<SignedCertificate> {
    const publicKey = await checkCsr(csrPem, identity);
    return this.#sign({ spiffeId: identity, lifetimeMs, usages: ['server', 'client'] }, publicKey);
  }

  async addRoot(): Promise<void> {
    await this.#replaceSigners([...this.#signers, await this.#newRoot()]);
  }

  async activateNewestRoot(): Promise<void> {
    const newest = this.#signers.at(-1);
    if (newest) await this.#replaceSigners([newest, ...this.#signers.filter((signer) => signer !== newest)]);
  }

  async retireRoots(): Promise<boolean> {
    const kept = this.#signers.filter(
      (signer, i) => i === 0 || signer.isFresh || signer.lastNotAfterMs > this.#clock.now(),
    );
    if (kept.length === this.#signers.length) return false;
    await this.#replaceSigners(kept);
    return true;
  }

  onBundleChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  async #replaceSigners(signers: readonly Signer[]): Promise<void> {
    this.#signers = [...signers];
    await this.#save();
    for (const listener of this.#listeners) listener();
  }

  /** Noted a lifetime ahead, so that the store is written once a lifetime and not once a certificate. */
  async #recordExpiry(signer: Signer, notAfterMs: number, lifetimeMs: number): Promise<void> {
    if (!signer.isFresh && notAfterMs <= signer.lastNotAfterMs) return;
    signer.isFresh = false;
    signer.lastNotAfterMs = this.#options.store ? notAfterMs + lifetimeMs : notAfterMs;
    await this.#save();
  }

  #save(): Promise<void> {
    const saved = this.#saving.then(() => this.#options.store?.save(this.#signers));
    this.#saving = saved.catch(() => undefined);
    return saved;
  }

  #newRoot(): Promise<Signer> {
    const nowMs = this.#clock.now();
    const lifetimeMs = this.#options.rootLifetimeMs ?? tenYearsMs;
    const name = `fairlead ${this.purpose} root`;
    return createRoot(this.trustDomain, { name, notBeforeMs: nowMs - notBeforeSkewMs, notAfterMs: nowMs + lifetimeMs });
  }

  async #sign(request: CertificateRequest, publicKey: x509.PublicKeyType): Promise<SignedCertificate> {
    const signer = this.#signers[0];
    if (!signer) throw new Error('the certificate authority has no signing key');
    assertNames(this.purpose, request, this.trustDomain);
    const nowMs = this.#clock.now();
    const notBeforeMs = nowMs - notBeforeSkewMs;
    // A leaf must not outlive what vouches for it.
    const notAfterMs = Math.min(nowMs + request.lifetimeMs, signerExpiry(signer));
    const serial = randomSerial();
    const certificate = await x509.X509CertificateGenerator.create({
      serialNumber: serial,
      subject: '',
      issuer: signer.certificate.subject,
      notBefore: new Date(notBeforeMs),
      notAfter: new Date(notAfterMs),
      signingAlgorithm: keyAlgorithm,
      signingKey: signer.keys.privateKey,
      publicKey,
      extensions: leafExtensions(request, signer),
    });
    await this.#recordExpiry(signer, notAfterMs, request.lifetimeMs);
    return { certificateChain: certificatePem(certificate) + signer.intermediates, serial, notBeforeMs, notAfterMs };
  }
}

function leafExtensions(request: CertificateRequest, signer: Signer): x509.Extension[] {
  const usageOids = { server: x509.ExtendedKeyUsage.serverAuth, client: x509.ExtendedKeyUsage.clientAuth };
  const names: x509.JsonGeneralName[] = [
    ...(request.spiffeId === undefined ? [] : [{ type: 'url' as const, value: request.spiffeId }]),
    ...(request.dnsNames ?? []).map((value) => ({ type: 'dns' as const, value })),
  ];
  if (names.length === 0) throw new Error('a certificate needs at least one name');
  return [
    new x509.BasicConstraintsExtension(false, undefined, true),
    new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
    new x509.ExtendedKeyUsageExtension(request.usages.map((usage) => usageOids[usage])),
    // Critical because the subject is empty: RFC 5280 §4.2.1.6, and the X.509-SVID standard.
    new x509.SubjectAlternativeNameExtension(names, true),
    signer.authorityKeyIdentifier,
  ];
}
