// Follows one branch for as long as it runs: each commit is seen, read, judged, deployed and told about. The only place where these meet;
// what a commit is deployed to is the caller's business.
import { type DeployRecord, type GitWatch, gitProgram, watchBranch } from '../../runtime/index.ts';
import type { SourceTree } from '../../compiler/index.ts';
import type { Io } from '../io.ts';
import type { Judged } from '../load.ts';
import { Announcer } from './announcer.ts';
import { CommitReader } from './commit-reader.ts';
import type { Subject } from './subject.ts';

export interface FollowOptions {
  readonly io: Io;
  readonly subject: Subject;
  /** The repository's HEAD, unless named. */
  readonly branch?: string;
  /** Where a URL is mirrored to. */
  readonly stateDir: string;
  readonly pollMs?: number;
  /** Whether any commit is live, for the words about one that is not. */
  readonly isLive: () => boolean;
}

/** Where commits go: a deployer that was made with `compile` and `tellRecord`. */
export interface CommitTaker {
  resume(tip: string): Promise<void>;
  submit(commit: string, skipped: readonly string[]): void;
}

export class BranchFollower {
  readonly announcer: Announcer;
  readonly #options: FollowOptions;
  readonly #commits: CommitReader;
  readonly #abort = new AbortController();
  #watch: GitWatch | undefined;

  constructor(options: FollowOptions) {
    this.#options = options;
    this.#commits = new CommitReader(options.subject.path);
    this.announcer = new Announcer(options.io, options.isLive);
  }

  /** Reads a commit and judges it as `fairlead check` does. Waits for `start`, if the repository is not known yet. */
  compile(commit: string): Promise<Judged> {
    return this.#commits.compile(commit);
  }

  tellRecord(record: DeployRecord): void {
    this.announcer.record(record, this.#commits.lookup(record.commit));
  }

  /** The texts of a commit that was compiled lately. */
  treeOf(commit: string | undefined): SourceTree | undefined {
    return this.#commits.treeOf(commit);
  }

  /** Begins; when it resolves, the first look has been taken. Never rejects: troubles are told. */
  async start(taker: CommitTaker): Promise<GitWatch> {
    const { subject, branch, stateDir, pollMs } = this.#options;
    let resumed: Promise<void> | undefined;
    const watch = await watchBranch({
      repository: subject.repository,
      ...(branch !== undefined && { branch }),
      stateDir,
      ...(pollMs !== undefined && { pollMs }),
      git: gitProgram({ signal: this.#abort.signal }),
      onCommit: ({ commit, skipped, directory }) => {
        this.#commits.readFrom(directory);
        // What was live before a restart comes first: the tip may be bad, and proxies that start meanwhile need something.
        resumed ??= taker.resume(commit);
        void resumed.then(() => taker.submit(commit, skipped));
      },
      onTrouble: (diagnostic) => {
        // A look that our own end cuts short is no trouble.
        if (!this.#abort.signal.aborted) this.announcer.tell([diagnostic]);
      },
    });
    this.#watch = watch;
    if (this.#abort.signal.aborted) await watch.close();
    return watch;
  }

  /** Ends at once: a fetch from far away does not hold it up. */
  async close(): Promise<void> {
    this.#abort.abort();
    await this.#watch?.close();
  }
}
