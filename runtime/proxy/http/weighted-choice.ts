// Choice by weight from one random number: the core of a traffic split. Pure.

export interface Weighted {
  readonly weight: number;
}

/** `random` is in [0, 1). An entry of weight 0 is never chosen; undefined if all are 0. */
export function chooseWeighted<T extends Weighted>(entries: readonly T[], random: number): T | undefined {
  let total = 0;
  for (const entry of entries) total += entry.weight;
  let left = Math.floor(random * total);
  for (const entry of entries) {
    if (left < entry.weight) return entry;
    left -= entry.weight;
  }
  return undefined;
}

/** Whether an event of so many parts per million happens. */
export function isDrawn(perMillion: number, random: number): boolean {
  return Math.floor(random * 1_000_000) < perMillion;
}

/** A FractionalPercent as parts per million; absent gives the default. */
export function perMillion(
  json: { readonly numerator?: number | undefined; readonly denominator?: string | number | undefined } | undefined,
  byDefault: number,
): number {
  if (!json) return byDefault;
  const numerator = json.numerator ?? 0;
  if (json.denominator === 'MILLION') return numerator;
  return numerator * (json.denominator === 'TEN_THOUSAND' ? 100 : 10_000);
}
