// Deploys commits one at a time: compile, check, roll out, record. A commit that is wrong or is rejected leaves the last good one in place.
// Does not know what it deploys to: neither snapshots nor objects.
import { type Diagnostic, hasErrors } from '../../compiler/index.ts';
import { type Clock, systemClock } from '../clock.ts';
import { failure, internal, nothing, stuckRollback } from './deploy-findings.ts';
import { DeployHistory } from './deploy-history.ts';
import { type DeployRecord, type HistoryStore, noStore } from './deploy-record.ts';
import type { CompiledCommit, Deployable, DeployTarget } from './deploy-target.ts';
import { type RollOutOutcome, rollOut } from './roll-out.ts';

export interface DeployerOptions<Desired> {
  /** May reject: that is a failed deployment. */
  readonly compile: (commit: string) => CompiledCommit<Desired> | Promise<CompiledCommit<Desired>>;
  /** Further rules, such as the organization's policies. Errors refuse the commit. */
  readonly check?: (next: CompiledCommit<Desired>) => readonly Diagnostic[] | Promise<readonly Diagnostic[]>;
  readonly target: DeployTarget<Desired>;
  /** How long each phase may wait for acknowledgements; 30,000 unless given. */
  readonly acknowledgeTimeoutMs?: number;
  /** Nothing outlives the process unless given. */
  readonly store?: HistoryStore;
  readonly clock?: Clock;
  /** Told of every change of a record. */
  readonly onRecord?: (record: DeployRecord) => void;
}

/** A commit that may go live, or none, and what was found on the way. */
interface Judged<Desired> {
  readonly next?: Deployable<Desired>;
  readonly diagnostics: readonly Diagnostic[];
}

/** Never rejects because of a commit or a target: what went wrong stands in the record. */
export class Deployer<Desired> {
  readonly #options: DeployerOptions<Desired>;
  readonly #clock: Clock;
  readonly #abort = new AbortController();
  readonly #history: DeployHistory;
  #live: Deployable<Desired> | undefined;
  #queued: string | undefined;
  #work: Promise<void> | undefined;

  constructor(options: DeployerOptions<Desired>) {
    this.#options = options;
    const { clock = systemClock, store = noStore, onRecord } = options;
    this.#clock = clock;
    this.#history = new DeployHistory({ store, clock, ...(onRecord && { onRecord }) });
  }

  /** The commit that every receiver has acknowledged last. */
  get lastGood(): string | undefined {
    return this.#history.lastGood;
  }

  /** What is live in this process; after a restart undefined until `resume` or a deployment. */
  get live(): Deployable<Desired> | undefined {
    return this.#live;
  }

  /** Newest first. */
  history(): readonly DeployRecord[] {
    return this.#history.records();
  }

  record(commit: string): DeployRecord | undefined {
    return this.#history.find(commit);
  }

  /** Deploys the last good commit of an earlier process again, if `tip` is another one: the tip may turn out to be bad. */
  async resume(tip: string | undefined): Promise<void> {
    const before = this.lastGood;
    if (before === undefined || before === tip) return;
    this.submit(before);
    await this.idle();
  }

