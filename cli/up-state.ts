// How `fairlead status` and `fairlead wait` find a running `fairlead up`: a small file in a folder of the user's own.
// The folder is also the claim: only one `up` of a subject can have it.
import { createHash } from 'node:crypto';
import {
  lstatSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { dirname, isAbsolute, join, resolve } from 'node:path';
import { makeFolder } from '../compiler/index.ts';
import { UsageError } from './io.ts';

export interface UpState {
  readonly pid: number;
  /** When the process started, as the kernel counts: a process id alone may have gone to another process. */
  readonly birth?: string;
  /** What was brought up: the absolute path of the folder or repository, or a URL. */
  readonly subject: string;
  /** `http://127.x.y.z:port` of the status server; absent while it is still starting. */
  readonly address?: string;
}

const fileName = 'up.json';

/** The folder for everything one `up` of `subject` keeps; readable by the user alone, gone when `up` ends. */
export function stateFolder(cwd: string, subject: string): string {
  const name = createHash('sha256').update(absolute(cwd, subject)).digest('hex').slice(0, 16);
  return join(tmpdir(), `fairlead-${userInfo().uid}`, name);
}

/** Makes the folder, with this process as its owner. Throws UsageError if another process has it, or it cannot be made. */
export function claimStateFolder(folder: string, subject: string): void {
  const draft = `${folder}.${process.pid}`;
  const birth = birthOf(process.pid);
  try {
    makeFolder(draft, 0o700);
    refuseForeignFolder(dirname(folder));
    writeState(draft, { pid: process.pid, ...(birth !== undefined && { birth }), subject });
    removeAbandoned(dirname(folder));
    // Only one of two that try at once gets past this, and the folder is never there without its owner's name.
    renameSync(draft, folder);
  } catch (error) {
    rmSync(draft, { recursive: true, force: true });
    if (error instanceof UsageError) throw error;
    const owner = ownerOf(folder);
    if (owner) {
      throw new UsageError(
        `"${subject}" is up already, as process ${owner.pid}`,
        'stop that one first, or ask it: fairlead status',
      );
    }
    throw new UsageError(
      `cannot use the state folder ${folder}: ${error instanceof Error ? error.message : error}`,
      'make room there, or set TMPDIR to a folder that you may write to',
    );
  }
}

/** Leaves nothing behind, not even the folder of folders when it was the last one in it. */
export function removeStateFolder(folder: string): void {
  rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
  try {
    rmdirSync(dirname(folder));
  } catch {
    // Another `up` has its folder there.
  }
}

export function writeState(folder: string, state: UpState): void {
  const file = join(folder, fileName);
  writeFileSync(`${file}.new`, `${JSON.stringify(state, null, 2)}\n`, { mode: 0o600 });
  renameSync(`${file}.new`, file);
}

/** Adds where to ask. */
export function publishAddress(folder: string, address: string): void {
  const state = ownerOf(folder);
  if (state) writeState(folder, { ...state, address });
}

/**
 * Of the subject, or of the nearest folder around it that is up: as Git, which finds its repository from any folder inside.
 * Undefined if nothing was brought up there, or if it has ended without cleaning up.
 */
export function readState(cwd: string, subject: string): UpState | undefined {
  const place = absolute(cwd, subject);
  const state = ownerOf(stateFolder(cwd, place));
  const around = dirname(place);
  return state || !isAbsolute(place) || around === place ? state : readState(cwd, around);
}

/** URLs stay; a path is made absolute with its links resolved, so that two ways to write it mean one mesh. */
export function absolute(cwd: string, subject: string): string {
  if (/^[a-z+]+:\/\/|^[^/]+@[^/]+:/.test(subject)) return subject;
  const path = resolve(cwd, subject);
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
}

/** What a folder says of its owner, if that is still alive. */
function ownerOf(folder: string): UpState | undefined {
  try {
    const state = JSON.parse(readFileSync(join(folder, fileName), 'utf8')) as UpState;
    process.kill(state.pid, 0);
    return state.birth === undefined || state.birth === birthOf(state.pid) ? state : undefined;
  } catch {
    return undefined;
  }
}

/** Field 22 of https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html; undefined for a process that is only waited for. */
function birthOf(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return fields[0] === 'Z' ? undefined : fields[19];
  } catch {
    return undefined;
  }
}

/** Folders of those that were killed. */
function removeAbandoned(parent: string): void {
  for (const name of readdirSync(parent)) {
    const folder = join(parent, name);
    // A draft bears its maker's id, and for a moment nothing else.
    const [, maker] = /\.(\d+)$/.exec(name) ?? [];
    const isOwned = maker === undefined ? ownerOf(folder) !== undefined : birthOf(Number(maker)) !== undefined;
    if (!isOwned) rmSync(folder, { recursive: true, force: true });
  }
}

/** Keys and tokens go there: a folder that somebody else made first, to look into it or to lead us elsewhere, is not used. */
function refuseForeignFolder(parent: string): void {
  const found = lstatSync(parent);
  if (found.isDirectory() && found.uid === userInfo().uid && (found.mode & 0o077) === 0) return;
  throw new UsageError(`the folder ${parent} is not yours alone`, 'remove it, or set TMPDIR to a folder of your own');
}
