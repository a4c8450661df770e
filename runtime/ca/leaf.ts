// Leaf certificates, written and signed directly: a fleet that starts asks for a thousand at once, and the certificate library
// takes some milliseconds for each. RFC 5280; the X.509-SVID standard of SPIFFE.
import { type KeyObject, sign } from 'node:crypto';
import { isIP } from 'node:net';
import { bitString, integer, octetString, oid, pem, sequence, tagged, time, yes } from './der.ts';
import { x509 } from './x509.ts';

export type CertificateUsage = 'server' | 'client';

export interface LeafRequest {
  readonly spiffeId?: string;
  readonly dnsNames?: readonly string[];
  /** What is not an IP address is left out. */
  readonly ipAddresses?: readonly string[];
  readonly usages: readonly CertificateUsage[];
}

export interface LeafIssuer {
  /** ECDSA P-256. */
  readonly signingKey: KeyObject;
  /** DER of the subject of the issuer's certificate. */
  readonly name: Uint8Array;
  /** DER of the extension that names the issuer's key. */
  readonly authorityKeyIdentifier: Uint8Array;
}

export interface LeafOptions {
  /** Hexadecimal, of a positive number. */
  readonly serial: string;
  readonly notBeforeMs: number;
  readonly notAfterMs: number;
  /** SubjectPublicKeyInfo in DER. */
  readonly publicKey: Uint8Array;
}

/** PEM. Throws if the request holds no name. */
export function signLeaf(request: LeafRequest, issuer: LeafIssuer, options: LeafOptions): string {
  const toBeSigned = sequence(
    version3,
    integer(Buffer.from(options.serial, 'hex')),
    signatureAlgorithm,
    issuer.name,
    sequence(time(options.notBeforeMs), time(options.notAfterMs)),
    noSubject,
    options.publicKey,
    tagged(contextual(3), sequence(...extensionsOf(request), issuer.authorityKeyIdentifier)),
  );
  const signature = sign('sha256', toBeSigned, issuer.signingKey);
  return pem('CERTIFICATE', sequence(toBeSigned, signatureAlgorithm, bitString(signature)));
}

/** Context-specific and constructed. */
const contextual = (number: number): number => 0xa0 | number;

const version3 = tagged(contextual(0), integer(Buffer.from([2])));
const signatureAlgorithm = sequence(oid('1.2.840.10045.4.3.2'));
const noSubject = sequence();

const usageOids = { server: oid('1.3.6.1.5.5.7.3.1'), client: oid('1.3.6.1.5.5.7.3.2') };
const critical = (id: string, value: Uint8Array): Buffer => sequence(oid(id), yes, octetString(value));
const notAnAuthority = critical('2.5.29.19', sequence());
/** The first bit of a bit string of one bit: the key may sign, and nothing else. */
const digitalSignature = critical('2.5.29.15', Buffer.from([0x03, 0x02, 0x07, 0x80]));

function extensionsOf({ usages, ...names }: LeafRequest): readonly Uint8Array[] {
  const alternativeNames = generalNames(names);
  if (alternativeNames.length === 0) throw new Error('a certificate needs at least one name');
  return [
    notAnAuthority,
    digitalSignature,
    sequence(oid('2.5.29.37'), octetString(sequence(...usages.map((usage) => usageOids[usage])))),
    // Critical because the subject is empty: RFC 5280 §4.2.1.6, and the X.509-SVID standard.
    critical('2.5.29.17', sequence(...alternativeNames)),
  ];
}

const dnsTag = 0x82;
const uriTag = 0x86;

function generalNames({ spiffeId, dnsNames = [], ipAddresses = [] }: Omit<LeafRequest, 'usages'>): Uint8Array[] {
  return [
    ...(spiffeId === undefined ? [] : [tagged(uriTag, ascii(spiffeId))]),
    ...dnsNames.map((name) => tagged(dnsTag, ascii(name))),
    ...ipAddresses
      .filter((address) => isIP(address) !== 0)
      .map((address) => new Uint8Array(new x509.GeneralName('ip', address).rawData)),
  ];
}

function ascii(text: string): Buffer {
  if (!/^[\x21-\x7e]+$/.test(text)) throw new Error(`"${text}" cannot be a name in a certificate`);
  return Buffer.from(text, 'latin1');
}
