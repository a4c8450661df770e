// The one place where xDS resources become bytes, and bytes become objects. Strict: an unknown field, also inside an Any, is an error.
import { readFileSync } from 'node:fs';
import {
  createFileRegistry,
  type DescMessage,
  type FileRegistry,
  fromBinary,
  fromJson,
  type JsonValue,
  toBinary,
  toJson,
} from '@bufbuild/protobuf';
import { FileDescriptorSetSchema } from '@bufbuild/protobuf/wkt';

const typeUrlPrefix = 'type.googleapis.com/';

let loaded: FileRegistry | undefined;

/** Envoy 1.40's messages; read from disk at first use (about 60 ms). */
export function envoyRegistry(): FileRegistry {
  loaded ??= createFileRegistry(
    fromBinary(FileDescriptorSetSchema, readFileSync(new URL('./descriptors.binpb', import.meta.url))),
  );
  return loaded;
}

/** The descriptor of a full message name, such as `envoy.config.cluster.v3.Cluster`. Throws for an unknown one. */
export function envoyMessage(name: string): DescMessage {
  const message = envoyRegistry().getMessage(name);
  if (!message) throw new Error(`the Envoy descriptors hold no message ${name}`);
  return message;
}

/** Canonical proto3 JSON to bytes. Throws an Error that names the message and the field if the JSON does not fit. */
export function encodeResource(typeUrl: string, json: unknown): Uint8Array {
  const message = envoyMessage(messageName(typeUrl));
  return toBinary(message, fromJson(message, json as JsonValue, { registry: envoyRegistry() }));
}

/** Bytes to canonical proto3 JSON; the inverse of `encodeResource` up to defaults. */
export function decodeResource(typeUrl: string, bytes: Uint8Array): unknown {
  const message = envoyMessage(messageName(typeUrl));
  return toJson(message, fromBinary(message, bytes), { registry: envoyRegistry() });
}

function messageName(typeUrl: string): string {
  return typeUrl.startsWith(typeUrlPrefix) ? typeUrl.slice(typeUrlPrefix.length) : typeUrl;
}
