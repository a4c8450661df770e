// How much an intent repository may hold. Far above any real one; low enough that a hostile one cannot exhaust memory.

/** What passes one is left out, with a diagnostic of the tree. */
export interface SourceLimits {
  /** Of one file, in bytes. */
  readonly fileBytes: number;
  /** Of what comes down a stream, in bytes. */
  readonly streamBytes: number;
  /** Of all files together, in bytes. */
  readonly totalBytes: number;
  readonly files: number;
  /** Folders inside folders. */
  readonly depth: number;
  /** Whether files beside `intent/` are read, to tell that intent among them counts for nothing (FL0123). */
  readonly looksBeside: boolean;
}

export const defaultLimits: SourceLimits = {
  fileBytes: 1024 * 1024,
  streamBytes: 8 * 1024 * 1024,
  totalBytes: 128 * 1024 * 1024,
  files: 50_000,
  depth: 32,
  looksBeside: true,
};

/** `1 MiB`, `52.4 MB` style sizes for messages. */
export function formatBytes(bytes: number): string {
  if (bytes >= 1024 * 1024) return `${trim(bytes / 1024 / 1024)} MiB`;
  return bytes >= 1024 ? `${trim(bytes / 1024)} KiB` : `${bytes} bytes`;
}

/** A size and the limit that it is over, so told that they differ. */
export function formatOver(bytes: number, limit: number): readonly [size: string, limit: string] {
  const rounded = [formatBytes(bytes), formatBytes(limit)] as const;
  return rounded[0] === rounded[1] ? [`${bytes} bytes`, `${limit}`] : rounded;
}

function trim(value: number): string {
  return value.toFixed(1).replace(/\.0$/, '');
}
