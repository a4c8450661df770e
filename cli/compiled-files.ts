// The files that `fairlead compile` writes or prints, from what the back ends have said already. Asks none of them again.
import {
  checkSnapshot,
  type Diagnostic,
  istioFileName,
  keyOf,
  type Mesh,
  renderIstio,
  renderSnapshot,
  snapshotFor,
  hasProxy,
} from '../compiler/index.ts';
import { resolveProxied } from './caller.ts';
import type { MeshEmission } from './mesh-emission.ts';
import type { OutputFile } from './output-files.ts';

/** A mesh that may be written, and what the back ends make of it. */
export interface Emitted {
  readonly mesh: Mesh;
  readonly emission: MeshEmission;
}

export interface CompiledFiles {
  readonly files: readonly OutputFile[];
  readonly diagnostics: readonly Diagnostic[];
}

export function istioFiles({ emission }: Emitted): CompiledFiles {
  const { objects, diagnostics } = emission.istio;
  const files = objects.map((o) => ({ path: `istio/${istioFileName(o)}`, text: renderIstio([o]) }));
  return { files, diagnostics };
}

/** Of all workloads with a proxy, or of `only` one of them, named like a caller. Throws UsageError if there is no such one. */
export function envoyFiles({ mesh, emission }: Emitted, only: string | undefined): CompiledFiles {
  const workloads = only === undefined ? mesh.workloads.filter(hasProxy).map(keyOf) : [resolveProxied(mesh, only)];
  const perWorkload = workloads.flatMap((workload) => {
    const snapshot = snapshotFor(emission.envoy, { workload, placement: { mode: 'redirect' } });
    if (!snapshot) return [];
    const files = renderSnapshot(snapshot).map((f) => ({ path: `envoy/${workload}/${f.name}`, text: f.text }));
    return [{ files, diagnostics: checkSnapshot(snapshot) }];
  });
  return {
    files: perWorkload.flatMap(({ files }) => files),
    diagnostics: perWorkload.flatMap(({ diagnostics }) => diagnostics),
  };
}
