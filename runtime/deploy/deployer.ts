// Deploys commits one at a time: compile, check, roll out, record. A commit that is wrong or is rejected leaves the last good one in place.
import { type Diagnostic, hasErrors, type Mesh } from '../../compiler/index.ts';
import { type Clock, systemClock } from '../clock.ts';
import { failure, internal, nothing, stuckRollback } from './deploy-findings.ts';
import { type DeployRecord, type HistoryStore, isFinal, noStore } from './deploy-record.ts';
import { type Publisher, type RollOutOutcome, remembered, rollOut, type SnapshotSource } from './roll-out.ts';

/** A commit as the compiler sees it. Without a mesh it cannot be deployed, and `diagnostics` say why. */
export interface CompiledCommit {
  readonly commit: string;
  readonly diagnostics: readonly Diagnostic[];
  readonly mesh?: Mesh;
  readonly snapshotFor?: SnapshotSource;
}

/** A commit that may go live. */
export interface Deployable {
  readonly commit: string;
  readonly mesh: Mesh;
  readonly snapshotFor: SnapshotSource;
}

/** Where commits are deployed to. */
export interface DeployTarget extends Publisher {
  /** Brings up what the commit needs beyond what runs; takes nothing away. Errors stop the deployment. */
  prepare?(next: Deployable): Promise<readonly Diagnostic[]>;
  /** `live` is what proxies have now: whatever else was brought up can go. Undefined if nothing is live. */
  settle?(live: Deployable | undefined): Promise<void>;
}

export interface DeployerOptions {
  readonly compile: (commit: string) => CompiledCommit | Promise<CompiledCommit>;
  /** Further rules, such as the organization's policies. Errors refuse the commit. */
  readonly check?: (next: CompiledCommit) => readonly Diagnostic[] | Promise<readonly Diagnostic[]>;
  readonly target: DeployTarget;
  /** How long each phase may wait for acknowledgements; 30,000 unless given. */
  readonly acknowledgeTimeoutMs?: number;
  readonly store?: HistoryStore;
  readonly clock?: Clock;
  /** Told of every change of a record. */
  readonly onRecord?: (record: DeployRecord) => void;
}

const historyLimit = 200;

export class Deployer {
  readonly #options: DeployerOptions;
  readonly #clock: Clock;
  readonly #store: HistoryStore;
  readonly #abort = new AbortController();
  /** Newest first. */
  #records: DeployRecord[];
  #live: Deployable | undefined;
  #lastGood: string | undefined;
  #queued: string | undefined;
  #work: Promise<void> | undefined;
  readonly #waiters = new Set<() => void>();

  constructor(options: DeployerOptions) {
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
    this.#store = options.store ?? noStore;
    const { records, lastGood } = this.#store.load();
    // What was under way when the process ended is decided anew.
    this.#records = records.filter(isFinal);
    this.#lastGood = lastGood;
  }

  /** The commit that every proxy has acknowledged last. */
  get lastGood(): string | undefined {
    return this.#lastGood;
  }

  /** What is live in this process; after a restart undefined until `resume` or a deployment. */
  get live(): Deployable | undefined {
    return this.#live;
  }

  /** Newest first. */
  history(): readonly DeployRecord[] {
    return this.#records;
  }

  record(commit: string): DeployRecord | undefined {
    return this.#records.find((record) => record.commit === commit);
  }

  /** Deploys the last good commit of an earlier process again, if `tip` is another one: the tip may turn out to be bad. */
  async resume(tip: string | undefined): Promise<void> {
    const before = this.#lastGood;
    if (before === undefined || before === tip) return;
    this.submit(before);
    await this.idle();
  }

