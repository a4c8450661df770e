// Keeps the webhook's certificates in a folder, so that a restart does not invalidate the caBundle. Optional.
import { chmod, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { makeFolder } from '../../compiler/index.ts';
import { type Issued, readIssued } from './issue.ts';

export interface CertificateState {
  /** Signed by the current authority. */
  readonly serving: Issued;
  /** Will sign the serving certificate at the next rotation, and is already trusted. */
  readonly next: Issued;
  /** PEM certificates that are still trusted, the current authority first. Their keys are gone. */
  readonly trusted: readonly string[];
}

const fileName = 'webhook-certificates.json';

/** Undefined if there is none yet. Throws if there is one that cannot be used. */
export async function readState(folder: string): Promise<CertificateState | undefined> {
  let text: string;
  try {
    text = await readFile(join(folder, fileName), 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
  const stored = JSON.parse(text) as Record<'serving' | 'next', { certificate: string; key: string }> & {
    trusted: string[];
  };
  return {
    serving: await readIssued(stored.serving.certificate, stored.serving.key),
    next: await readIssued(stored.next.certificate, stored.next.key),
    trusted: stored.trusted.map(String),
  };
}

/** Readable by the owner alone, and whole or not at all. */
export async function writeState(folder: string, { serving, next, trusted }: CertificateState): Promise<void> {
  const plain = ({ certificate, key }: Issued) => ({ certificate, key: key.reveal() });
  makeFolder(folder, 0o700);
  const temporary = join(folder, `.${fileName}.${process.pid}`);
  await writeFile(temporary, JSON.stringify({ serving: plain(serving), next: plain(next), trusted }), { mode: 0o600 });
  await chmod(temporary, 0o600);
  await rename(temporary, join(folder, fileName));
}
