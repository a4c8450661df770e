// Makes authorities and the serving certificate. ECDSA P-256 throughout: short, and taken by every client.
import 'reflect-metadata';
import { randomBytes, webcrypto } from 'node:crypto';
import * as x509 from '@peculiar/x509';
import { Redacted } from '../../compiler/index.ts';

/** A certificate with its key, both PEM. */
export interface Issued {
  readonly certificate: string;
  readonly key: Redacted;
  readonly notAfterMs: number;
}

export interface Validity {
  readonly fromMs: number;
  readonly untilMs: number;
}

const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;

export async function issueAuthority(name: string, validity: Validity): Promise<Issued> {
  const keys = await generateKeys();
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    serialNumber: randomSerial(),
    name: `CN=${name}`,
    notBefore: new Date(validity.fromMs),
    notAfter: new Date(validity.untilMs),
    signingAlgorithm: algorithm,
    keys,
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  return describe(certificate, keys.privateKey);
}

export async function issueServing(
  authority: Issued,
  names: { readonly dns: readonly string[]; readonly ip: readonly string[] },
  validity: Validity,
): Promise<Issued> {
  const keys = await generateKeys();
  const issuer = new x509.X509Certificate(authority.certificate);
  const alternatives = [
    ...names.dns.map((value) => ({ type: 'dns', value }) as const),
    ...names.ip.map((value) => ({ type: 'ip', value }) as const),
  ];
  const certificate = await x509.X509CertificateGenerator.create({
    serialNumber: randomSerial(),
    // The common name is for people; clients look at the alternative names. It may have 64 characters at most.
    subject: 'CN=fairlead-webhook',
    issuer: issuer.subject,
    notBefore: new Date(validity.fromMs),
    notAfter: new Date(validity.untilMs),
    signingAlgorithm: algorithm,
    publicKey: keys.publicKey,
    signingKey: await importKey(authority.key),
    extensions: [
      new x509.BasicConstraintsExtension(false, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
      new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
      new x509.SubjectAlternativeNameExtension(alternatives),
      await x509.AuthorityKeyIdentifierExtension.create(issuer.publicKey),
    ],
  });
  return describe(certificate, keys.privateKey);
}

/** Reads back what was stored. Throws if certificate and key are no pair, or no PEM at all. */
export async function readIssued(certificate: string, key: string): Promise<Issued> {
  const parsed = new x509.X509Certificate(certificate);
  const privateKey = await importKey(new Redacted(key));
  const text = new TextEncoder().encode('pair');
  const signature = await webcrypto.subtle.sign(algorithm, privateKey, text);
  const publicKey = await parsed.publicKey.export(algorithm, ['verify']);
  const isPair = await webcrypto.subtle.verify(algorithm, publicKey as webcrypto.CryptoKey, signature, text);
  if (!isPair) throw new Error('the key is not that of the certificate');
  return { certificate, key: new Redacted(key), notAfterMs: parsed.notAfter.getTime() };
}

async function describe(certificate: x509.X509Certificate, key: webcrypto.CryptoKey): Promise<Issued> {
  const der = await webcrypto.subtle.exportKey('pkcs8', key);
  return {
    certificate: `${certificate.toString('pem').trimEnd()}\n`,
    key: new Redacted(`${x509.PemConverter.encode(der, 'PRIVATE KEY')}\n`),
    notAfterMs: certificate.notAfter.getTime(),
  };
}

function generateKeys(): Promise<webcrypto.CryptoKeyPair> {
  return webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']) as Promise<webcrypto.CryptoKeyPair>;
}

function importKey(key: Redacted): Promise<webcrypto.CryptoKey> {
  const der = x509.PemConverter.decodeFirst(key.reveal());
  return webcrypto.subtle.importKey('pkcs8', der, algorithm, true, ['sign']);
}

/** 127 random bits, positive and without a leading zero byte (RFC 5280 §4.1.2.2). */
function randomSerial(): string {
  const bytes = randomBytes(16);
  bytes[0] = ((bytes[0] ?? 0) & 0x7f) | 0x40;
  return bytes.toString('hex');
}
