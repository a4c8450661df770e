// What a control plane keeps between runs, in a folder that only its user can read: the authorities' keys, and the key of join tokens.
import { randomBytes } from 'node:crypto';
import { chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeFolder } from '../../compiler/index.ts';
import { createMeshAuthorities, JoinTokens, type MeshAuthorities } from '../../runtime/index.ts';
import { UsageError } from '../io.ts';

export interface ServerIdentity {
  readonly authorities: MeshAuthorities;
  readonly tokens: JoinTokens;
}

/** Made at first use. Throws UsageError if the folder cannot be used. */
export async function openIdentity(stateDir: string, trustDomain: string): Promise<ServerIdentity> {
  try {
    makeFolder(stateDir, 0o700);
    chmodSync(stateDir, 0o700);
    const authorities = await createMeshAuthorities({ trustDomain, folder: join(stateDir, 'authority') });
    return { authorities, tokens: new JoinTokens({ key: tokenKey(join(stateDir, tokenKeyName)) }) };
  } catch (error) {
    throw new UsageError(`cannot use the state folder ${stateDir}: ${error instanceof Error ? error.message : error}`);
  }
}

/** Whether a control plane has kept its identity there. */
export function hasIdentity(stateDir: string): boolean {
  return existsSync(join(stateDir, 'authority')) && existsSync(join(stateDir, tokenKeyName));
}

const tokenKeyName = 'token.key';

function tokenKey(path: string): Uint8Array {
  try {
    writeFileSync(path, randomBytes(32), { mode: 0o600, flag: 'wx' });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
  return readFileSync(path);
}
