// How `fairlead status` and `fairlead wait` find a running `fairlead up`: a small file in a folder of the user's own.
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { join, resolve } from 'node:path';

export interface UpState {
  readonly pid: number;
  /** What was brought up: the absolute path of the folder or repository, or a URL. */
  readonly subject: string;
  /** `http://127.x.y.z:port` of the status server. */
  readonly address: string;
}

/** The folder for everything one `up` of `subject` keeps; readable by the user alone, gone when `up` ends. */
export function stateFolder(cwd: string, subject: string): string {
  const name = createHash('sha256').update(absolute(cwd, subject)).digest('hex').slice(0, 16);
  return join(tmpdir(), `fairlead-${userInfo().uid}`, name);
}

export function createStateFolder(folder: string): void {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true, mode: 0o700 });
}

export function writeState(folder: string, state: UpState): void {
  writeFileSync(join(folder, 'up.json'), `${JSON.stringify(state, null, 2)}\n`, { mode: 0o600 });
}

/** Undefined if nothing was brought up for the subject, or if it has ended without cleaning up. */
export function readState(cwd: string, subject: string): UpState | undefined {
  try {
    const state = JSON.parse(readFileSync(join(stateFolder(cwd, subject), 'up.json'), 'utf8')) as UpState;
    process.kill(state.pid, 0);
    return state;
  } catch {
    return undefined;
  }
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
