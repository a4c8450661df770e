// Scalar values of direct-encoder.ts. False means: not one of the plain forms, leave the message to the library.
import { ScalarType } from '@bufbuild/protobuf';
import { FeatureSet_FieldPresence as FieldPresence } from '@bufbuild/protobuf/wkt';
import type { ByteWriter } from './byte-writer.ts';

/** Writes a value, or returns false if it must be encoded in another way. */
export type Write = (out: ByteWriter, json: unknown) => boolean;

export const wireTypes = { varint: 0, lengthDelimited: 2 } as const;

const maxUint32 = 0xffff_ffff;
const maxInt32 = 0x7fff_ffff;

const writers: Partial<Record<ScalarType, Write>> = {
  [ScalarType.STRING]: (out, json) => {
    // A lone surrogate is not text.
    if (typeof json !== 'string' || !json.isWellFormed()) return false;
    out.text(json);
    return true;
  },
  [ScalarType.BOOL]: (out, json) => typeof json === 'boolean' && writeNumber(out, json ? 1 : 0, 1),
  [ScalarType.UINT32]: (out, json) => writeNumber(out, json, maxUint32),
  // Negative numbers take ten bytes and another way to write them.
  [ScalarType.INT32]: (out, json) => writeNumber(out, json, maxInt32),
  [ScalarType.UINT64]: writeLong,
  [ScalarType.INT64]: writeLong,
};

export function writeScalar(type: ScalarType): Write {
  return writers[type] ?? (() => false);
}

/** Long numbers are text in JSON; those of fifteen digits are exact as numbers. */
function writeLong(out: ByteWriter, json: unknown): boolean {
  const isShortText = typeof json === 'string' && /^(?:0|[1-9]\d{0,14})$/.test(json);
  return writeNumber(out, isShortText ? Number(json) : json, Number.MAX_SAFE_INTEGER);
}

function writeNumber(out: ByteWriter, json: unknown, max: number): boolean {
  if (typeof json !== 'number' || !Number.isInteger(json) || json < 0 || json > max) return false;
  out.varint(json);
  return true;
}

interface SingularField {
  readonly number: number;
  /** Undefined for an enum. */
  readonly scalar?: ScalarType | undefined;
  readonly oneof?: unknown;
  readonly presence?: FieldPresence;
}

/** A value with its tag. Where presence is implicit, as in most of proto3, zero values are left out. */
export function fieldOf(field: SingularField, write: Write, isZero: (json: unknown) => boolean): Write {
  const isText = field.scalar === ScalarType.STRING;
  const tag = (field.number << 3) | (isText ? wireTypes.lengthDelimited : wireTypes.varint);
  const isImplicit = field.presence === FieldPresence.IMPLICIT && !field.oneof;
  return (out, json) => {
    const before = out.length;
    out.varint(tag);
    if (!write(out, json)) return false;
    if (isImplicit && isZero(json)) out.truncate(before);
    return true;
  };
}
