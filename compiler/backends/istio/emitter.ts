// What an emitter sees and gives. One emitter a kind, each in its own file; index.ts lists them.
import type { Report } from '../../diagnostics/index.ts';
import type { Mesh, MeshIndex } from '../../model/index.ts';
import type { Draft } from './object.ts';

export interface EmitContext {
  readonly mesh: Mesh;
  readonly index: MeshIndex;
  readonly report: Report;
}

export interface Emitter {
  readonly kind: string;
  emit(context: EmitContext): readonly Draft[];
}
