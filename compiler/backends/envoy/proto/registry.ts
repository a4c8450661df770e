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
import { DirectEncoder } from './direct-encoder.ts';

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

let direct: DirectEncoder | undefined;

/**
 * Canonical proto3 JSON to bytes, the same for the same content whatever the order of its fields.
 * Throws an Error that names the message and the field if the JSON does not fit.
 */
export function encodeResource(typeUrl: string, json: unknown): Uint8Array {
  const message = envoyMessage(messageName(typeUrl));
  direct ??= new DirectEncoder(envoyRegistry());
  return direct.encode(message, json) ?? encodeByLibrary(message, json);
}

/** What `encodeResource` does with whatever is out of the ordinary. */
export function encodeByLibrary(message: DescMessage, json: unknown): Uint8Array {
  return toBinary(message, fromJson(message, sortKeys(json) as JsonValue, { registry: envoyRegistry() }));
}

/** The library writes map fields in the order in which they were set. */
function sortKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sortKeys);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, inner]) => [key, sortKeys(inner)]));
}

/** Bytes to canonical proto3 JSON; the inverse of `encodeResource` up to defaults. */
export function decodeResource(typeUrl: string, bytes: Uint8Array): unknown {
  const message = envoyMessage(messageName(typeUrl));
  return toJson(message, fromBinary(message, bytes), { registry: envoyRegistry() });
}

function messageName(typeUrl: string): string {
  return typeUrl.startsWith(typeUrlPrefix) ? typeUrl.slice(typeUrlPrefix.length) : typeUrl;
}
