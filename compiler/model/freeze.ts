// Makes a model immutable for good: nobody downstream can patch it behind another reader's back.

/** Freezes an acyclic value of plain objects and arrays, all the way down, and returns it. */
export function deepFreeze<T>(value: T): T {
  if (isLoose(value)) freezeObject(value);
  return value;
}

/** Without a call for each text and number: a model has millions of them. */
function freezeObject(object: object): void {
  if (Array.isArray(object)) {
    for (const inner of object) if (isLoose(inner)) freezeObject(inner);
  } else {
    for (const key in object) {
      const inner: unknown = object[key as keyof typeof object];
      if (isLoose(inner)) freezeObject(inner);
    }
  }
  Object.freeze(object);
}

function isLoose(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Object.isFrozen(value);
}
