// The Istio back end: the frozen model as Istio custom resources.
import { compareText, type Diagnostic, DiagnosticSink, type Report } from '../../diagnostics/index.ts';
import { indexMesh, type ListName, type Mesh, type Reading, total } from '../../model/index.ts';
import { authorizationPolicy } from './authorization-policy.ts';
import { destinationRule } from './destination-rule.ts';
import { type EmitContext, type Emitter, noObjectsFor, type Placed } from './emitter.ts';
import { gateway } from './gateway.ts';
import { gatewayObjects } from './gateway-objects.ts';
import { checkGatewayOrder } from './gateway-order.ts';
import { type EmitOptions, identityOf, type IstioObject, managedBy } from './object.ts';
import { passthrough } from './passthrough.ts';
import { peerAuthentication } from './peer-authentication.ts';
import { serviceEntry } from './service-entry.ts';
import { sidecar } from './sidecar.ts';
import { virtualService } from './virtual-service.ts';
import { workloadEntry } from './workload-entry.ts';

export type { IstioMetadata, IstioObject } from './object.ts';
export { istioFileName, renderIstio } from './render.ts';

/** In the order in which their objects are emitted. */
const emitters: readonly Emitter[] = total<ListName>()([
  peerAuthentication,
  authorizationPolicy,
  serviceEntry,
  workloadEntry,
  // Pods are Kubernetes' own; what Istio must be told of machines comes with their service.
  noObjectsFor('workloads'),
  sidecar,
  destinationRule,
  gateway,
  virtualService,
  // Fairlead runs them itself.
  noObjectsFor('tests'),
  passthrough,
]);

/** What is said of the mesh as a whole is its settings; its name is for people, and so are the places of settings. */
type Known = Reading<Mesh, 'kind' | 'origin' | 'name' | 'settings' | 'settingPlaces' | ListName>;

export interface IstioEmission {
  /** By emitter, then namespace and name; raw objects last. */
  readonly objects: readonly IstioObject[];
  /** Codes FL05..; an error means that the output says less than the model, so it must not be published. */
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * Every object that the mesh needs under istiod. Codes FL0501 to FL0549 tell what Istio's API has no words for.
 * Never throws for a mesh that the front end accepted, and gives equal output for equal meshes.
 */
export function emitIstio(mesh: Mesh, options: EmitOptions = {}): IstioEmission {
  const sink = new DiagnosticSink();
  const known: Known = mesh;
  const index = indexMesh(mesh);
  const gateways = gatewayObjects(index);
  const context: EmitContext = { mesh: known, index, report: sink.report, options, gateways };
  const placed = emitters.flatMap((emitter) => byName(emitter.emit(context)));
  reportConflicts(mesh, placed, sink.report);
  checkGatewayOrder(index, sink.report);
  return { objects: placed.map(({ object }) => object), diagnostics: sink.toSorted() };
}

function byName(placed: readonly Placed[]): readonly Placed[] {
  return placed.toSorted((a, b) => compareText(identityOf(a.object), identityOf(b.object)));
}

/** Of two objects with one name, Kubernetes would keep the one applied last. */
function reportConflicts(mesh: Mesh, placed: readonly Placed[], report: Report): void {
  const first = new Map<string, Placed>();
  for (const { object, origin } of placed) {
    const identity = identityOf(object);
    const earlier = first.get(identity);
    if (!earlier) {
      first.set(identity, { object, origin });
      continue;
    }
    report('FL0507', {
      message: `two objects are both ${object.kind} ${object.metadata.namespace ?? ''}/${object.metadata.name}`,
      span: origin,
      related: [{ message: 'the other one comes from here', span: earlier.origin }],
      hint: isOutput(mesh, earlier) || isOutput(mesh, { object, origin }) ? outputHint : 'rename one of them',
    });
  }
}

const outputHint =
  'compiled output of Fairlead lies inside the intent folder: move it out, or delete it and write it with `fairlead compile -o`, whose folders are not read';

/** By the label that every emitted object has: a raw one with it was emitted once. */
function isOutput({ passthrough: raw }: Mesh, { object }: Placed): boolean {
  const isLabelled = object.metadata.labels?.[managedBy.label] === managedBy.value;
  return isLabelled && raw.some((one: { readonly object: object }) => one.object === object);
}
