// Matching selectors and labels in about constant time, however many objects a namespace holds. Gives what a scan would, in the same order.
import type { Labels } from './service.ts';
import { isSelected } from './workload.ts';

type Place<T> = (item: T) => { readonly namespace: string; readonly labels: Labels };

interface Placed<T> {
  readonly item: T;
  readonly labels: Labels;
  /** Place in the list. */
  readonly at: number;
}

/** Objects that carry labels, found by namespace and selector. */
export function indexByLabels<T>(
  items: readonly T[],
  place: Place<T>,
): (namespace: string, selector: Labels) => readonly T[] {
  const buckets = new Map<string, Placed<T>[]>();
  for (const [at, item] of items.entries()) {
    const { namespace, labels } = place(item);
    for (const key of [namespace, ...pairsOf(namespace, labels)]) put(buckets, key, { item, labels, at });
  }
  return (namespace, selector) => {
    const [first = namespace] = pairsOf(namespace, selector);
    const found = (buckets.get(first) ?? []).filter(({ labels }) => isSelected(selector, labels));
    return found.map(({ item }) => item);
  };
}

/** Objects that hold a selector, found by the namespace and labels of what they may select. */
export function indexBySelector<T>(
  items: readonly T[],
  place: Place<T>,
): (namespace: string, labels: Labels) => readonly T[] {
  const buckets = new Map<string, Placed<T>[]>();
  for (const [at, item] of items.entries()) {
    const { namespace, labels } = place(item);
    put(buckets, pairsOf(namespace, labels)[0] ?? namespace, { item, labels, at });
  }
  return (namespace, labels) => {
    const found = [namespace, ...pairsOf(namespace, labels)]
      .flatMap((key) => buckets.get(key) ?? [])
      .filter((candidate) => isSelected(candidate.labels, labels));
    return found.sort((a, b) => a.at - b.at).map(({ item }) => item);
  };
}

function pairsOf(namespace: string, labels: Labels): string[] {
  return Object.entries(labels).map(([key, value]) => `${namespace} ${key}=${value}`);
}

function put<T>(buckets: Map<string, T[]>, key: string, item: T): void {
  const bucket = buckets.get(key);
  if (bucket) bucket.push(item);
  else buckets.set(key, [item]);
}
