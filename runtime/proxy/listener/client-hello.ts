// Reads the first bytes of a connection: TLS or not, and of a ClientHello the server name and the protocols offered. Pure.
// https://www.rfc-editor.org/rfc/rfc8446#section-4.1.2

export interface ClientHello {
  readonly isTls: true;
  /** Lower case; absent if the caller names no server. */
  readonly serverName?: string;
  readonly alpn: readonly string[];
}

/** `more`: not enough bytes yet. */
export type Inspection = ClientHello | { readonly isTls: false } | 'more';

const maxHelloBytes = 64 * 1024;

export function inspect(bytes: Buffer): Inspection {
  if (bytes.length === 0) return 'more';
  if (bytes[0] !== 0x16) return { isTls: false };
  if (bytes.length > 1 && bytes[1] !== 3) return { isTls: false };
  const handshake = joinRecords(bytes);
  if (handshake === undefined) return bytes.length > maxHelloBytes ? { isTls: false } : 'more';
  if (handshake === 'not tls') return { isTls: false };
  try {
    return { isTls: true, ...readHello(new Reader(handshake)) };
  } catch {
    // A ClientHello that cannot be read is still TLS: the handshake will refuse it.
    return { isTls: true, alpn: [] };
  }
}

/** The ClientHello may span records. */
function joinRecords(bytes: Buffer): Buffer | 'not tls' | undefined {
  const parts: Buffer[] = [];
  let at = 0;
  let have = 0;
  while (at + 5 <= bytes.length) {
    if (bytes[at] !== 0x16) return 'not tls';
    const length = bytes.readUInt16BE(at + 3);
    const part = bytes.subarray(at + 5, at + 5 + length);
    parts.push(part);
    have += part.length;
    at += 5 + length;
    const joined = have >= 4 ? Buffer.concat(parts) : undefined;
    if (!joined) continue;
    if (joined[0] !== 1) return 'not tls';
    const wanted = 4 + joined.readUIntBE(1, 3);
    if (have >= wanted) return joined.subarray(4, wanted);
  }
  return undefined;
}

class Reader {
  readonly #bytes: Buffer;
  #at = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  get isAtEnd(): boolean {
    return this.#at >= this.#bytes.length;
  }

  number(size: 1 | 2): number {
    const value = this.#bytes.readUIntBE(this.#at, size);
    this.#at += size;
    return value;
  }

  skip(size: number): void {
    this.#at += size;
  }

  /** A vector with its length before it. */
  vector(lengthSize: 1 | 2): Buffer {
    const length = this.number(lengthSize);
    const part = this.#bytes.subarray(this.#at, this.#at + length);
    this.#at += length;
    return part;
  }
}

function readHello(reader: Reader): { serverName?: string; alpn: string[] } {
  reader.skip(2 + 32);
  reader.vector(1);
  reader.vector(2);
  reader.vector(1);
  const found: { serverName?: string; alpn: string[] } = { alpn: [] };
  if (reader.isAtEnd) return found;
  const extensions = new Reader(reader.vector(2));
  while (!extensions.isAtEnd) {
    const type = extensions.number(2);
    const body = extensions.vector(2);
    if (type === 0) {
      const names = new Reader(new Reader(body).vector(2));
      if (!names.isAtEnd && names.number(1) === 0) found.serverName = names.vector(2).toString('latin1').toLowerCase();
    } else if (type === 16) {
      const protocols = new Reader(new Reader(body).vector(2));
      while (!protocols.isAtEnd) found.alpn.push(protocols.vector(1).toString('latin1'));
    }
  }
  return found;
}
