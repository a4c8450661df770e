// What of a model's node no request of today shows, and how a review tells of it.
import type { KeyOf, Origin } from '../model/index.ts';
import type { PlacedText, Severity } from './review.ts';

/**
 * What becomes of a field: `requests` show it; `key` tells nodes apart, or finds them, and so does what is in one mesh only; `proxies` are
 * asked for it, whatever they serve (entry-settings.ts); `services` are asked what comes of it (mtls-modes.ts); `no`: why nothing comes of it; or it
 * is a setting.
 */
export type Treatment<V> = 'requests' | 'key' | 'proxies' | 'services' | `no: ${string}` | Setting<V>;

/** Every field but those that all nodes have: one more does not compile. */
export type Account<N> = { readonly [F in Exclude<KeyOf<N>, 'kind' | 'origin'>]: Treatment<Field<N, F>> };
type Field<N, F extends PropertyKey> = N extends unknown ? (F extends keyof N ? N[F] : undefined) : never;

/** One thing that a node says. */
export interface Fact {
  /** What it is about, such as `load balancing`: what is compared is what two nodes say about the same. */
  readonly about: string;
  readonly says: string;
  /** Where that is written, if there is a narrower place for it than the field's. */
  readonly origin?: Origin;
  /** Where some request shows it, and it need not be told again. */
  readonly shown?: Shown;
  /** What comes of it then, if more than the setting says. */
  readonly means?: string;
}

/** `as`: what rows of traffic call it; else whatever is told of it. `subset`, `port`: of which part of the service; `hosts`: not of all it has. */
export interface Shown {
  readonly as?: readonly string[];
  readonly subset?: string;
  readonly port?: number;
  readonly hosts?: readonly string[];
}

export interface Setting<V> {
  /** Of what `other` alone names too, if this says something about it all the same. */
  facts(value: V, other: V): readonly Fact[];
  severity(to: string): Severity;
  /** What else may say the same of the object of that name, which is one change: a workload says what its gateway does. */
  readonly isOf?: 'identity' | 'selection';
  /** What comes of it, where nobody's requests show it yet. */
  means?(to: string): string | undefined;
}

/** `means`: what comes of it, told in the title. */
export interface Change {
  /** Whose: `gateway shop/public`. */
  readonly what: string;
  readonly name: string;
  /** What the base calls it, if otherwise. */
  readonly earlier?: string;
  readonly about: string;
  readonly from: string;
  readonly to: string;
  readonly severity: Severity;
  readonly means: string | undefined;
  readonly isOf: Setting<unknown>['isOf'];
  readonly shown: readonly Shown[];
  readonly places: { readonly base: PlacedText; readonly head: PlacedText };
}

/** A value as it is. */
export function setting<V>(
  about: string,
  show: (value: V) => string,
  severity: Setting<V>['severity'],
  shown?: Shown,
): Setting<V> {
  return { facts: (value) => [{ about, says: show(value), ...(shown && { shown }) }], severity };
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
