// Matching selectors and labels in about constant time, however many objects a namespace holds. Gives what a scan would, in the same order.
import type { Labels } from './service.ts';
import { isSelected } from './workload.ts';

type Place<T> = (item: T) => { readonly namespace: string; readonly labels: Labels };

/** Objects that carry labels, found by namespace and selector. */
export function indexByLabels<T>(
  items: readonly T[],
  place: Place<T>,
): (namespace: string, selector: Labels) => readonly T[] {
  const buckets = new Map<string, T[]>();
  for (const item of items) {
    const { namespace, labels } = place(item);
    for (const key of [namespace, ...pairsOf(namespace, labels)]) put(buckets, key, item);
  }
  return (namespace, selector) => {
    const [first = namespace] = pairsOf(namespace, selector);
    return (buckets.get(first) ?? []).filter((item) => isSelected(selector, place(item).labels));
  };
}

/** Objects that hold a selector, found by the namespace and labels of what they may select. */
export function indexBySelector<T>(
  items: readonly T[],
  place: Place<T>,
): (namespace: string, labels: Labels) => readonly T[] {
  const order = new Map(items.map((item, i) => [item, i]));
  const buckets = new Map<string, T[]>();
  for (const item of items) {
    const { namespace, labels } = place(item);
    put(buckets, pairsOf(namespace, labels)[0] ?? namespace, item);
  }
  return (namespace, labels) =>
    [namespace, ...pairsOf(namespace, labels)]
      .flatMap((key) => buckets.get(key) ?? [])
      .filter((item) => isSelected(place(item).labels, labels))
      .sort((a, b) => (order.get(a) ?? 0) - (order.get(b) ?? 0));
}

function pairsOf(namespace: string, labels: Labels): string[] {
  return Object.entries(labels).map(([key, value]) => `${namespace} ${key}=${value}`);
}

function put<T>(buckets: Map<string, T[]>, key: string, item: T): void {
  const bucket = buckets.get(key);
  if (bucket) bucket.push(item);
  else buckets.set(key, [item]);
}
