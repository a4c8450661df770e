// The other end of the status server: what `fairlead status` and `fairlead wait` ask a running `fairlead up`.
import type { DeployRecord, LocalStatus } from '../../runtime/index.ts';
import { UsageError } from '../io.ts';
import { readState } from '../up-state.ts';

/** What `up` adds to the status of the mesh. */
export interface UpStatus extends LocalStatus {
  readonly subject: string;
  readonly branch?: string;
  readonly proxy: string;
  readonly webhook: { readonly url: string; readonly caFile: string };
  /** Root certificate of the mesh, for clients of HTTPS gateways. */
  readonly meshCaFile: string;
}

/** `address` names a status server directly; otherwise the `up` of `subject` is looked for. Throws UsageError if there is none. */
export function upAddress(cwd: string, subject: string, address: string | undefined): string {
  const found = address ?? readState(cwd, subject)?.address;
  if (found === undefined)
    throw new UsageError(`nothing is up for "${subject}"`, `start it with: fairlead up ${subject}`);
  return found;
}

export async function fetchStatus(address: string): Promise<UpStatus> {
  return (await ask(`${address}/status`)) as UpStatus;
}

/** Null for a commit that was not seen within the time. */
export async function fetchWait(address: string, commit: string, timeoutMs: number): Promise<DeployRecord | null> {
  return (await ask(
    `${address}/wait?commit=${encodeURIComponent(commit)}&timeoutMs=${timeoutMs}`,
    timeoutMs,
  )) as DeployRecord | null;
}

async function ask(url: string, extraMs = 0): Promise<unknown> {
  try {
    const answer = await fetch(url, { signal: AbortSignal.timeout(extraMs + 10_000) });
    if (!answer.ok) throw new Error(`it answered ${answer.status}`);
    return await answer.json();
  } catch (error) {
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause.message : undefined;
    throw new UsageError(
      `${new URL(url).origin} does not answer: ${cause ?? (error instanceof Error ? error.message : error)}`,
    );
  }
}
