// Writes protobuf by hand where the same bytes go to many streams: a response is one shared body and a nonce.
// Field numbers of envoy/service/discovery/v3/discovery.proto and google/protobuf/any.proto.
import { ByteWriter } from '../../compiler/xds.ts';

const lengthDelimited = 2;
/** Used again for every message, each of which is written in one go. */
const out = new ByteWriter();

function bytesField(number: number, content: Uint8Array): void {
  out.varint((number << 3) | lengthDelimited);
  out.bytes(content);
}

function textField(number: number, content: string): void {
  out.varint((number << 3) | lengthDelimited);
  out.text(content);
}

/** What `write` writes, on memory of its own and no larger than need be: it is kept. */
function message(write: () => void): Uint8Array {
  out.clear();
  write();
  return out.toBytes();
}

/** `google.protobuf.Any`. */
export function anyMessage(typeUrl: string, value: Uint8Array): Uint8Array {
  return message(() => {
    textField(1, typeUrl);
    bytesField(2, value);
  });
}

export interface WireResource {
  readonly name: string;
  readonly version: string;
  /** An encoded `google.protobuf.Any`. */
  readonly any: Uint8Array;
}

/** DiscoveryResponse without its nonce. */
export function sotwBody(typeUrl: string, version: string, resources: Iterable<WireResource>): Uint8Array {
  return message(() => {
    textField(1, version);
    for (const { any } of resources) bytesField(2, any);
    textField(4, typeUrl);
  });
}

/** DeltaDiscoveryResponse without its nonce. */
export function deltaBody(
  typeUrl: string,
  systemVersion: string,
  resources: Iterable<WireResource>,
  removed: Iterable<string>,
): Uint8Array {
  return message(() => {
    textField(1, systemVersion);
    for (const { name, version, any } of resources) {
      out.varint((2 << 3) | lengthDelimited);
      const start = out.begin();
      textField(1, version);
      bytesField(2, any);
      textField(3, name);
      out.end(start);
    }
    textField(4, typeUrl);
    for (const name of removed) textField(6, name);
  });
}

/** The nonce has the same field number in both responses, and protobuf allows fields in any order. */
export function withNonce(body: Uint8Array, nonce: string): Buffer {
  const nonceField = message(() => textField(5, nonce));
  // Not from Node's pool: small buffers that live as long as a connection would each keep a whole pool from being freed.
  const bytes = Buffer.allocUnsafeSlow(body.length + nonceField.length);
  bytes.set(body);
  bytes.set(nonceField, body.length);
  return bytes;
}
