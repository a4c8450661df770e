// Response bodies by content, bounded in bytes: a push to a thousand proxies that get the same is encoded once.
import type { BodyCache } from './channel.ts';

const defaultLimitBytes = 4 * 1024 * 1024;

export class BoundedBodyCache implements BodyCache {
  readonly #bodies = new Map<string, Uint8Array>();
  readonly #limitBytes: number;
  #bytes = 0;

  constructor(limitBytes = defaultLimitBytes) {
    this.#limitBytes = limitBytes;
  }

  get(key: string, encode: () => Uint8Array): Uint8Array {
    const known = this.#bodies.get(key);
    if (known) return known;
    const body = encode();
    this.#bodies.set(key, body);
    this.#bytes += body.length + key.length;
    this.#evict();
    return body;
  }

  /** Oldest first: bodies are shared within one push, so that age is a fair guess of use. */
  #evict(): void {
    for (const [key, body] of this.#bodies) {
      if (this.#bytes <= this.#limitBytes || this.#bodies.size <= 1) return;
      this.#bodies.delete(key);
      this.#bytes -= body.length + key.length;
    }
  }
}
