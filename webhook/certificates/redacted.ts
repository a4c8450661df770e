// A secret that does not print: not by string conversion, not as JSON, not in the console.
import { inspect } from 'node:util';

const hidden = '[redacted]';

export class Redacted {
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  /** For the one place that must have it. */
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
