// The other end of the status server: what `fairlead status` and `fairlead wait` ask a running `fairlead up`.
import type { DeployRecord, LocalStatus } from '../../runtime/index.ts';
import { refuseAbsentFolder } from '../folder.ts';
import { UsageError } from '../io.ts';
import { quoted } from '../shell.ts';
import { readState } from '../up-state.ts';

/** What `up` adds to the status of the mesh. */
export interface UpStatus extends LocalStatus {
  readonly subject: string;
  /** The Git repository on this machine that holds the commits: what was named, or a mirror of it. Absent until it could be read. */
  readonly repository?: string;
  /** The folder of the intent inside the repository; "" for its root. */
  readonly path: string;
  readonly branch?: string;
  readonly proxy: string;
  readonly webhook: { readonly url: string; readonly caFile: string };
  /** Root certificate of the mesh, for clients of HTTPS gateways. */
  readonly meshCaFile: string;
}

/** `address` names a status server directly; otherwise the `up` of `subject` is looked for. Throws UsageError if there is none. */
export function upAddress(cwd: string, subject: string, address: string | undefined): string {
  if (address !== undefined) {
    if (URL.canParse(address)) return new URL(address).origin;
    throw new UsageError(`"${address}" is no address of a status server`, 'write it like http://127.0.0.1:40123');
  }
  const state = readState(cwd, subject);
  if (!state) refuseAbsentFolder(cwd, subject);
  if (!state) throw new UsageError(`nothing is up for "${subject}"`, `start it with: fairlead up ${quoted(subject)}`);
  if (state.address === undefined)
    throw new UsageError(`"${subject}" is still starting, as process ${state.pid}`, 'ask again in a moment');
  return state.address;
}

export async function fetchStatus(address: string): Promise<UpStatus> {
  const status = (await ask(`${address}/status`)) as UpStatus;
  if (typeof status.subject === 'string') return status;
  throw new UsageError(
    `what answers at ${address} is no \`fairlead up\``,
    'a control plane is asked by curl, at /status and /wait: see docs/operations.md',
  );
}

/** Null for a commit that was not seen within the time. */
export async function fetchWait(address: string, commit: string, timeoutMs: number): Promise<DeployRecord | null> {
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    // In slices, so that neither side holds an answer back for longer than HTTP clients bear.
    const slice = Math.max(0, Math.min(longestAskMs, deadline - Date.now()));
    const record = (await ask(
      `${address}/wait?commit=${encodeURIComponent(commit)}&timeoutMs=${slice}`,
      slice,
    )) as DeployRecord | null;
    const isUnderWay = record === null || record.state === 'queued' || record.state === 'deploying';
    if (!isUnderWay || Date.now() >= deadline) return record;
  }
}

const longestAskMs = 60_000;

async function ask(url: string, extraMs = 0): Promise<unknown> {
  try {
    const answer = await fetch(url, { signal: AbortSignal.timeout(extraMs + 10_000) });
    if (!answer.ok) throw new Error(`it answered ${answer.status}`);
    return await answer.json();
  } catch (error) {
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause.message : undefined;
    throw new UsageError(
      `${new URL(url).origin} does not answer: ${cause ?? (error instanceof Error ? error.message : error)}`,
      'it may have been stopped meanwhile',
    );
  }
}
