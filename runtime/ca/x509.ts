// The border to the certificate library and WebCrypto: key pairs, PEM, serials. No policy here.
import 'reflect-metadata'; // The library's dependency injection needs it loaded first.
import { randomBytes, webcrypto } from 'node:crypto';
import * as x509 from '@peculiar/x509';
import { Redacted } from '../../compiler/index.ts';

export { x509 };

/** ECDSA P-256 throughout: what Envoy, Go and Node all take, with short signatures. */
export const keyAlgorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;

export type Key = webcrypto.CryptoKey;
export type KeyPair = webcrypto.CryptoKeyPair;

export function generateKeyPair(): Promise<KeyPair> {
  return webcrypto.subtle.generateKey(keyAlgorithm, true, ['sign', 'verify']) as Promise<KeyPair>;
}

/** 127 random bits, positive and without a leading zero byte, as RFC 5280 §4.1.2.2 wants serials. */
export function randomSerial(): string {
  const bytes = randomBytes(16);
  bytes[0] = ((bytes[0] ?? 0) & 0x7f) | 0x40;
  return bytes.toString('hex');
}

export async function privateKeyPem(key: Key): Promise<Redacted> {
  const der = await webcrypto.subtle.exportKey('pkcs8', key);
  return new Redacted(x509.PemConverter.encode(der, 'PRIVATE KEY') + '\n');
}

/** Throws for a key that is not PKCS#8 ECDSA P-256. */
export async function importKeyPair(pem: string, certificate: x509.X509Certificate): Promise<KeyPair> {
  const der = x509.PemConverter.decodeFirst(pem);
  const privateKey = await webcrypto.subtle.importKey('pkcs8', der, keyAlgorithm, true, ['sign']);
  const publicKey = await certificate.publicKey.export(keyAlgorithm, ['verify']);
  return { privateKey: privateKey as Key, publicKey: publicKey as Key };
}

/** PEM with the final newline that concatenation into a bundle needs. */
export function certificatePem(certificate: x509.X509Certificate): string {
  return certificate.toString('pem').trimEnd() + '\n';
}
