// Gives an engine to whoever asks: the shipped policies, loaded once a process, or those with a folder of the user's own.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { hasErrors } from '../compiler/index.ts';
import { buildBundle } from './build.ts';
import { loadPolicies, PolicyBundleError, type PolicyEngine } from './engine.ts';

let shipped: Promise<PolicyEngine> | undefined;

/** `folder` holds policies of the user's own, compiled with the shipped ones. Rejects with PolicyBundleError. */
export function openPolicies(folder?: string): Promise<PolicyEngine> {
  if (folder !== undefined) return compileFolder(folder);
  shipped ??= loadPolicies();
  return shipped;
}

async function compileFolder(folder: string): Promise<PolicyEngine> {
  const out = await mkdtemp(join(tmpdir(), 'fairlead-bundle-'));
  try {
    const { diagnostics } = await buildBundle([folder], out);
    if (hasErrors(diagnostics)) throw new PolicyBundleError(diagnostics);
    return await loadPolicies(out);
  } finally {
    await rm(out, { recursive: true, force: true });
  }
}
