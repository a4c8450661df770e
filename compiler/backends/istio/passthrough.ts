// Raw objects found beside the intent: emitted untouched, if Kubernetes could address them at all.
import type { RawObject } from '../../model/index.ts';
import type { EmitContext } from './emitter.ts';
import type { IstioObject } from './object.ts';

export interface Placed {
  readonly object: IstioObject;
  readonly origin: RawObject['origin'];
}

export function passthrough({ mesh, report }: EmitContext): readonly Placed[] {
  return mesh.passthrough.flatMap(({ object, origin }) => {
    if (isAddressable(object)) return [{ object, origin }];
    report('FL0510', {
      message: `the raw object ${describe(object)} lacks apiVersion, kind or metadata.name`,
      span: origin,
      hint: 'add them, or move the file out of the intent directory',
    });
    return [];
  });
}

function isAddressable(object: unknown): object is IstioObject {
  const { apiVersion, kind, metadata } = object as Partial<IstioObject>;
  return typeof apiVersion === 'string' && typeof kind === 'string' && typeof metadata?.name === 'string';
}

function describe(object: Readonly<Record<string, unknown>>): string {
  return typeof object.kind === 'string' ? `of kind ${object.kind}` : 'without a kind';
}
