// The rules about the whole mesh, in the order in which they run. Reading this list tells what is checked.
import { type Diagnostic, DiagnosticSink } from '../diagnostics/index.ts';
import { indexMesh, type Mesh } from '../model/index.ts';
import type { Check } from './check.ts';

export type { Check } from './check.ts';

export const checks: readonly Check[] = [];

export function checkMesh(mesh: Mesh): readonly Diagnostic[] {
  const sink = new DiagnosticSink();
  const index = indexMesh(mesh);
  for (const rule of checks) rule.check(index, sink.report);
  return sink.toSorted();
}
