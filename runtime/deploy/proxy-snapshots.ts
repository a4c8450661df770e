// What every proxy shall have under one commit, or in one phase on the way to it. Made when asked for, and the same object every time.
import type { ProxySnapshot, ProxyTarget } from '../../compiler/index.ts';

/** Undefined for a workload that the mesh does not have. */
export type SnapshotSource = (target: ProxyTarget) => ProxySnapshot | undefined;

/** Proxies and phases ask often, and tell snapshots apart by identity: each target's is made once. */
export class ProxySnapshots {
  readonly #source: SnapshotSource;
  readonly #byPlacement = new WeakMap<ProxyTarget['placement'], Map<string, ProxySnapshot | undefined>>();

  constructor(source: SnapshotSource) {
    this.#source = source;
  }

  of(target: ProxyTarget): ProxySnapshot | undefined {
    const known = this.#byPlacement.get(target.placement) ?? new Map<string, ProxySnapshot | undefined>();
    this.#byPlacement.set(target.placement, known);
    if (!known.has(target.workload)) known.set(target.workload, this.#source(target));
    return known.get(target.workload);
  }
}
