// One document to its fragment of the model, and all fragments to the mesh.
import type { Report } from '../../diagnostics/index.ts';
import { joinLists, type MeshLists, sortNodes } from '../../model/index.ts';
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

/** All fragments joined, and what only all of them together say: the mesh's own demand, and what gateways serve. */
export function joinFragments(global: GlobalFacts, fragments: readonly Fragment[], report: Report): MeshLists {
  const ofMesh = { peerAuthentications: [meshPeerAuthentication(global)] };
  const gateways = sortNodes(
    'gateways',
    fragments.flatMap((fragment) => fragment.gateways),
  );
  const exposures = fragments.flatMap((fragment) => fragment.exposures);
  const { tables, scopes } = joinExposures(gateways, exposures, report);
  return joinLists([ofMesh, ...fragments, { routeTables: tables, egressScopes: scopes }]);
}
