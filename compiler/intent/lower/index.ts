// One document to its fragment of the model, and all fragments to the mesh.
import { compareText, type Report } from '../../diagnostics/index.ts';
import { deepFreeze, type Mesh, type RawObject } from '../../model/index.ts';
import { Cursor } from '../../syntax/index.ts';
import type { IntentDocument } from '../document.ts';
import type {
  ExternalServiceIntent,
  IntentKind,
  IntentObject,
  MeshGatewayIntent,
  MeshServiceIntent,
  MeshTestIntent,
  MeshWorkloadIntent,
} from '../kinds.ts';
import type { GatewaySymbol, IntentSymbol, ServiceSymbol } from '../symbols.ts';
import { emptyFragment, type Fragment, type GlobalFacts, type LowerContext } from './context.ts';
import { lowerExternalService, lowerMeshWorkload } from './expansion.ts';
import { joinExposures, lowerMeshGateway } from './gateways.ts';
import { meshPeerAuthentication } from './mesh.ts';
import { lowerMeshService } from './services.ts';
import { lowerMeshTest } from './tests.ts';

export type { Fragment, GlobalFacts, LowerContext } from './context.ts';
export { lowerMesh } from './mesh.ts';

/** `symbol` is the document's own. The shape of the document has been checked. */
export function lowerDocument(
  document: IntentDocument,
  symbol: IntentSymbol | undefined,
  context: LowerContext,
): Fragment {
  const cursor = <S>() => new Cursor(document.object as unknown as IntentObject<S>, document, []);
  switch (document.kind as IntentKind) {
    case 'MeshService':
      return lowerMeshService(cursor<MeshServiceIntent>(), symbol as ServiceSymbol, context);
    case 'ExternalService':
      return lowerExternalService(cursor<ExternalServiceIntent>(), symbol as ServiceSymbol, context);
    case 'MeshWorkload':
      return lowerMeshWorkload(cursor<MeshWorkloadIntent>(), symbol as ServiceSymbol, context);
    case 'MeshGateway':
      return lowerMeshGateway(cursor<MeshGatewayIntent>(), symbol as GatewaySymbol, context);
    case 'MeshTest':
      return lowerMeshTest(cursor<MeshTestIntent>(), context);
    case 'Mesh':
      return emptyFragment;
  }
}

/** Everything sorted, joined and frozen. */
export function assembleMesh(
  global: GlobalFacts,
  fragments: readonly Fragment[],
  passthrough: readonly RawObject[],
  report: Report,
): Mesh {
  const all = <K extends keyof Fragment>(key: K) =>
    fragments.flatMap((fragment) => fragment[key] as readonly unknown[] as Fragment[K][number][]);
  const gateways = sorted(all('gateways'));
  const { tables, scopes } = joinExposures(gateways, all('exposures'), report);
  return deepFreeze<Mesh>({
    kind: 'Mesh',
    origin: global.origin,
    name: global.name,
    settings: global.settings,
    services: sorted(all('services')),
    workloads: sorted(all('workloads')),
    routeTables: sorted([...all('routeTables'), ...tables]),
    destinationPolicies: sorted(all('destinationPolicies')),
    authorizationPolicies: sorted(all('authorizationPolicies')),
    peerAuthentications: sorted([meshPeerAuthentication(global), ...all('peerAuthentications')]),
    gateways,
    egressScopes: [...all('egressScopes'), ...scopes].toSorted((a, b) => compareText(a.workload, b.workload)),
    tests: sorted(all('tests')),
    passthrough,
  });
}

function sorted<T extends { readonly namespace: string; readonly name: string }>(nodes: readonly T[]): readonly T[] {
  return nodes.toSorted((a, b) => compareText(a.namespace, b.namespace) || compareText(a.name, b.name));
}
