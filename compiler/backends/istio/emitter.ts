// What an emitter sees and gives. One emitter an Istio kind, each in its own file; index.ts lists them.
import type { Report } from '../../diagnostics/index.ts';
import type { ListName, Mesh, MeshIndex, Origin, RowOf } from '../../model/index.ts';
import type { GatewayObjects } from './gateway-objects.ts';
import { type Draft, type EmitOptions, finishObject, type IstioObject } from './object.ts';

export interface EmitContext {
  readonly mesh: Mesh;
  readonly index: MeshIndex;
  readonly report: Report;
  readonly options: EmitOptions;
  /** What the gateways become, and which routes are bound to them. */
  readonly gateways: GatewayObjects;
}

/** An object and where it comes from. */
export interface Placed {
  readonly object: IstioObject;
  readonly origin: Origin;
}

/** `kind` is the list of the mesh whose nodes the objects are made of: every list has an emitter, and one may have several. */
export interface Emitter<L extends ListName = ListName> extends RowOf<L> {
  readonly emit: (context: EmitContext) => readonly Placed[];
}

export function emitterOf<L extends ListName>(
  kind: L,
  draftsOf: (context: EmitContext) => readonly Draft[],
): Emitter<L> {
  return {
    kind,
    emit: (context) =>
      draftsOf(context).map((draft) => ({ object: finishObject(draft, context.options), origin: draft.origin })),
  };
}

/** For a list that has no objects of its own. */
export function noObjectsFor<L extends ListName>(kind: L): Emitter<L> {
  return { kind, emit: () => [] };
}
