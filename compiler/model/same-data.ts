// Whether two values of plain data are equal all the way down: whoever keeps results knows by it what is still so.

/**
 * The order of fields counts, because it can show in what is made of a value: what is kept must be what a fresh run gives.
 * For plain data without cycles; NaN is not equal to itself.
 */
export function isSameData(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  if (Array.isArray(a) !== Array.isArray(b)) return false;
  const [keys, others] = [Object.keys(a), Object.keys(b)];
  const [from, to] = [a as Readonly<Record<string, unknown>>, b as Readonly<Record<string, unknown>>];
  return keys.length === others.length && keys.every((key, i) => key === others[i] && isSameData(from[key], to[key]));
}
