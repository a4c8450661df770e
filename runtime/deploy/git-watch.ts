// Watches one branch of a Git repository and tells each new tip once. Reads only; what to do with a commit is the deployer's business.
import { type FSWatcher, watch } from 'node:fs';
import { type Diagnostic, makeDiagnostic } from '../../compiler/index.ts';
import { type Git, gitProgram } from './git.ts';
import { type BranchSource, openSource, type Tip } from './git-source.ts';
import { startTimer } from '../timers.ts';

/** The branch points somewhere new. */
export interface CommitEvent {
  readonly commit: string;
  /** The repository to read it from: the folder watched, or the mirror of a URL. */
  readonly directory: string;
  /** The tip before it; absent for the first. */
  readonly previous?: string;
  /** Commits between the two tips that were pushed along with it, oldest first; at most a hundred. */
  readonly skipped: readonly string[];
  /** True if `previous` is no ancestor: the branch was force-pushed. */
  readonly isRewritten: boolean;
}

export interface GitWatchOptions {
  /** A folder (bare or with a work tree) or a URL. */
  readonly repository: string;
  /** The repository's HEAD, unless named. */
  readonly branch?: string;
  /** Where a URL is mirrored to. Made if absent. */
  readonly stateDir: string;
  /** Between two looks; a local repository also tells by itself. 1,000 unless given. */
  readonly pollMs?: number;
  readonly onCommit: (event: CommitEvent) => void;
  /** Each trouble is told once, until it changes or ends. The last good commit stays what it was. */
  readonly onTrouble: (diagnostic: Diagnostic) => void;
  readonly git?: Git;
}

const skippedLimit = 100;

/** Starts watching; when it resolves, the first look has been taken. Never rejects: see `trouble`. */
export async function watchBranch(options: GitWatchOptions): Promise<GitWatch> {
  const watcher = new GitWatch(options);
  await watcher.check();
  watcher.start();
  return watcher;
}

export class GitWatch {
  readonly #options: GitWatchOptions;
  readonly #git: Git;
  readonly #abort = new AbortController();
  #source: BranchSource | undefined;
  #tip: string | undefined;
  #trouble: Diagnostic | undefined;
  #looking: Promise<void> | undefined;
  #lookAgain = false;
  #timer: NodeJS.Timeout | undefined;
  #watchers: FSWatcher[] = [];

  constructor(options: GitWatchOptions) {
    this.#options = options;
    this.#git = options.git ?? gitProgram({ signal: this.#abort.signal });
  }

  /** What keeps it from seeing new commits, as of the last look. */
  get trouble(): Diagnostic | undefined {
    return this.#trouble;
  }

  /** The repository to read commits from: the folder itself, or the mirror of a URL. Undefined until it could be opened. */
  get directory(): string | undefined {
    return this.#source?.directory;
  }

  get branch(): string | undefined {
    return this.#source?.branch ?? this.#options.branch;
  }

  get tip(): string | undefined {
    return this.#tip;
  }

  /** Looks now. Calls during a look share one more look after it. */
  async check(): Promise<void> {
    if (this.#looking) {
      this.#lookAgain = true;
      return this.#looking;
    }
    this.#looking = this.#lookUntilQuiet().finally(() => {
      this.#looking = undefined;
    });
    return this.#looking;
  }

  /** Polls until closed. */
  start(): void {
    if (this.#abort.signal.aborted) return;
    this.#timer = startTimer(this.#options.pollMs ?? 1_000, () => this.check().then(() => this.start()));
  }

  async close(): Promise<void> {
    this.#abort.abort();
    clearTimeout(this.#timer);
    for (const watcher of this.#watchers) watcher.close();
    await this.#looking;
  }

  async #lookUntilQuiet(): Promise<void> {
    do {
      this.#lookAgain = false;
      await this.#look();
    } while (this.#lookAgain && !this.#abort.signal.aborted);
  }

  async #look(): Promise<void> {
    const tip = await this.#findTip();
    if (this.#abort.signal.aborted) return;
    if (!tip.ok) return this.#tell(tip.diagnostic);
    this.#trouble = undefined;
    if (tip.commit === this.#tip) return;
    const event = await this.#describe(tip.commit);
    if (this.#abort.signal.aborted) return;
    this.#tip = tip.commit;
    if (event.isRewritten) this.#options.onTrouble(rewritten(event, this.branch ?? ''));
    this.#options.onCommit(event);
  }

  async #findTip(): Promise<Tip> {
    if (!this.#source) {
      const opened = await openSource(this.#options, this.#git);
      if (!opened.ok) return opened;
      this.#source = opened.source;
      this.#listen(opened.source);
    }
    return this.#source.tip();
  }

  async #describe(commit: string): Promise<CommitEvent> {
    const previous = this.#tip;
    const directory = this.#source?.directory ?? '';
    if (previous === undefined) return { commit, directory, skipped: [], isRewritten: false };
    const ancestor = await this.#git(['merge-base', '--is-ancestor', previous, commit], directory);
    if (!ancestor.ok) return { commit, directory, previous, skipped: [], isRewritten: true };
    const range = [
      'rev-list',
      '--reverse',
      '--topo-order',
      `--max-count=${skippedLimit + 1}`,
      `${previous}..${commit}`,
    ];
    const between = await this.#git(range, directory);
    const skipped = between.ok ? between.stdout.split('\n').filter((line) => line !== '' && line !== commit) : [];
    return { commit, directory, previous, skipped, isRewritten: false };
  }

  /** A push to a repository on this machine is seen at once; where watching is impossible, polling is enough. */
  #listen(source: BranchSource): void {
    for (const folder of source.refFolders) {
      try {
        const watcher = watch(folder, { persistent: false }, () => void this.check());
        watcher.on('error', () => watcher.close());
        this.#watchers.push(watcher);
      } catch {
        // Deleted meanwhile, or too many watches: the poll goes on.
      }
    }
  }

  #tell(diagnostic: Diagnostic): void {
    const isNews = this.#trouble?.code !== diagnostic.code || this.#trouble.message !== diagnostic.message;
    this.#trouble = diagnostic;
    if (isNews) this.#options.onTrouble(diagnostic);
  }
}

function rewritten(event: CommitEvent, branch: string): Diagnostic {
  return makeDiagnostic('FL0842', {
    message: `branch "${branch}" was force-pushed: ${event.previous?.slice(0, 12)} is no ancestor of ${event.commit.slice(0, 12)}`,
    hint: 'the new tip is deployed like any commit; push the old one again to go back',
  });
}
