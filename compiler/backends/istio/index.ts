// The Istio back end: the frozen model as Istio custom resources.
import { compareText, type Diagnostic, DiagnosticSink, type Report } from '../../diagnostics/index.ts';
import { indexMesh, type Mesh } from '../../model/index.ts';
import type { Backend, EmitOptions } from '../backend.ts';
import { authorizationPolicy } from './authorization-policy.ts';
import { destinationRule } from './destination-rule.ts';
import type { EmitContext, Emitter } from './emitter.ts';
import { gateway } from './gateway.ts';
import { checkGatewayOrder } from './gateway-order.ts';
import { finishObject, identityOf, type IstioObject } from './object.ts';
import { passthrough, type Placed } from './passthrough.ts';
import { peerAuthentication } from './peer-authentication.ts';
import { serviceEntry } from './service-entry.ts';
import { sidecar } from './sidecar.ts';
import { virtualService } from './virtual-service.ts';
import { workloadEntry } from './workload-entry.ts';

export type { IstioMetadata, IstioObject } from './object.ts';
export { istioFileName, renderIstio } from './render.ts';

/** In the order in which their objects are emitted. */
export const emitters: readonly Emitter[] = [
  peerAuthentication,
  authorizationPolicy,
  serviceEntry,
  workloadEntry,
  sidecar,
  destinationRule,
  gateway,
  virtualService,
];

export interface IstioEmission {
  /** By emitter, then namespace and name; raw objects last. */
  readonly objects: readonly IstioObject[];
  readonly diagnostics: readonly Diagnostic[];
}

/** Every object that the mesh needs under istiod. Codes FL0501 to FL0549 tell what Istio's API has no words for. */
export function emitIstio(mesh: Mesh, options: EmitOptions = {}): IstioEmission {
  const sink = new DiagnosticSink();
  const context: EmitContext = { mesh, index: indexMesh(mesh), report: sink.report };
  const placed = emitters.flatMap((emitter) => byName(emitAll(emitter, context, options)));
  const all = [...placed, ...byName(passthrough(context))];
  reportConflicts(all, sink.report);
  checkGatewayOrder(mesh, sink.report);
  return { objects: all.map(({ object }) => object), diagnostics: sink.toSorted() };
}

export const istioBackend: Backend<readonly IstioObject[]> = {
  name: 'istio',
  emit: (mesh, options) => {
    const { objects, diagnostics } = emitIstio(mesh, options);
    return { output: objects, diagnostics };
  },
};

function emitAll(emitter: Emitter, context: EmitContext, options: EmitOptions): readonly Placed[] {
  return emitter.emit(context).map((draft) => ({ object: finishObject(draft, options), origin: draft.origin }));
}

function byName(placed: readonly Placed[]): readonly Placed[] {
  return placed.toSorted((a, b) => compareText(identityOf(a.object), identityOf(b.object)));
}

/** Of two objects with one name, Kubernetes would keep the one applied last. */
function reportConflicts(placed: readonly Placed[], report: Report): void {
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
      hint: 'rename one of them',
    });
  }
}
