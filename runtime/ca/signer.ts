// A signing certificate with its key: our own self-signed root, or an intermediate that somebody supplied.
import type { Redacted } from '../../compiler/index.ts';
import {
  certificatePem,
  generateKeyPair,
  importKeyPair,
  type KeyPair,
  keyAlgorithm,
  privateKeyPem,
  randomSerial,
  x509,
} from './x509.ts';

export interface Signer {
  readonly certificate: x509.X509Certificate;
  readonly keys: KeyPair;
  readonly privateKey: Redacted;
  /** What every leaf carries to name its issuer's key; made once, because the library exports the key for it. */
  readonly authorityKeyIdentifier: x509.Extension;
  /** PEM that follows a leaf in its chain; "" under a root of our own. */
  readonly intermediates: string;
  /** PEM that peers must trust. */
  readonly trustAnchor: string;
  /** Added to the bundle and not yet signing: must not be retired. */
  isFresh: boolean;
  /** Nothing signed by this one is valid after this time; 0 if it signed nothing. */
  lastNotAfterMs: number;
}

export function signerExpiry(signer: Signer): number {
  return signer.certificate.notAfter.getTime();
}

interface RootFields {
  /** For people. */
  readonly name: string;
  readonly notBeforeMs: number;
  readonly notAfterMs: number;
}

export async function createRoot(trustDomain: string, { name, notBeforeMs, notAfterMs }: RootFields): Promise<Signer> {
  const keys = await generateKeyPair();
  const serialNumber = randomSerial();
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    serialNumber,
    // The serial keeps the subjects of an old and a new root apart: verifiers look issuers up by subject.
    name: [{ O: [trustDomain] }, { CN: [`${name} ${serialNumber.slice(0, 8)}`] }],
    notBefore: new Date(notBeforeMs),
    notAfter: new Date(notAfterMs),
    signingAlgorithm: keyAlgorithm,
    keys,
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
      // The X.509-SVID standard asks signing certificates to carry the trust domain's ID.
      new x509.SubjectAlternativeNameExtension([{ type: 'url', value: `spiffe://${trustDomain}` }]),
    ],
  });
  return {
    certificate,
    keys,
    privateKey: await privateKeyPem(keys.privateKey),
    authorityKeyIdentifier: await x509.AuthorityKeyIdentifierExtension.create(keys.publicKey),
    intermediates: '',
    trustAnchor: certificatePem(certificate),
    isFresh: true,
    lastNotAfterMs: 0,
  };
}

/** Rejects if the PEM is broken, the key does not belong to the certificate, or the certificate may not sign. */
export async function loadSigner(material: {
  readonly certificateChain: string;
  readonly privateKey: Redacted;
  readonly trustBundle: string;
}): Promise<Signer> {
  const chain = x509.PemConverter.decode(material.certificateChain).map((der) => new x509.X509Certificate(der));
  const certificate = chain[0];
  if (!certificate) throw new Error('the signing chain holds no certificate');
  if (!certificate.getExtension(x509.BasicConstraintsExtension)?.ca) {
    throw new Error(`the certificate ${certificate.subject} is not a certificate authority's`);
  }
  const keys = await importKeyPair(material.privateKey.reveal(), certificate);
  await provePairMatches(keys);
  const isRoot = material.certificateChain.trim() === material.trustBundle.trim();
  return {
    certificate,
    keys,
    privateKey: material.privateKey,
    authorityKeyIdentifier: await x509.AuthorityKeyIdentifierExtension.create(keys.publicKey),
    intermediates: isRoot ? '' : chain.map(certificatePem).join(''),
    trustAnchor: material.trustBundle.trimEnd() + '\n',
    isFresh: true,
    lastNotAfterMs: 0,
  };
}

async function provePairMatches(keys: KeyPair): Promise<void> {
  const probe = new Uint8Array(32);
  const signature = await crypto.subtle.sign(keyAlgorithm, keys.privateKey, probe);
  if (!(await crypto.subtle.verify(keyAlgorithm, keys.publicKey, signature, probe))) {
    throw new Error('the private key does not belong to the signing certificate');
  }
}
