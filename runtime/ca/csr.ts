// Checks a certificate signing request against the identity its sender has proved. Grants nothing by itself.
import { x509 } from './x509.ts';

const subjectAlternativeNameOid = '2.5.29.17';

/** Why a CSR was refused; the message is fit for the caller. */
export class CsrError extends Error {
  override readonly name = 'CsrError';
}

/** The CSR's public key. Rejects with `CsrError` unless its signature holds and its one name is `identity`. */
export async function checkCsr(csrPem: string, identity: string): Promise<x509.PublicKey> {
  const request = parseCsr(csrPem);
  if (!(await request.verify().catch(() => false))) {
    throw new CsrError('the signature of the certificate signing request does not hold');
  }
  const names = namesOf(request);
  const foreign = names.filter((name) => name !== `url:${identity}`);
  if (foreign.length > 0) throw new CsrError(`the request asks for ${foreign.join(', ')}, the caller is ${identity}`);
  if (names.length !== 1) throw new CsrError(`the request must name ${identity} once, as a URI`);
  return request.publicKey;
}

function parseCsr(csrPem: string): x509.Pkcs10CertificateRequest {
  try {
    return new x509.Pkcs10CertificateRequest(csrPem);
  } catch {
    throw new CsrError('the certificate signing request is not PKCS#10 in PEM');
  }
}

function namesOf(request: x509.Pkcs10CertificateRequest): readonly string[] {
  // By OID and parsed again: asking for the extension by class finds nothing in requests made by openssl.
  const raw = request.getExtension(subjectAlternativeNameOid);
  if (!raw) return [];
  const parsed = new x509.SubjectAlternativeNameExtension(raw.rawData);
  return parsed.names.items.map((name) => `${name.type}:${name.value}`);
}
