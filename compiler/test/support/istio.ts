// Emits a mesh for a test and demands that every object is valid under Istio's own schemas.
import type { Test } from 'tap';
import { formatPath, validateIstioObject } from '../../backends/istio/crd/index.ts';
import { emitIstio, type IstioObject } from '../../backends/istio/index.ts';
import type { Mesh } from '../../model/index.ts';

export type Fields = Readonly<Record<string, unknown>>;

export interface Emitted {
  readonly codes: readonly string[];
  /** The specs of all objects of a kind. */
  all(kind: string): readonly Fields[];
  /** The spec of the first object of a kind, the mesh-wide `default` apart. */
  one(kind: string): Fields;
}

export function emitted(t: Test, mesh: Mesh): Emitted {
  const { objects, diagnostics } = emitIstio(mesh);
  t.strictSame(invalidFields(objects), [], 'valid under Istio\u2019s schemas');
  const specs = (list: readonly IstioObject[]) => list.map((object) => object.spec as Fields);
  const ofKind = (kind: string) => objects.filter((object) => object.kind === kind);
  return {
    codes: diagnostics.map((d) => d.code),
    all: (kind) => specs(ofKind(kind)),
    one: (kind) => specs(ofKind(kind).filter((object) => object.metadata.name !== 'default'))[0] ?? {},
  };
}

/** One line a finding, such as `VirtualService shoes spec.http[0].timeout: must be a string, not the number 5`. */
export function invalidFields(objects: readonly IstioObject[]): readonly string[] {
  return objects.flatMap((object) =>
    validateIstioObject(object).map(
      (f) => `${object.kind} ${object.metadata.name} ${formatPath(f.path)}: ${f.message}`,
    ),
  );
}
