// Protobuf's wire format, forwards only, into one buffer that is used again for every message.
// https://protobuf.dev/programming-guides/encoding/

const continuation = 0x80;

export class ByteWriter {
  #bytes = Buffer.allocUnsafeSlow(64 * 1024);
  #length = 0;

  get length(): number {
    return this.#length;
  }

  clear(): void {
    this.#length = 0;
  }

  /** Forgets what was written after `length`. */
  truncate(length: number): void {
    this.#length = length;
  }

  /** A copy of exactly what was written, on memory of its own. */
  toBytes(): Uint8Array {
    return Uint8Array.prototype.slice.call(this.#bytes, 0, this.#length);
  }

  /** A whole number from 0 to the largest safe one. */
  varint(value: number): void {
    this.#reserve(10);
    let rest = value;
    while (rest >= continuation) {
      this.#bytes[this.#length++] = (rest % continuation) | continuation;
      rest = Math.floor(rest / continuation);
    }
    this.#bytes[this.#length++] = rest;
  }

  /** A string with its length before it. */
  text(value: string): void {
    // No character takes more than three bytes for each of its UTF-16 units.
    this.#reserve(value.length * 3);
    const start = this.begin();
    this.#length += this.#bytes.write(value, this.#length);
    this.end(start);
  }

  /** Bytes with their length before them. */
  bytes(value: Uint8Array): void {
    this.varint(value.length);
    this.#reserve(value.length);
    this.#bytes.set(value, this.#length);
    this.#length += value.length;
  }

  /** Begins what has its length before it; pass the result to `end`. */
  begin(): number {
    this.#reserve(1);
    return ++this.#length;
  }

  end(start: number): void {
    const size = this.#length - start;
    if (size < continuation) {
      this.#bytes[start - 1] = size;
      return;
    }
    // One byte was kept free for the length; long contents move to make room for the rest of it.
    const extra = lengthOfVarint(size) - 1;
    this.#reserve(extra);
    this.#bytes.copyWithin(start + extra, start, this.#length);
    this.#length = start - 1;
    this.varint(size);
    this.#length += size;
  }

  #reserve(size: number): void {
    const needed = this.#length + size;
    if (needed <= this.#bytes.length) return;
    const grown = Buffer.allocUnsafeSlow(Math.max(needed, this.#bytes.length * 2));
    this.#bytes.copy(grown, 0, 0, this.#length);
    this.#bytes = grown;
  }
}

function lengthOfVarint(value: number): number {
  let length = 1;
  for (let rest = value; rest >= continuation; rest = Math.floor(rest / continuation)) length += 1;
  return length;
}
