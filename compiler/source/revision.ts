// Reads the intent of a Git revision straight from the object store: no checkout, so bare repositories work as well.
import { posix } from 'node:path';
import { git } from './git.ts';
import {
  failedTree,
  Intake,
  intentFolder,
  inventoryName,
  isIntentFile,
  isVisible,
  localFileName,
  submoduleHint,
  submoduleMessage,
} from './intake.ts';
import { defaultLimits, type SourceLimits } from './limits.ts';
import type { SourceTree } from './source-tree.ts';

/**
 * The intent files at `path` (a folder, or a single file; "" is the root of the repository) of a revision, as `loadDirectory` would
 * give them after a checkout. `repo` is any folder inside the repository, or a bare one. A path that starts with `./` is relative to `repo`.
 */
export function loadRevision(
  repo: string,
  rev: string,
  path: string,
  limits: SourceLimits = defaultLimits,
): SourceTree {
  const label = `${rev}:${path}`;
  const inside = git(repo, ['rev-parse', '--show-prefix']);
  if (!inside.ok) {
    return failedTree(label, 'FL0115', {
      message: inside.isMissing ? 'git is not installed' : `"${repo}" is not in a Git repository`,
      hint: inside.isMissing
        ? 'install git, or name a folder'
        : 'run this inside the repository that holds the revision',
    });
  }
  // An empty one would be taken for HEAD.
  const found = git(repo, ['rev-parse', '--verify', '--end-of-options', `${rev || 'none'}^{commit}`]);
  if (rev === '' || !found.ok) {
    return failedTree(label, 'FL0116', {
      message: `there is no commit "${rev}"`,
      hint: 'use a branch, a tag or a commit id; a shallow clone may lack it (git fetch --unshallow)',
    });
  }
  const commit = found.stdout.toString().trim();
  const folder = folderOf(path, inside.stdout.toString().trim());
  const listed = git(repo, ['ls-tree', '-r', '-z', '-l', '--full-tree', `${commit}:${folder}`]);
  const read = { repo, id: commit, label };
  return listed.ok ? readEntries(read, parseListing(listed.stdout), limits) : readFile(read, folder, limits);
}

/** What the path names that is no folder. */
function readFile({ repo, id, label }: Commit, path: string, limits: SourceLimits): SourceTree {
  const above = entriesAbove(repo, id, path);
  const submodule = above.find(({ mode }) => mode === submoduleMode);
  if (submodule) return failedTree(label, 'FL0122', { message: submoduleMessage(submodule.path), hint: submoduleHint });
  const file = above.find((entry) => entry.path === path && entry.mode !== linkMode);
  if (!file) {
    return failedTree(label, 'FL0113', {
      message: `there is no file or folder "${path}" at commit ${id.slice(0, 12)}`,
      hint: `list what is there with: git ls-tree ${label.slice(0, label.indexOf(':'))}`,
    });
  }
  const intake = new Intake(label, limits);
  const name = posix.basename(path);
  if (intake.admits(name, file.size)) {
    const { ok, stdout, reason } = git(repo, ['cat-file', 'blob', file.id]);
    if (!ok) return unreadable(label, id, reason);
    intake.add(name, stdout, false);
  }
  return { ...intake.toTree(id), isFile: true };
}

function unreadable(label: string, commit: string, reason: string): SourceTree {
  return failedTree(label, 'FL0113', {
    message: `cannot read the files of commit ${commit.slice(0, 12)}: ${reason}`,
    hint: 'check the repository with: git fsck',
  });
}

const linkMode = '120000';
const submoduleMode = '160000';

/** What is at the path, and on the way there, that is no folder. */
function entriesAbove(repo: string, commit: string, path: string): readonly Entry[] {
  const parts = path.split('/');
  const above = parts.map((_, i) => parts.slice(0, i + 1).join('/'));
  const { stdout } = git(repo, ['--literal-pathspecs', 'ls-tree', '-z', '-l', '--full-tree', commit, '--', ...above]);
  return entriesOf(stdout).filter((entry) => above.includes(entry.path));
}

interface Commit {
  readonly repo: string;
  readonly id: string;
  /** Revision and path as they were asked for. */
  readonly label: string;
}

interface Entry {
  readonly mode: string;
  readonly id: string;
  readonly size: number;
  readonly path: string;
  /** See `Intake.add`. */
  readonly isOther: boolean;
}

function folderOf(path: string, prefix: string): string {
  const joined = /^\.\.?(\/|$)/.test(path) ? posix.join(prefix, path) : path;
  return joined.replace(/^\/+|\/+$/g, '').replace(/^\.$/, '');
}

