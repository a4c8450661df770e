// Reads certificates: subject alternative names, subject and fingerprint of a peer, roots out of a bundle.
import { X509Certificate } from 'node:crypto';
import type { PeerCertificate } from '../http/stream-info.ts';

export function describeCertificate(certificate: X509Certificate): PeerCertificate {
  const sans = subjectAltNames(certificate.subjectAltName);
  return {
    uriSans: sans.filter(([kind]) => kind === 'URI').map(([, value]) => value),
    dnsSans: sans.filter(([kind]) => kind === 'DNS').map(([, value]) => value),
    subject: rfc2253(certificate.subject),
    sha256: certificate.fingerprint256.replaceAll(':', '').toLowerCase(),
    pem: certificate.toString(),
  };
}

/** URI SANs of the first certificate of a chain in PEM. */
export function uriSansOf(chainPem: string): readonly string[] {
  return describeCertificate(new X509Certificate(chainPem)).uriSans;
}

/** Node writes `URI:spiffe://a, DNS:b`; a value with a comma or quote in it comes as a JSON string. */
export function subjectAltNames(text: string | undefined): [kind: string, value: string][] {
  const found: [string, string][] = [];
  const entry = /([A-Za-z ]+):("(?:[^"\\]|\\.)*"|[^,]*)(?:, |$)/y;
  for (let match = entry.exec(text ?? ''); match; match = entry.exec(text ?? '')) {
    const [, kind = '', value = ''] = match;
    found.push([kind, value.startsWith('"') ? (JSON.parse(value) as string) : value]);
  }
  return found;
}

/** Node writes one attribute a line in the order of the certificate; RFC 2253 writes them backwards with commas. */
function rfc2253(subject: string | undefined): string {
  return (subject ?? '')
    .split('\n')
    .filter((line) => line !== '')
    .reverse()
    .map((line) => line.replace(/[,+"\\<>;]/g, '\\$&'))
    .join(',');
}
