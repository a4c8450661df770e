// Written quantities to numbers. The schema has checked their form.

import { durationUnits } from '../model/index.ts';

const unitMs: Readonly<Record<string, number>> = durationUnits;

/** `250ms`, `3s`, `5m`, `24h` in milliseconds. */
export function parseDuration(text: string): number {
  const [, amount, unit] = /^(\d+)(ms|s|m|h)$/.exec(text) ?? [];
  return Number(amount ?? 0) * (unitMs[unit ?? ''] ?? 0);
}

/** `10%` as 10. */
export function parsePercent(text: string): number {
  return Number(text.replace('%', ''));
}
