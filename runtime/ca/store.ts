// Keeps the authority's roots in a folder between runs, readable by its owner only.
import { chmod, open, readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { makeFolder, Redacted } from '../../compiler/index.ts';
import { loadSigner, type Signer } from './signer.ts';
import { certificatePem } from './x509.ts';

export interface AuthorityStore {
  /** In bundle order; empty if nothing was saved yet. Rejects if what is there cannot be used. */
  load(): Promise<Signer[]>;
  save(signers: readonly Signer[]): Promise<void>;
}

interface StoredSigner {
  readonly certificateChain: string;
  readonly privateKey: string;
  readonly trustBundle: string;
  readonly isFresh: boolean;
  readonly lastNotAfterMs: number;
}

/** `folder` is made with mode 0700; the file in it has mode 0600 and is replaced atomically. */
export function folderStore(folder: string, file: string): AuthorityStore {
  const path = join(folder, file);
  return {
    load: async () => {
      const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
        if (error.code === 'ENOENT') return undefined;
        throw error;
      });
      return text === undefined ? [] : Promise.all((JSON.parse(text) as StoredSigner[]).map(revive));
    },
    save: async (signers) => {
      makeFolder(folder, 0o700);
      await chmod(folder, 0o700);
      const temporary = `${path}.${process.pid}`;
      // The mode is given at creation: there is no moment at which others could read the key.
      const file = await open(temporary, 'w', 0o600);
      try {
        await file.writeFile(JSON.stringify(signers.map(toStored), undefined, 2));
        await file.sync();
      } finally {
        await file.close();
      }
      await rename(temporary, path);
    },
  };
}

function toStored(signer: Signer): StoredSigner {
  return {
    certificateChain: certificatePem(signer.certificate),
    privateKey: signer.privateKey.reveal(),
    trustBundle: signer.trustAnchor,
    isFresh: signer.isFresh,
    lastNotAfterMs: signer.lastNotAfterMs,
  };
}

async function revive(stored: StoredSigner): Promise<Signer> {
  const signer = await loadSigner({ ...stored, privateKey: new Redacted(stored.privateKey) });
  signer.isFresh = stored.isFresh;
  signer.lastNotAfterMs = stored.lastNotAfterMs;
  return signer;
}
