// Leaves out what is not there, so that specs hold only fields that say something.

/** The object without fields that are undefined, empty arrays or empty objects; undefined when nothing is left. Not recursive. */
export function pruned(fields: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> | undefined {
  let kept: Record<string, unknown> | undefined;
  for (const key of Object.keys(fields)) {
    const value = fields[key];
    if (isEmpty(value)) continue;
    kept ??= {};
    kept[key] = value;
  }
  return kept;
}

function isEmpty(value: unknown): boolean {
  if (Array.isArray(value)) return value.length === 0;
  if (typeof value !== 'object' || value === null) return value === undefined;
  for (const _key in value) return false;
  return true;
}