/** Lines are `MODE TYPE ID SIZE\tPATH`, ended by NUL; a submodule has no size. https://git-scm.com/docs/git-ls-tree#_output_format */
function entriesOf(output: Buffer): readonly Entry[] {
  return output
    .toString('utf8')
    .split('\0')
    .flatMap((line) => {
      const [, mode, id, size, path] = /^(\d+) (?:blob|commit) (\w+) +(\d+|-)\t([\s\S]*)$/.exec(line) ?? [];
      return mode && id && path ? [{ mode, id, size: Number(size) || 0, path, isOther: false }] : [];
    });
}

interface Listing {
  /** What is read. */
  readonly entries: readonly Entry[];
  /** What lies beside `intent/`, where there is one. */
  readonly beside: readonly Entry[];
}

function parseListing(output: Buffer): Listing {
  const all = entriesOf(output);
  const outputs = new Set(all.filter(isInventory).map(({ path }) => posix.dirname(path)));
  const visible = all.filter((entry) => isVisible(entry.path));
  const hasFolder = all.some(
    ({ path, mode }) => path.startsWith(`${intentFolder}/`) || (path === intentFolder && mode === submoduleMode),
  );
  const entries = hasFolder ? visible.filter(isInIntent) : visible;
  return {
    entries: entries.map((entry) => ({
      ...entry,
      isOther: isBelow(entry.path, outputs) || entry.path === localFileName,
    })),
    beside: hasFolder
      ? visible.filter((entry) => !isInIntent(entry)).map((entry) => ({ ...entry, isOther: true }))
      : [],
  };
}

function isInIntent({ path }: Entry): boolean {
  return path === intentFolder || path.startsWith(`${intentFolder}/`);
}

function isInventory({ mode, path }: Entry): boolean {
  return mode !== linkMode && posix.basename(path) === inventoryName;
}

function isBelow(path: string, folders: ReadonlySet<string>): boolean {
  if (folders.size === 0) return false;
  for (let at = posix.dirname(path); ; at = posix.dirname(at)) {
    if (folders.has(at)) return true;
    if (at === '.') return false;
  }
}

function readEntries(commit: Commit, { entries, beside }: Listing, limits: SourceLimits): SourceTree {
  const { id, label } = commit;
  const intake = new Intake(label, limits);
  const unread = new Intake(label, limits);
  const reason = takeEntries(commit, entries, intake) ?? takeEntries(commit, limits.looksBeside ? beside : [], unread);
  if (reason !== undefined) return unreadable(label, id, reason);
  intake.warnOfUnread(unread);
  return intake.toTree(id);
}

/** The reason why they could not be read. */
function takeEntries({ repo }: Commit, entries: readonly Entry[], intake: Intake): string | undefined {
  const links = entries.filter((e) => e.mode === linkMode && e.size < 4096);
  const files = entries
    .filter((e) => e.mode !== linkMode && e.mode !== submoduleMode && isIntentFile(e.path))
    .filter((e) => intake.admitsDepth(e.path, e.path.split('/').length - 1) && intake.admits(e.path, e.size));
  for (const { mode, path } of entries) if (mode === submoduleMode) intake.refuseSubmodule(path);
  const wanted = [...links, ...files];
  if (wanted.length === 0) return undefined;
  const batch = git(repo, ['cat-file', '--batch'], wanted.map((e) => `${e.id}\n`).join(''));
  if (!batch.ok) return batch.reason;
  const blobs = parseBatch(batch.stdout, wanted.length);
  if (!blobs) return 'an object is missing';
  for (const [i, link] of links.entries()) checkLink(intake, link, String(blobs[i]), entries);
  for (const [i, file] of files.entries()) {
    intake.add(file.path, blobs[links.length + i] ?? new Uint8Array(), file.isOther);
  }
  return undefined;
}

/** Each object is `ID TYPE SIZE\n`, its bytes and a newline. Undefined if one is missing. */
function parseBatch(output: Buffer, count: number): readonly Buffer[] | undefined {
  const blobs: Buffer[] = [];
  let at = 0;
  while (blobs.length < count) {
    const lineEnd = output.indexOf(10, at);
    const [, size] = / blob (\d+)$/.exec(output.toString('latin1', at, lineEnd)) ?? [];
    if (lineEnd < 0 || size === undefined) return undefined;
    at = lineEnd + 1 + Number(size) + 1;
    blobs.push(output.subarray(lineEnd + 1, at - 1));
  }
  return blobs;
}

/** The same links are refused as on disk: those named like intent, and those to folders as far as Git can tell. */
function checkLink(intake: Intake, link: Entry, target: string, entries: readonly Entry[]): void {
  const resolved = posix.normalize(posix.join(posix.dirname(link.path), target));
  const leaves = posix.isAbsolute(target) || resolved.startsWith('..');
  const isFolder = leaves ? posix.extname(target) === '' : entries.some((e) => e.path.startsWith(`${resolved}/`));
  if (isIntentFile(link.path) || isFolder) intake.refuseLink(link.path, target, leaves);
}
