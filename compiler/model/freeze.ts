// Makes a model immutable for good: nobody downstream can patch it behind another reader's back.

/** Freezes an acyclic value of plain objects and arrays, all the way down, and returns it. */
export function deepFreeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    for (const inner of Object.values(value)) deepFreeze(inner);
  }
  return value;
}
