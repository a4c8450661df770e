// Durations in words, as intent writes them.

/** Milliseconds by the unit's name, small ones first. */
export const durationUnits = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 } as const;

/** 15000 as `15s`: the largest unit that divides it. */
export function formatDuration(milliseconds: number): string {
  const [unit = 'ms', size = 1] = Object.entries(durationUnits).findLast(([, size]) => milliseconds % size === 0) ?? [];
  return milliseconds === 0 ? '0s' : `${milliseconds / size}${unit}`;
}
