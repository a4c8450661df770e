// Reads and judges the commits of what is watched, and remembers their texts for messages about them.
import { loadRevision, type SourceLookup, type SourceTree } from '../../compiler/index.ts';
import { judgeTree, type Judged, lookupIn } from '../load.ts';

/** A handful is enough: the live commit, the one under way, and those just refused. */
const remembered = 8;

export class CommitReader {
  readonly #path: string;
  readonly #directory = Promise.withResolvers<string>();
  readonly #trees = new Map<string, SourceTree>();

  /** `path`: the folder of the intent inside the repository. */
  constructor(path: string) {
    this.#path = path;
  }

  /** Commits are told before it is known where they are kept: for a URL that is the watcher's mirror. Reading waits for this. */
  readFrom(directory: string): void {
    this.#directory.resolve(directory);
  }

  async compile(commit: string): Promise<Judged> {
    return judgeTree(await this.read(commit), { policies: true, target: 'envoy' });
  }

  /** The texts of a commit that was read; nothing for another. */
  lookup(commit: string): SourceLookup {
    const tree = this.#trees.get(commit);
    return tree ? lookupIn(tree) : () => undefined;
  }

  /** The tree of a commit that was read lately. */
  treeOf(commit: string | undefined): SourceTree | undefined {
    return commit === undefined ? undefined : this.#trees.get(commit);
  }

  async read(commit: string): Promise<SourceTree> {
    const tree = this.#trees.get(commit) ?? loadRevision(await this.#directory.promise, commit, this.#path);
    // Read again counts as new: what is live is asked for, and stays.
    this.#trees.delete(commit);
    this.#trees.set(commit, tree);
    if (this.#trees.size > remembered) this.#trees.delete(this.#trees.keys().next().value ?? '');
    return tree;
  }
}