  /** Queues a commit; whatever waits before it is superseded. `skipped` were pushed with it, and are only recorded. */
  submit(commit: string, skipped: readonly string[] = []): void {
    if (this.#abort.signal.aborted) return;
    for (const old of [...(this.#queued === undefined ? [] : [this.#queued]), ...skipped]) {
      if (old !== commit) this.#history.supersede(old, commit);
    }
    this.#queued = commit;
    this.#history.queue(commit);
    this.#run();
  }

  /** Resolves when nothing is queued or under way. */
  async idle(): Promise<void> {
    while (this.#work) await this.#work;
  }

  /**
   * Resolves with the record of the commit once it is final, or as it is after `timeoutMs`.
   * Undefined for a commit that was not seen by then. A commit may be waited for before it is pushed.
   */
  waitForCommit(commit: string, options: { readonly timeoutMs: number }): Promise<DeployRecord | undefined> {
    return this.#history.waitFor(commit, options);
  }

  /** Stops after the step under way. What is live stays live. */
  async close(): Promise<void> {
    this.#abort.abort();
    this.#history.close();
    await this.#work;
  }

  #run(): void {
    this.#work ??= this.#drain().finally(() => {
      this.#work = undefined;
      // A commit may have been queued between the last look and here.
      if (this.#queued !== undefined && !this.#abort.signal.aborted) this.#run();
    });
  }

  async #drain(): Promise<void> {
    // Not at once: whoever submits several in one go means the last.
    await Promise.resolve();
    while (this.#queued !== undefined && !this.#abort.signal.aborted) {
      const commit = this.#queued;
      this.#queued = undefined;
      try {
        await this.#deploy(commit);
      } catch (error) {
        this.#history.finish(commit, { state: 'failed', diagnostics: [internal(commit, error)] });
      }
    }
  }

  async #deploy(commit: string): Promise<void> {
    this.#history.change(commit, { state: 'deploying' });
    const startedAt = this.#clock.now();
    const { next, diagnostics } = await this.#compile(commit);
    const compileMs = this.#clock.now() - startedAt;
    if (this.#abort.signal.aborted) return;
    if (!next) return this.#history.finish(commit, { state: 'refused', diagnostics }, { compileMs });
    const prepared = (await this.#options.target.prepare?.(next)) ?? [];
    const told = [...diagnostics, ...prepared];
    if (hasErrors(prepared)) {
      await this.#options.target.settle?.(this.#live);
      return this.#history.finish(commit, { state: 'failed', diagnostics: told }, { compileMs });
    }
    await this.#rollOut(next, told, compileMs);
  }

  async #compile(commit: string): Promise<Judged<Desired>> {
    const compiled = await this.#options.compile(commit);
    const checked = hasErrors(compiled.diagnostics) ? [] : ((await this.#options.check?.(compiled)) ?? []);
    const diagnostics = [...compiled.diagnostics, ...checked];
    const { mesh, desired } = compiled;
    if (hasErrors(diagnostics)) return { diagnostics };
    if (!mesh || desired === undefined) return { diagnostics: [...diagnostics, nothing(commit)] };
    return { diagnostics, next: { commit, mesh, desired } };
  }

  async #rollOut(next: Deployable<Desired>, diagnostics: readonly Diagnostic[], compileMs: number): Promise<void> {
    const { target } = this.#options;
    const { commit } = next;
    const startedAt = this.#clock.now();
    const outcome = await this.#attempt(commit, this.#live?.desired, next.desired);
    const { phases } = outcome;
    const timings = { compileMs, rollOutMs: this.#clock.now() - startedAt };
    if (outcome.ok) {
      this.#live = next;
      this.#history.markGood(commit);
      await target.settle?.(next);
      return this.#history.finish(commit, { state: 'deployed', diagnostics, phases }, timings);
    }
    // Interrupted by our own end: the next process decides anew.
    if (this.#abort.signal.aborted) return;
    const why = failure({ commit, receivers: target.receivers, acknowledgement: outcome.acknowledgement });
    const rolledBack = await this.#rollBack(outcome.reached);
    await target.settle?.(this.#live);
    const told = [...why, ...diagnostics, ...rolledBack];
    const back = this.#live && { rolledBackTo: this.#live.commit };
    this.#history.finish(commit, { state: 'failed', diagnostics: told, phases, ...back }, timings);
  }

  /** Back by the same careful steps. Without a commit to go back to, receivers keep what each of them accepted. */
  async #rollBack(reached: Desired): Promise<readonly Diagnostic[]> {
    const live = this.#live;
    if (!live) return [];
    const outcome = await this.#attempt(live.commit, reached, live.desired);
    if (outcome.ok || this.#abort.signal.aborted) return [];
    const { receivers } = this.#options.target;
    return [stuckRollback({ commit: live.commit, receivers, acknowledgement: outcome.acknowledgement })];
  }

  #attempt(commit: string, from: Desired | undefined, to: Desired): Promise<RollOutOutcome<Desired>> {
    const { target, acknowledgeTimeoutMs: timeoutMs = 30_000 } = this.#options;
    const now = () => this.#clock.now();
    return rollOut({ target, commit, from, to, timeoutMs, signal: this.#abort.signal, now });
  }
}
