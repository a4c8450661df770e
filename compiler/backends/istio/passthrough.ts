// Raw objects found beside the intent: emitted untouched, if Kubernetes could address them at all.
import { nothingLeft, type RawObject } from '../../model/index.ts';
import type { EmitContext, Emitter, Placed } from './emitter.ts';
import type { IstioObject } from './object.ts';

export const passthrough: Emitter<'passthrough'> = {
  kind: 'passthrough',
  emit: ({ mesh, report }) => mesh.passthrough.flatMap((raw) => toPlaced(raw, report)),
};

function toPlaced(
  { kind: _kind, origin, object, ...rest }: RawObject,
  report: EmitContext['report'],
): readonly Placed[] {
  nothingLeft(rest);
  if (isAddressable(object)) return [{ object, origin }];
  report('FL0510', {
    message: `the raw object ${describe(object)} lacks apiVersion, kind or metadata.name`,
    span: origin,
    hint: 'add them, or move the file out of the intent directory',
  });
  return [];
}

function isAddressable(object: unknown): object is IstioObject {
  const { apiVersion, kind, metadata } = object as Partial<IstioObject>;
  return typeof apiVersion === 'string' && typeof kind === 'string' && typeof metadata?.name === 'string';
}

function describe(object: Readonly<Record<string, unknown>>): string {
  return typeof object.kind === 'string' ? `of kind ${object.kind}` : 'without a kind';
}
