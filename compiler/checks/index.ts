// The rules about the whole mesh, in the order in which they run. Reading this list tells what is checked.
import { type Diagnostic, DiagnosticSink } from '../diagnostics/index.ts';
import { indexMesh, type Mesh } from '../model/index.ts';
import { accessOnTcp } from './access-on-tcp.ts';
import type { Check } from './check.ts';
import { deniedCallers } from './denied-callers.ts';
import { duplicateHosts } from './duplicate-hosts.ts';
import { listeners } from './listeners.ts';
import { namespaces } from './namespaces.ts';
import { overlappingSelectors } from './overlapping-selectors.ts';
import { unreachableRoutes } from './unreachable-routes.ts';

export type { Check } from './check.ts';

export const checks: readonly Check[] = [
  duplicateHosts,
  overlappingSelectors,
  listeners,
  unreachableRoutes,
  namespaces,
  accessOnTcp,
  deniedCallers,
];

export function checkMesh(mesh: Mesh): readonly Diagnostic[] {
  const sink = new DiagnosticSink();
  const index = indexMesh(mesh);
  for (const rule of checks) rule.check(index, sink.report);
  return sink.toSorted();
}
