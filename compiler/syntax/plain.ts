// The values of a document without aliases. The parser's own conversion looks for aliases at every step and takes twice as long.
import { isMap, isScalar, isSeq } from 'yaml';

/** Only for what `examine` let through: a key that is no text, or an alias, would get lost here. */
export function plainOf(node: unknown): unknown {
  if (isScalar(node)) return node.value;
  if (isSeq(node)) return node.items.map(plainOf);
  if (!isMap(node)) return null;
  const object: Record<string, unknown> = {};
  for (const pair of node.items) {
    const key = isScalar(pair.key) ? String(pair.key.value ?? '') : '';
    const value = plainOf(pair.value);
    // A plain assignment of this key would change the prototype and lose the value.
    if (key === '__proto__') Object.defineProperty(object, key, { value, enumerable: true, configurable: true });
    else object[key] = value;
  }
  return object;
}
