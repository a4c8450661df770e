// Written quantities to numbers. The schema has checked their form.

const unitMs: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };

/** `250ms`, `3s`, `5m`, `24h` in milliseconds. */
export function parseDuration(text: string): number {
  const [, amount, unit] = /^(\d+)(ms|s|m|h)$/.exec(text) ?? [];
  return Number(amount ?? 0) * (unitMs[unit ?? ''] ?? 0);
}

/** `10%` as 10. */
export function parsePercent(text: string): number {
  return Number(text.replace('%', ''));
}
