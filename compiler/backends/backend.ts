// What every back end is: a pure function from the frozen model to its own output, with findings for what it cannot express.
import type { Diagnostic } from '../diagnostics/index.ts';
import type { Mesh } from '../model/index.ts';

export interface EmitOptions {
  /** The commit the intent came from, written into the output so that it can be traced back. */
  readonly commit?: string;
}

export interface Emission<Output> {
  readonly output: Output;
  /** Codes FL05..; an error means that the output says less than the model, so it must not be published. */
  readonly diagnostics: readonly Diagnostic[];
}

/** `emit` never throws for a mesh that the front end accepted, and gives equal output for equal meshes. */
export interface Backend<Output> {
  readonly name: 'istio' | 'envoy';
  emit(mesh: Mesh, options?: EmitOptions): Emission<Output>;
}
