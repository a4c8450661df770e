// The workloads of the mesh that a control plane serves, kept in its state folder for `fairlead bootstrap`, which has no intent to look at.
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { didYouMean, keyOf, type Mesh } from '../../compiler/index.ts';
import { UsageError } from '../io.ts';
import { onlyOne } from '../only-one.ts';

/** Names of service accounts by `namespace/name`. */
export type KnownWorkloads = Readonly<Record<string, string>>;

export interface KnownWorkload {
  readonly workload: string;
  /** Undefined where only the user knows of it. */
  readonly serviceAccount: string | undefined;
}

const fileName = 'workloads.json';

export function keepWorkloads(stateDir: string, { workloads }: Mesh): void {
  const known: KnownWorkloads = Object.fromEntries(workloads.map((one) => [keyOf(one), one.serviceAccount]));
  const file = join(stateDir, fileName);
  writeFileSync(`${file}.new`, `${JSON.stringify(known, null, 2)}\n`);
  renameSync(`${file}.new`, file);
}

/** Undefined before the control plane has deployed anything. */
export function knownWorkloads(stateDir: string): KnownWorkloads | undefined {
  try {
    return JSON.parse(readFileSync(join(stateDir, fileName), 'utf8')) as KnownWorkloads;
  } catch {
    return undefined;
  }
}

/** Named as `namespace/name`, or by a name that only one has; throws UsageError for a workload that the mesh does not have. */
export function workloadIn(known: KnownWorkloads, written: string): KnownWorkload {
  const names = Object.keys(known);
  const found = onlyOne(names, written);
  if (found !== undefined) return { workload: found, serviceAccount: known[found] };
  throw new UsageError(
    `the mesh of this control plane has no workload "${written}"`,
    didYouMean(written, names) ??
      `workloads: ${names.slice(0, 20).join(', ')}; --ahead makes one for a workload that is yet to come`,
  );
}
