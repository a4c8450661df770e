// Takes a target from one state of the mesh to another, phase by phase, each held until every receiver has acknowledged it.
// Does not decide what to do when that fails: the deployer does.
import type { Acknowledgement, DeployTarget, Step } from './deploy-target.ts';

export interface PhaseRecord {
  readonly name: string;
  /** How many receivers it changed. */
  readonly affected: number;
  /** From its beginning to its acknowledgement, or to the end of waiting for it. */
  readonly ms: number;
}

export type RollOutOutcome<Desired> =
  | { readonly ok: true; readonly phases: readonly PhaseRecord[] }
  /** `reached` is what the receivers were being given when it stopped; `acknowledgement` is absent if it was aborted. */
  | {
      readonly ok: false;
      readonly phases: readonly PhaseRecord[];
      readonly acknowledgement: Acknowledgement | undefined;
      readonly reached: Desired;
    };

export interface RollOut<Desired> {
  readonly target: DeployTarget<Desired>;
  readonly commit: string;
  readonly from: Desired | undefined;
  readonly to: Desired;
  /** For each phase. */
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
  now(): number;
}

/** Stops at the first phase that is not taken. Aborting ends the wait, not what was applied. Rejects only if the target does. */
export async function rollOut<Desired>(options: RollOut<Desired>): Promise<RollOutOutcome<Desired>> {
  const { target, commit, from, to } = options;
  const phases = await target.plan(from, to);
  const done: PhaseRecord[] = [];
  for (const [i, phase] of phases.entries()) {
    const startedAt = options.now();
    const isLast = i === phases.length - 1;
    const step = { ...phase, label: isLast ? commit : `${commit}+${phase.name}` };
    await target.apply(step);
    const acknowledgement = await acknowledgementOf(options, step);
    done.push({ name: phase.name, affected: phase.affected, ms: options.now() - startedAt });
    if (!acknowledgement?.isAccepted) return { ok: false, phases: done, acknowledgement, reached: phase.desired };
    await target.acknowledged?.(step);
  }
  return { ok: true, phases: done };
}

/** Undefined if aborted. */
async function acknowledgementOf<Desired>(
  { target, timeoutMs, signal }: RollOut<Desired>,
  step: Step<Desired>,
): Promise<Acknowledgement | undefined> {
  if (signal.aborted) return undefined;
  let abort: () => void = () => {};
  const aborted = new Promise<undefined>((resolve) => {
    abort = () => resolve(undefined);
    signal.addEventListener('abort', abort, { once: true });
  });
  const answer = await Promise.race([target.acknowledgement(step, { timeoutMs }), aborted]);
  signal.removeEventListener('abort', abort);
  return answer;
}
