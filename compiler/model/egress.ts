// What a workload may call. One EgressScope a workload; Istio calls it a Sidecar.
import type { ModelNode } from './origin.ts';

export type EgressMode = 'declared' | 'any';

/** A workload without one has declared nothing: `egressDefault` of the mesh says what becomes of its calls. */
export interface EgressScope extends ModelNode<'EgressScope'> {
  /** `namespace/name` of the calling workload. */
  readonly workload: string;
  /** `declared`: only `hosts`; other hosts are answered 502, or cut off. `any`: the rest is passed through. */
  readonly mode: EgressMode;
  readonly hosts: readonly EgressHost[];
}

/** One entry of `uses`. `ports` empty means all of the service's. */
export interface EgressHost extends ModelNode<'EgressHost'> {
  /** Canonical host of a service. */
  readonly host: string;
  /** Namespace of the service, by which Istio's Sidecar names it. */
  readonly namespace: string;
  readonly ports: readonly number[];
}

const isOpenByMode: Readonly<Record<EgressMode, boolean>> = { declared: false, any: true };

/** True if what is not in scope is passed through. */
export function isOpenEgress(mode: EgressMode): boolean {
  return isOpenByMode[mode];
}
