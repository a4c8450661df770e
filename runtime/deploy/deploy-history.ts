// The records of the commits, newest first: kept over restarts, told to whoever listens, and waited for. Decides nothing.
import type { Clock } from '../clock.ts';
import { type DeployRecord, type HistoryStore, isFinal } from './deploy-record.ts';

export interface DeployHistoryOptions {
  readonly store: HistoryStore;
  readonly clock: Clock;
  /** Told of every change of a record. */
  readonly onRecord?: (record: DeployRecord) => void;
}

type Timings = DeployRecord['timings'];

const historyLimit = 200;

export class DeployHistory {
  readonly #options: DeployHistoryOptions;
  #records: DeployRecord[];
  #lastGood: string | undefined;
  #isClosed = false;
  readonly #waiters = new Set<() => void>();

  constructor(options: DeployHistoryOptions) {
    this.#options = options;
    const { records, lastGood } = options.store.load();
    // What was under way when the process ended is decided anew.
    this.#records = records.filter(isFinal);
    this.#lastGood = lastGood;
  }

  /** The commit that every receiver has acknowledged last. */
  get lastGood(): string | undefined {
    return this.#lastGood;
  }

  /** At once, whatever else may still fail: receivers have it. Stored with the next record. */
  markGood(commit: string): void {
    this.#lastGood = commit;
  }

  /** Newest first. */
  records(): readonly DeployRecord[] {
    return this.#records;
  }

  find(commit: string): DeployRecord | undefined {
    return this.#records.find((record) => record.commit === commit);
  }

  queue(commit: string): void {
    this.#put(this.#begin(commit));
  }

  /** A commit that was decided earlier is not decided again by being passed over. */
  supersede(commit: string, by: string): void {
    const known = this.find(commit);
    if (known && isFinal(known)) return;
    this.#put({ ...this.#begin(commit), state: 'superseded', supersededBy: by });
  }

  change(commit: string, change: Partial<DeployRecord>, timings: Partial<Timings> = {}): void {
    const record = this.find(commit) ?? this.#begin(commit);
    this.#put({ ...record, ...change, timings: { ...record.timings, ...timings } });
  }

  finish(commit: string, result: Partial<DeployRecord>, timings: Partial<Timings> = {}): void {
    this.change(commit, result, { ...timings, finishedAt: this.#options.clock.now() });
  }

  /** Resolves with the record once it is final, or as it is after `timeoutMs` or at `close`. Undefined for a commit that was not seen by then. */
  waitFor(commit: string, { timeoutMs }: { readonly timeoutMs: number }): Promise<DeployRecord | undefined> {
    return new Promise((resolve) => {
      const finish = () => {
        this.#waiters.delete(look);
        cancel();
        resolve(this.find(commit));
      };
      const look = () => {
        const record = this.find(commit);
        if ((record && isFinal(record)) || this.#isClosed) finish();
      };
      const cancel = this.#options.clock.schedule(timeoutMs, finish);
      this.#waiters.add(look);
      look();
    });
  }

  /** Nothing that is still waited for will come. */
  close(): void {
    this.#isClosed = true;
    this.#wake();
  }

  #begin(commit: string): DeployRecord {
    const timings = { queuedAt: this.#options.clock.now() };
    return { commit, state: 'queued', diagnostics: [], phases: [], timings };
  }

  #put(record: DeployRecord): void {
    const at = this.#records.findIndex((r) => r.commit === record.commit);
    const old = this.#records[at];
    // A commit that comes again, as after a revert by force-push, moves to the front.
    if (old && record.state !== 'queued') this.#records = this.#records.with(at, record);
    else this.#records = [record, ...this.#records.filter((r) => r !== old)].slice(0, historyLimit);
    if (isFinal(record)) this.#save();
    this.#options.onRecord?.(record);
    this.#wake();
  }

  #save(): void {
    const lastGood = this.#lastGood;
    this.#options.store.save({ records: this.#records, ...(lastGood !== undefined && { lastGood }) });
  }

  #wake(): void {
    for (const look of [...this.#waiters]) look();
  }
}
