// What a user names by a part of its name, where that is enough.
import { UsageError } from './io.ts';

/** Of `namespace/name`, the one that is written, whole or by a name that only one has; undefined if there is none. Throws UsageError for several. */
export function onlyOne(keys: readonly string[], written: string): string | undefined {
  if (keys.includes(written)) return written;
  const [found, ...others] = keys.filter((key) => key.endsWith(`/${written}`));
  if (others.length === 0) return found;
  throw new UsageError(`"${written}" is ambiguous`, `say which: ${[found, ...others].join(', ')}`);
}
