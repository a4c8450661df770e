// The body of a request, streamed to the current try and kept, up to a bound, for the next one and for mirrors.
import type { IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';

/** What is kept of a body for retries and mirrors; a longer one is sent once and not repeated, as in Envoy. */
export const replayLimitBytes = 1024 * 1024;

export class RequestBody {
  readonly #source: IncomingMessage;
  readonly #isKept: boolean;
  #kept: Buffer[] = [];
  #reader: Readable | undefined;
  #isTaken = false;
  bytes = 0;
  isComplete = false;
  /** Whether `open` may be called again. */
  isReplayable: boolean;

  constructor(source: IncomingMessage, isKept: boolean, onComplete: () => void) {
    this.#source = source;
    this.#isKept = isKept;
    this.isReplayable = isKept;
    source.on('data', (chunk: Buffer) => this.#onData(chunk));
    source.on('end', () => {
      this.isComplete = true;
      this.#reader?.push(null);
      onComplete();
    });
    source.pause();
  }

  #onData(chunk: Buffer): void {
    this.bytes += chunk.length;
    if (this.#isKept && this.isReplayable) {
      if (this.bytes > replayLimitBytes) this.release();
      else this.#kept.push(chunk);
    }
    // Between two tries a body that is still kept is only collected; one that is not has nowhere to go.
    if (this.#reader?.push(chunk) === false) this.#source.pause();
  }

  /** Something of it has come, if only its end. */
  get hasBegun(): boolean {
    return this.bytes > 0 || this.isComplete || this.#source.readableLength > 0 || this.#source.complete;
  }

  /** Starts a try: a stream of the whole body. Ends the stream of the try before. */
  open(): Readable {
    this.close();
    const reader = new Readable({ read: () => this.#source.resume() });
    for (const chunk of this.#kept) reader.push(chunk);
    if (!this.#isKept && this.#isTaken) throw new Error('a body that was not kept cannot be sent twice');
    this.#isTaken = true;
    this.#reader = reader;
    if (this.isComplete) reader.push(null);
    return reader;
  }

  /** The try is over; what still arrives is kept within the bound, or dropped. */
  close(): void {
    this.#reader = undefined;
  }

  /** Nothing will be repeated any more: lets the memory go. */
  release(): void {
    this.isReplayable = false;
    this.#kept = [];
  }

  /** The whole body, if it was complete and short enough to be kept. */
  whole(): Buffer | undefined {
    return this.isComplete && this.isReplayable ? Buffer.concat(this.#kept) : undefined;
  }
}
