// Takes all proxies from one state of the mesh to another, phase by phase, each held until every affected proxy has acknowledged it.
// Does not decide what to do when that fails: the deployer does.
import type { ProxySnapshot, ProxyTarget } from '../../compiler/index.ts';
import type { CommitReport } from '../control-plane/ledger.ts';
import { type PhaseName, planPhases, snapshotInPhase } from './phases.ts';

/** What every proxy shall have; undefined for a workload that the mesh does not have. */
export type SnapshotSource = (target: ProxyTarget) => ProxySnapshot | undefined;

/** The part of a control plane that a deployment drives. */
export interface Publisher {
  /** The proxies there are, connected or not; `key` tells them apart. */
  proxies(): readonly { readonly key: string; readonly target: ProxyTarget }[];
  /** Makes `snapshotFor` what all proxies get, under a label by which it can be waited for. */
  publish(publication: { readonly commit: string; readonly snapshotFor: SnapshotSource }): void | Promise<void>;
  waitFor(commit: string, options: { readonly timeoutMs: number }): Promise<CommitReport>;
  /** Called, and waited for, after each phase that every proxy has acknowledged. */
  acknowledged?(phase: PhaseName): Promise<void>;
}

export interface PhaseRecord {
  readonly name: PhaseName;
  /** How many proxies it changed. */
  readonly affected: number;
  readonly ms: number;
}

export type RollOutOutcome =
  | { readonly ok: true; readonly phases: readonly PhaseRecord[] }
  /** `reached` is what the proxies were being given when it stopped. */
  | {
      readonly ok: false;
      readonly phases: readonly PhaseRecord[];
      readonly report: CommitReport | undefined;
      readonly reached: SnapshotSource;
    };

export interface RollOut {
  readonly publisher: Publisher;
  readonly commit: string;
  readonly from: SnapshotSource | undefined;
  readonly to: SnapshotSource;
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
  now(): number;
}

export async function rollOut(options: RollOut): Promise<RollOutOutcome> {
  const { publisher, commit, from, to } = options;
  const phases = phaseNamesOf(options);
  const done: PhaseRecord[] = [];
  for (const [i, { name, affected }] of phases.entries()) {
    const startedAt = options.now();
    const isLast = i === phases.length - 1;
    const reached = isLast ? to : inPhase(name, from, to);
    // Only the last phase carries the commit's own name: until then nobody may take it for deployed.
    const label = isLast ? commit : `${commit}+${name}`;
    await publisher.publish({ commit: label, snapshotFor: reached });
    const report = await waitFor(options, label);
    done.push({ name, affected, ms: options.now() - startedAt });
    if (report?.outcome !== 'acked') return { ok: false, phases: done, report, reached };
    await publisher.acknowledged?.(name);
  }
  return { ok: true, phases: done };
}

/** At least one phase: a commit that changes nothing is published as well, so that it can be waited for. */
function phaseNamesOf({
  publisher,
  from,
  to,
}: RollOut): readonly { readonly name: PhaseName; readonly affected: number }[] {
  const transitions = publisher.proxies().flatMap(({ key, target }) => {
    const next = to(target);
    return next ? [{ key, old: from?.(target), next }] : [];
  });
  const planned = planPhases(transitions).map(({ name, affected }) => ({ name, affected: affected.length }));
  return planned.length > 0 ? planned : [{ name: 'break', affected: 0 }];
}

/** A proxy whose workload `to` no longer has keeps what it has until the last phase. */
function inPhase(name: PhaseName, from: SnapshotSource | undefined, to: SnapshotSource): SnapshotSource {
  return remembered((target) => {
    const next = to(target);
    return next ? snapshotInPhase(name, from?.(target), next) : from?.(target);
  });
}

/** The same snapshot object for the same target every time it is asked for: proxies and phases ask often. */
export function remembered(source: SnapshotSource): SnapshotSource {
  const byPlacement = new WeakMap<ProxyTarget['placement'], Map<string, ProxySnapshot | undefined>>();
  return (target) => {
    const known = byPlacement.get(target.placement) ?? new Map<string, ProxySnapshot | undefined>();
    byPlacement.set(target.placement, known);
    if (!known.has(target.workload)) known.set(target.workload, source(target));
    return known.get(target.workload);
  };
}

/** Undefined if aborted. */
async function waitFor({ publisher, timeoutMs, signal }: RollOut, label: string): Promise<CommitReport | undefined> {
  if (signal.aborted) return undefined;
  let abort: () => void = () => {};
  const aborted = new Promise<undefined>((resolve) => {
    abort = () => resolve(undefined);
    signal.addEventListener('abort', abort, { once: true });
  });
  const report = await Promise.race([publisher.waitFor(label, { timeoutMs }), aborted]);
  signal.removeEventListener('abort', abort);
  return report;
}
