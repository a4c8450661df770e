// Durations as both Go and proto3 JSON read them: decimal seconds.

/** `0.25s`; undefined for 0, which Istio's schemas refuse and which everywhere means the same as leaving it out. */
export function duration(ms: number): string | undefined {
  return ms > 0 ? `${ms / 1000}s` : undefined;
}
