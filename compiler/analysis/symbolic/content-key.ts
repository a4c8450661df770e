// A text that is equal for equal content, wherever it was written.

/** JSON without origins and with sorted keys. */
export function contentKey(value: unknown): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  if (Array.isArray(value)) return `[${value.map(contentKey).join()}]`;
  const known = knownKeys.get(value);
  if (known !== undefined) return known;
  const fields = value as Readonly<Record<string, unknown>>;
  let written = '';
  for (const name of Object.keys(fields).sort()) {
    const inner = fields[name];
    if (inner === undefined || isOrigin(name, inner)) continue;
    written += `${written === '' ? '' : ','}${JSON.stringify(name)}:${contentKey(inner)}`;
  }
  const key = `{${written}}`;
  if (Object.isFrozen(value)) knownKeys.set(value, key);
  return key;
}

/** Headers and labels may have that name too. */
function isOrigin(name: string, value: unknown): boolean {
  return name === 'origin' && typeof value === 'object' && value !== null && 'file' in value && 'start' in value;
}

/** Of frozen objects, which are the model's: a compile hands on those that have not changed, and a review asks for each many times. */
const knownKeys = new WeakMap<object, string>();
