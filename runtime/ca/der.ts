// DER, forwards only: as much of it as a certificate needs. ITU-T X.690.

const tags = { boolean: 0x01, integer: 0x02, bitString: 0x03, octetString: 0x04, oid: 0x06, sequence: 0x30 } as const;
const utcTime = 0x17;
const generalizedTime = 0x18;

/** A value with its tag and length. */
export function tagged(tag: number, ...contents: readonly Uint8Array[]): Buffer {
  const content = Buffer.concat(contents);
  return Buffer.concat([Buffer.from([tag, ...lengthOf(content.length)]), content]);
}

function lengthOf(length: number): readonly number[] {
  if (length < 0x80) return [length];
  if (length < 0x100) return [0x81, length];
  if (length < 0x10000) return [0x82, length >> 8, length & 0xff];
  throw new RangeError(`${length} bytes are more than a certificate holds`);
}

export const sequence = (...items: readonly Uint8Array[]): Buffer => tagged(tags.sequence, ...items);
export const octetString = (content: Uint8Array): Buffer => tagged(tags.octetString, content);
export const bitString = (content: Uint8Array): Buffer => tagged(tags.bitString, Buffer.from([0]), content);
export const yes: Buffer = tagged(tags.boolean, Buffer.from([0xff]));

/** Big-endian, and positive as long as its first bit is 0. */
export const integer = (bytes: Uint8Array): Buffer => tagged(tags.integer, bytes);

/** From its dotted form; the parts after the first two are below 2^31. */
export function oid(text: string): Buffer {
  const [first = 0, second = 0, ...rest] = text.split('.').map(Number);
  return tagged(tags.oid, Buffer.from([first * 40 + second, ...rest.flatMap(base128)]));
}

function base128(value: number): number[] {
  const digits = [value & 0x7f];
  for (let left = value >>> 7; left > 0; left >>>= 7) digits.unshift((left & 0x7f) | 0x80);
  return digits;
}

/** In whole seconds. Two digits for the year until 2049, as RFC 5280 §4.1.2.5 demands. */
export function time(ms: number): Buffer {
  const text = new Date(ms).toISOString().replace(/[-:T]|\.\d+/g, '');
  const year = Number(text.slice(0, 4));
  return year < 2050
    ? tagged(utcTime, Buffer.from(text.slice(2), 'latin1'))
    : tagged(generalizedTime, Buffer.from(text, 'latin1'));
}

export function pem(label: string, der: Uint8Array): string {
  const lines =
    Buffer.from(der)
      .toString('base64')
      .match(/.{1,64}/g) ?? [];
  return `-----BEGIN ${label}-----\n${lines.join('\n')}\n-----END ${label}-----\n`;
}
