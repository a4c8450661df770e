// An intent repository as a set of texts, wherever it came from: a folder, or a Git revision read without a checkout.
import type { Diagnostic } from '../diagnostics/index.ts';

export interface SourceFile {
  /** Relative to the root of the tree, with `/` separators. */
  readonly path: string;
  readonly text: string;
}

export interface SourceTree {
  /** What the user named: a folder or `REV:path`. For messages only. */
  readonly label: string;
  /** The full commit id, where the tree was read from Git. */
  readonly commit?: string;
  /** A single file was named, and its folder is the root of the tree. */
  readonly isFile?: boolean;
  /** Sorted by path. */
  readonly files: readonly SourceFile[];
  /** What could not be read: too large, a symlink out of the tree, not UTF-8. */
  readonly diagnostics: readonly Diagnostic[];
}
