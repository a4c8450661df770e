// A secret that does not print: not by string conversion, JSON, or console.log.
import { inspect } from 'node:util';

const hidden = '[redacted]';

/** Wraps a private key or token until the one place that must have it calls `reveal`. */
export class Redacted {
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  reveal(): string {
    return this.#text;
  }

  toString(): string {
    return hidden;
  }

  toJSON(): string {
    return hidden;
  }

  [inspect.custom](): string {
    return hidden;
  }
}
