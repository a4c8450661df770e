// Proxies behind an xDS control plane as a deployment target: make, switch and break over their snapshots.
import type { Diagnostic, ProxyTarget } from '../../compiler/index.ts';
import type { CommitReport } from '../control-plane/ledger.ts';
import type { Acknowledgement, Deployable, DeployTarget, Phase } from './deploy-target.ts';
import { ProxySnapshots, type SnapshotSource } from './proxy-snapshots.ts';
import { type PhaseName, planPhases, snapshotInPhase } from './snapshot-phases.ts';

/** The part of a control plane that a deployment drives, and what its proxies need from the machine they run on. */
export interface ProxyPublisher {
  /** The proxies there are, connected or not; `key` tells them apart. */
  proxies(): readonly { readonly key: string; readonly target: ProxyTarget }[];
  /** Makes `snapshotFor` what all proxies get, under a label by which it can be waited for. */
  publish(publication: { readonly commit: string; readonly snapshotFor: SnapshotSource }): void | Promise<void>;
  waitFor(commit: string, options: { readonly timeoutMs: number }): Promise<CommitReport>;
  /** See `DeployTarget`. */
  prepare?(next: Deployable<ProxySnapshots>): Promise<readonly Diagnostic[]>;
  /** Called, and waited for, after each phase that every proxy has acknowledged. */
  acknowledged?(phase: string): Promise<void>;
  /** See `DeployTarget`. */
  settle?(live: Deployable<ProxySnapshots> | undefined): Promise<void>;
}

export function xdsTarget(publisher: ProxyPublisher): DeployTarget<ProxySnapshots> {
  return {
    receivers: 'proxies',
    plan: (from, to) => planProxies(publisher.proxies(), from, to),
    apply: ({ label, desired }) => publisher.publish({ commit: label, snapshotFor: (target) => desired.of(target) }),
    acknowledgement: async ({ label }, options) => acknowledgementIn(await publisher.waitFor(label, options)),
    acknowledged: async ({ name }) => publisher.acknowledged?.(name),
    prepare: async (next) => (await publisher.prepare?.(next)) ?? [],
    settle: async (live) => publisher.settle?.(live),
  };
}

function planProxies(
  proxies: ReturnType<ProxyPublisher['proxies']>,
  from: ProxySnapshots | undefined,
  to: ProxySnapshots,
): readonly Phase<ProxySnapshots>[] {
  const transitions = proxies.flatMap(({ key, target }) => {
    const next = to.of(target);
    return next ? [{ key, old: from?.of(target), next }] : [];
  });
  const planned = planPhases(transitions);
  // A commit that changes nothing is published as well.
  if (planned.length === 0) return [{ name: 'break', affected: 0, desired: to }];
  return planned.map(({ name, affected }, i) => ({
    name,
    affected: affected.length,
    desired: i === planned.length - 1 ? to : inPhase(name, from, to),
  }));
}

/** A proxy whose workload `to` no longer has keeps what it has until the last phase. */
function inPhase(name: PhaseName, from: ProxySnapshots | undefined, to: ProxySnapshots): ProxySnapshots {
  return new ProxySnapshots((target) => {
    const next = to.of(target);
    return next ? snapshotInPhase(name, from?.of(target), next) : from?.of(target);
  });
}

function acknowledgementIn({ outcome, proxies }: CommitReport): Acknowledgement {
  return {
    isAccepted: outcome === 'acked',
    receivers: proxies.map(({ node, state, diagnostics }) => ({ name: node, state, diagnostics })),
  };
}
