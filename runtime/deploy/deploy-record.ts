// What is remembered of each commit, and where it is kept so that a restart goes on from the last good commit.
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { type Diagnostic, makeFolder } from '../../compiler/index.ts';
import type { PhaseRecord } from './roll-out.ts';

/**
 * `queued` and `deploying` change; the others are final. `refused`: its intent is wrong, nothing was published.
 * `failed`: a proxy rejected it or did not answer, and it was rolled back. `superseded`: a newer commit was there before its turn.
 */
export type DeployState = 'queued' | 'deploying' | 'deployed' | 'refused' | 'failed' | 'superseded';

/** Replaced by a new one at each change, never altered. */
export interface DeployRecord {
  readonly commit: string;
  readonly state: DeployState;
  readonly diagnostics: readonly Diagnostic[];
  readonly phases: readonly PhaseRecord[];
  /** The newer commit that came instead. */
  readonly supersededBy?: string;
  /** The commit that is live again after a failure. */
  readonly rolledBackTo?: string;
  readonly timings: {
    /** Milliseconds since the epoch. */
    readonly queuedAt: number;
    readonly finishedAt?: number;
    /** Reading, compiling and checking. */
    readonly compileMs?: number;
    /** From the first publication to the last acknowledgement. */
    readonly rollOutMs?: number;
  };
}

export function isFinal(record: DeployRecord): boolean {
  return record.state !== 'queued' && record.state !== 'deploying';
}

export interface StoredHistory {
  readonly lastGood?: string;
  /** Newest first. */
  readonly records: readonly DeployRecord[];
}

/** Must not throw: that history is lost is no reason to stop a deployment. */
export interface HistoryStore {
  load(): StoredHistory;
  save(history: StoredHistory): void;
}

/** Keeps nothing beyond the process. */
export const noStore: HistoryStore = { load: () => ({ records: [] }), save: () => {} };

/** One JSON file, replaced atomically. A file that cannot be read counts as none; one that cannot be written is not worth a failed deployment. */
export function fileStore(path: string): HistoryStore {
  return {
    load: () => {
      try {
        const stored = JSON.parse(readFileSync(path, 'utf8')) as StoredHistory;
        return Array.isArray(stored.records) ? stored : { records: [] };
      } catch {
        return { records: [] };
      }
    },
    save: (history) => {
      try {
        makeFolder(dirname(path), 0o700);
        const temporary = `${path}.${process.pid}`;
        writeFileSync(temporary, JSON.stringify(history, undefined, 2), { mode: 0o600 });
        renameSync(temporary, path);
      } catch {
        // A full disk must not stop the mesh from being mended.
      }
    },
  };
}
