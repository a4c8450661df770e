// Finds what selects a set of labels without comparing everything with everything. Used by several rules; is none itself.
import { type AuthorizationPolicy, isSelected, type Labels, nothingLeft } from '../model/index.ts';

/** Items by namespace and one of their labels: a selector can only fit labels that carry its first one. */
export class SelectionIndex<T> {
  readonly #byFirstLabel: ReadonlyMap<string, readonly T[]>;
  readonly #selectorOf: (item: T) => { readonly namespace: string; readonly labels: Labels };

  constructor(items: readonly T[], selectorOf: (item: T) => { readonly namespace: string; readonly labels: Labels }) {
    this.#selectorOf = selectorOf;
    this.#byFirstLabel = Map.groupBy(items, (item) => {
      const { namespace, labels } = selectorOf(item);
      const [first] = Object.entries(labels);
      return first ? keyOfLabel(namespace, first[0], first[1]) : namespace;
    });
  }

  /** The items of the namespace whose selector fits the labels. */
  selecting(namespace: string, labels: Labels): readonly T[] {
    const keys = [namespace, ...Object.entries(labels).map(([key, value]) => keyOfLabel(namespace, key, value))];
    return keys
      .flatMap((key) => this.#byFirstLabel.get(key) ?? [])
      .filter((item) => isSelected(this.#selectorOf(item).labels, labels));
  }
}

/** Access policies by what they apply to. */
export function selectPolicies(policies: readonly AuthorizationPolicy[]): SelectionIndex<AuthorizationPolicy> {
  return new SelectionIndex(policies, ({ target: { namespace, labels, ...rest } }) => {
    nothingLeft(rest);
    return { namespace, labels };
  });
}

function keyOfLabel(namespace: string, key: string, value: string): string {
  return `${namespace}\n${key}=${value}`;
}
