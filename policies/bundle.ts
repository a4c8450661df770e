// What a compiled bundle of policies consists of, and where it lies. Reading and types only: build.ts writes it.
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** enforce refuses the object, warn lets it pass with a warning, audit only reports. */
export type Enforcement = 'enforce' | 'warn' | 'audit';

export const enforcements: readonly Enforcement[] = ['enforce', 'warn', 'audit'];

/** What a policy says about itself in the metadata of its package. */
export interface PolicyInfo {
  /** The folder's name, such as `no-wildcard-hosts`. */
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly severity: string;
  readonly enforcement: Enforcement;
  /** As kubectl names them, whatever the version: `VirtualService.networking.istio.io`, `Pod`. */
  readonly kinds: readonly string[];
}

/** The bundle's data.json: what decide.rego reads. Keys are the last part of the Rego package. */
export interface BundleData {
  readonly catalogue: Readonly<Record<string, PolicyInfo>>;
}

/** Proves which sources a policy.wasm was made from, also to those who have no compiler. */
export interface BundleManifest {
  readonly opa: string;
  readonly entrypoint: string;
  /** SHA-256 of each source file by its path in the bundle. */
  readonly sources: Readonly<Record<string, string>>;
  /** SHA-256 of policy.wasm. */
  readonly wasm: string;
}

export interface Bundle {
  readonly wasm: Uint8Array<ArrayBuffer>;
  readonly data: BundleData;
  readonly manifest: BundleManifest;
}

export const entrypoint = 'fairlead/decide';

/** The policies that ship with Fairlead, and their compiled bundle. */
export const shippedPolicies = fileURLToPath(new URL('.', import.meta.url));
export const shippedBundle = fileURLToPath(new URL('./bundle', import.meta.url));

export function sha256(content: string | Uint8Array): string {
  return createHash('sha256').update(content).digest('hex');
}

/** Throws an Error that says what is wrong with the folder. */
export async function readBundle(folder: string): Promise<Bundle> {
  const [wasm, data, manifest] = await Promise.all([
    readFile(join(folder, 'policy.wasm')),
    readFile(join(folder, 'data.json'), 'utf8'),
    readFile(join(folder, 'manifest.json'), 'utf8'),
  ]);
  const bundle = {
    wasm: new Uint8Array(wasm),
    data: JSON.parse(data) as BundleData,
    manifest: JSON.parse(manifest) as BundleManifest,
  };
  if (sha256(bundle.wasm) !== bundle.manifest.wasm)
    throw new Error('policy.wasm is not the one manifest.json describes');
  return bundle;
}
