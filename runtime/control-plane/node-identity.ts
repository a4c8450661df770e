// Who is at the other end of a stream: by its client certificate, else by its token. Fails closed.
import { X509Certificate } from 'node:crypto';
import type { JoinTokens } from './join-tokens.ts';

export interface Credentials {
  /** DER of the client certificate. TLS has proved possession of its key, and nothing else. */
  readonly certificate?: Uint8Array;
  /** The `authorization` header. */
  readonly authorization?: string;
}

export type Authentication =
  | { readonly ok: true; readonly identity: string /** Only a token names its workload. */; readonly workload?: string }
  | { readonly ok: false; readonly reason: string };

export interface Trust {
  readonly trustDomain: string;
  /** PEM of the certificates that sign leaves directly. */
  issuers(): readonly string[];
}

export function authenticate(
  credentials: Credentials,
  trust: Trust,
  tokens: JoinTokens,
  nowMs: number,
): Authentication {
  if (credentials.certificate) return byCertificate(credentials.certificate, trust, nowMs);
  if (credentials.authorization === undefined) {
    return { ok: false, reason: 'neither a client certificate nor a join token was presented' };
  }
  const [, token] = /^Bearer +(\S+)$/i.exec(credentials.authorization) ?? [];
  if (token === undefined) return { ok: false, reason: 'the authorization header is not a bearer token' };
  const verdict = tokens.verify(token);
  if (!verdict.ok) return { ok: false, reason: `the join token is refused: ${verdict.reason}` };
  return { ok: true, identity: verdict.claims.identity, workload: verdict.claims.workload };
}

const clientAuthOid = '1.3.6.1.5.5.7.3.2';

/** The TLS layer takes any client certificate: it could only demand one from all, and proxies with a token have none. So it is checked here. */
function byCertificate(der: Uint8Array, trust: Trust, nowMs: number): Authentication {
  const leaf = new X509Certificate(der);
  const issuers = trust.issuers().map((pem) => new X509Certificate(pem));
  if (!issuers.some((issuer) => leaf.checkIssued(issuer) && leaf.verify(issuer.publicKey))) {
    return { ok: false, reason: "the client certificate was not issued by the mesh's authority" };
  }
  if (leaf.ca || !leaf.keyUsage?.includes(clientAuthOid)) {
    return { ok: false, reason: 'the certificate presented is not meant for clients' };
  }
  if (nowMs < Date.parse(leaf.validFrom) || nowMs > Date.parse(leaf.validTo)) {
    return { ok: false, reason: `the client certificate is not valid now (until ${leaf.validTo})` };
  }
  const uris = (leaf.subjectAltName ?? '').split(', ').filter((name) => name.startsWith('URI:'));
  const identity = uris[0]?.slice('URI:'.length);
  if (uris.length !== 1 || !identity?.startsWith(`spiffe://${trust.trustDomain}/`)) {
    return { ok: false, reason: `the client certificate carries no single SPIFFE ID of ${trust.trustDomain}` };
  }
  return { ok: true, identity };
}
