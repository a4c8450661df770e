// What of a model's node no request of today shows, and how a review tells of it.
import type { KeyOf, Origin } from '../model/index.ts';
import type { Severity } from './review.ts';

/**
 * What becomes of a field: `requests` show it; `key` tells nodes apart, or finds them, and so does what is in one mesh only; `no`: why
 * nothing comes of it; or it is a setting.
 */
export type Treatment<V> = 'requests' | 'key' | `no: ${string}` | Setting<V>;

/** Every field but those that all nodes have: one more does not compile. */
export type Account<N> = { readonly [F in Exclude<KeyOf<N>, 'kind' | 'origin'>]: Treatment<Field<N, F>> };
type Field<N, F extends PropertyKey> = N extends unknown ? (F extends keyof N ? N[F] : undefined) : never;

export interface Setting<V> {
  /** What it says, by what it says it about: `{ 'load balancing': 'RANDOM' }`. What is as without it need not be said. */
  facts(value: V): Readonly<Record<string, string>>;
  /** What facts that do not name something say of it all the same. */
  implied?(about: string, facts: Readonly<Record<string, string>>): string | undefined;
  /** Where that is written, if there is a narrower place for it than the node's. */
  placeOf?(about: string, value: V): Origin | undefined;
  severity(to: string): Severity;
  /** What rows of traffic call it where some request shows it: then it is not told again. */
  readonly shownAs?: readonly string[];
  /** What comes of it, where nobody's requests show it yet. */
  means?(to: string): string | undefined;
}

/** A value as it is. */
export function setting<V>(about: string, show: (value: V) => string, severity: Setting<V>['severity']): Setting<V> {
  return { facts: (value) => ({ [about]: show(value) }), severity };
}

export const always =
  (severity: Severity): Setting<unknown>['severity'] =>
  () =>
    severity;

/** Where one value opens more than the others. */
export const whenTo =
  (...opening: readonly string[]): Setting<unknown>['severity'] =>
  (to) =>
    opening.includes(to) ? 'high' : 'low';