  /** Queues a commit; whatever waits before it is superseded. `skipped` were pushed with it, and are only recorded. */
  submit(commit: string, skipped: readonly string[] = []): void {
    if (this.#abort.signal.aborted) return;
    for (const old of [...(this.#queued === undefined ? [] : [this.#queued]), ...skipped]) {
      if (old !== commit) this.#put({ ...this.#begin(old), state: 'superseded', supersededBy: commit }, true);
    }
    this.#queued = commit;
    this.#put(this.#begin(commit));
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
    return new Promise((resolve) => {
      const finish = () => {
        this.#waiters.delete(look);
        cancel();
        resolve(this.record(commit));
      };
      const look = () => {
        const record = this.record(commit);
        if ((record && isFinal(record)) || this.#abort.signal.aborted) finish();
      };
      const cancel = this.#clock.schedule(options.timeoutMs, finish);
      this.#waiters.add(look);
      look();
    });
  }

  /** Stops after the step under way. What is live stays live. */
  async close(): Promise<void> {
    this.#abort.abort();
    this.#wake();
    await this.#work;
  }

  #run(): void {
    this.#work ??= this.#drain().finally(() => {
      this.#work = undefined;
      // A commit may have been queued between the last look and here.
      if (this.#queued !== undefined && !this.#abort.signal.aborted) this.#run();
      this.#wake();
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
        this.#finish(commit, { state: 'failed', diagnostics: [internal(commit, error)] });
      }
    }
  }

  async #deploy(commit: string): Promise<void> {
    this.#change(commit, { state: 'deploying' });
    const startedAt = this.#clock.now();
    const { next, diagnostics } = await this.#compile(commit);
    const compileMs = this.#clock.now() - startedAt;
    if (this.#abort.signal.aborted) return;
    if (!next) return this.#finish(commit, { state: 'refused', diagnostics }, { compileMs });
    const prepared = (await this.#options.target.prepare?.(next)) ?? [];
    const told = [...diagnostics, ...prepared];
    if (hasErrors(prepared)) {
      await this.#options.target.settle?.(this.#live);
      return this.#finish(commit, { state: 'failed', diagnostics: told }, { compileMs });
    }
    await this.#rollOut(next, told, compileMs);
  }

  async #compile(commit: string): Promise<{ readonly next?: Deployable; readonly diagnostics: readonly Diagnostic[] }> {
    const compiled = await this.#options.compile(commit);
    const checked = hasErrors(compiled.diagnostics) ? [] : ((await this.#options.check?.(compiled)) ?? []);
    const diagnostics = [...compiled.diagnostics, ...checked];
    const { mesh, snapshotFor } = compiled;
    if (hasErrors(diagnostics)) return { diagnostics };
    if (!mesh || !snapshotFor) return { diagnostics: [...diagnostics, nothing(commit)] };
    return { diagnostics, next: { commit, mesh, snapshotFor: remembered(snapshotFor) } };
  }

  async #rollOut(next: Deployable, diagnostics: readonly Diagnostic[], compileMs: number): Promise<void> {
    const { target } = this.#options;
    const startedAt = this.#clock.now();
    const outcome = await this.#attempt(next.commit, this.#live?.snapshotFor, next.snapshotFor);
    const timings = { compileMs, rollOutMs: this.#clock.now() - startedAt };
    if (outcome.ok) {
      this.#live = next;
      this.#lastGood = next.commit;
      await target.settle?.(next);
      this.#finish(next.commit, { state: 'deployed', diagnostics, phases: outcome.phases }, timings);
      return;
    }
    // Interrupted by our own end: the next process decides anew.
    if (this.#abort.signal.aborted) return;
    const why = [...failure(next.commit, outcome.report), ...diagnostics];
    const rolledBack = await this.#rollBack(outcome.reached);
    await target.settle?.(this.#live);
    this.#finish(
      next.commit,
      {
        state: 'failed',
        diagnostics: [...why, ...rolledBack],
        phases: outcome.phases,
        ...(this.#live && { rolledBackTo: this.#live.commit }),
      },
      timings,
    );
  }

  /** Back by the same careful steps. Without a commit to go back to, proxies keep what each of them accepted. */
  async #rollBack(reached: SnapshotSource): Promise<readonly Diagnostic[]> {
    const live = this.#live;
    if (!live) return [];
    const outcome = await this.#attempt(live.commit, reached, live.snapshotFor);
    if (outcome.ok || this.#abort.signal.aborted) return [];
    return [stuckRollback(live.commit, outcome.report)];
  }

  #attempt(commit: string, from: SnapshotSource | undefined, to: SnapshotSource): Promise<RollOutOutcome> {
    const { target: publisher, acknowledgeTimeoutMs: timeoutMs = 30_000 } = this.#options;
    const now = () => this.#clock.now();
    return rollOut({ publisher, commit, from, to, timeoutMs, signal: this.#abort.signal, now });
  }

  #begin(commit: string): DeployRecord {
    return { commit, state: 'queued', diagnostics: [], phases: [], timings: { queuedAt: this.#clock.now() } };
  }

  #finish(commit: string, result: Partial<DeployRecord>, timings: Partial<DeployRecord['timings']> = {}): void {
    this.#change(commit, result, { ...timings, finishedAt: this.#clock.now() });
  }

  #change(commit: string, change: Partial<DeployRecord>, timings: Partial<DeployRecord['timings']> = {}): void {
    const record = this.record(commit) ?? this.#begin(commit);
    this.#put({ ...record, ...change, timings: { ...record.timings, ...timings } });
  }

  /** `keepsFinal`: a commit that was decided earlier is not decided again by being passed over. */
  #put(record: DeployRecord, keepsFinal = false): void {
    const at = this.#records.findIndex((r) => r.commit === record.commit);
    const old = this.#records[at];
    if (keepsFinal && old && isFinal(old)) return;
    // A commit that comes again, as after a revert by force-push, moves to the front.
    if (old && record.state !== 'queued') this.#records = this.#records.with(at, record);
    else this.#records = [record, ...this.#records.filter((r) => r !== old)].slice(0, historyLimit);
    if (isFinal(record)) {
      this.#store.save({ records: this.#records, ...(this.#lastGood !== undefined && { lastGood: this.#lastGood }) });
    }
    this.#options.onRecord?.(record);
    this.#wake();
  }

  #wake(): void {
    for (const look of [...this.#waiters]) look();
  }
}
