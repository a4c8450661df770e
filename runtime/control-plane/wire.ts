// Writes protobuf by hand where the same bytes go to many streams: a response is one shared body and a nonce.
// https://protobuf.dev/programming-guides/encoding/ ; field numbers of envoy/service/discovery/v3/discovery.proto.

const lengthDelimited = 2;

/** A length-delimited field: a string, bytes, or an embedded message. */
export function field(number: number, content: Uint8Array | string): Buffer {
  const bytes = typeof content === 'string' ? Buffer.from(content, 'utf8') : content;
  return Buffer.concat([varint((number << 3) | lengthDelimited), varint(bytes.length), bytes]);
}

function varint(value: number): Buffer {
  const out: number[] = [];
  let rest = value;
  while (rest > 0x7f) {
    out.push((rest & 0x7f) | 0x80);
    rest = Math.floor(rest / 128);
  }
  out.push(rest);
  return Buffer.from(out);
}

/** `google.protobuf.Any`. */
export function anyMessage(typeUrl: string, value: Uint8Array): Buffer {
  return Buffer.concat([field(1, typeUrl), field(2, value)]);
}

export interface WireResource {
  readonly name: string;
  readonly version: string;
  /** An encoded `google.protobuf.Any`. */
  readonly any: Uint8Array;
}

/** DiscoveryResponse without its nonce. */
export function sotwBody(typeUrl: string, version: string, resources: Iterable<WireResource>): Buffer {
  const chunks = [field(1, version)];
  for (const resource of resources) chunks.push(field(2, resource.any));
  chunks.push(field(4, typeUrl));
  return Buffer.concat(chunks);
}

/** DeltaDiscoveryResponse without its nonce. */
export function deltaBody(
  typeUrl: string,
  systemVersion: string,
  resources: Iterable<WireResource>,
  removed: Iterable<string>,
): Buffer {
  const chunks = [field(1, systemVersion)];
  for (const { name, version, any } of resources) {
    chunks.push(field(2, Buffer.concat([field(1, version), field(2, any), field(3, name)])));
  }
  chunks.push(field(4, typeUrl));
  for (const name of removed) chunks.push(field(6, name));
  return Buffer.concat(chunks);
}

/** The nonce has the same field number in both responses, and protobuf allows fields in any order. */
export function withNonce(body: Uint8Array, nonce: string): Buffer {
  const nonceField = field(5, nonce);
  // Not from Node's pool: small buffers that live as long as a connection would each keep a whole pool from being freed.
  const bytes = Buffer.allocUnsafeSlow(body.length + nonceField.length);
  bytes.set(body);
  bytes.set(nonceField, body.length);
  return bytes;
}
