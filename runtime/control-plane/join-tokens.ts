// Tokens by which a proxy without a certificate proves its workload: signed by us, bound to one identity, short-lived.
import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { Redacted } from '../../compiler/index.ts';
import { type Clock, systemClock } from '../clock.ts';

export interface TokenClaims {
  /** SPIFFE ID. */
  readonly identity: string;
  /** `namespace/name`. */
  readonly workload: string;
  readonly expiresAtMs: number;
}

export type TokenVerdict =
  | { readonly ok: true; readonly claims: TokenClaims }
  | { readonly ok: false; readonly reason: 'malformed' | 'bad signature' | 'expired' };

/** Tokens of other versions of this format do not verify. */
const prefix = 'fl1';

export class JoinTokens {
  readonly #key: Uint8Array;
  readonly #clock: Clock;

  /** Without a key a random one is made: tokens then die with the process. */
  constructor(options: { readonly key?: Uint8Array; readonly clock?: Clock } = {}) {
    this.#key = options.key ?? randomBytes(32);
    this.#clock = options.clock ?? systemClock;
    if (this.#key.length < 32) throw new Error('a token key needs at least 32 bytes');
  }

  issue(request: { readonly identity: string; readonly workload: string; readonly lifetimeMs: number }): Redacted {
    const { identity, workload, lifetimeMs } = request;
    const claims: TokenClaims = { identity, workload, expiresAtMs: this.#clock.now() + lifetimeMs };
    const payload = Buffer.from(JSON.stringify(claims)).toString('base64url');
    return new Redacted(`${prefix}.${payload}.${this.#sign(payload).toString('base64url')}`);
  }

  verify(token: string): TokenVerdict {
    const [version, payload, signature, ...rest] = token.split('.');
    if (version !== prefix || !payload || !signature || rest.length > 0) return { ok: false, reason: 'malformed' };
    const expected = this.#sign(payload);
    const given = Buffer.from(signature, 'base64url');
    // Constant time, so that a signature cannot be guessed byte by byte. The length is no secret.
    if (given.length !== expected.length || !timingSafeEqual(given, expected))
      return { ok: false, reason: 'bad signature' };
    const claims = JSON.parse(Buffer.from(payload, 'base64url').toString('utf8')) as TokenClaims;
    return claims.expiresAtMs > this.#clock.now() ? { ok: true, claims } : { ok: false, reason: 'expired' };
  }

  #sign(payload: string): Buffer {
    return createHmac('sha256', this.#key).update(`${prefix}.${payload}`).digest();
  }
}
