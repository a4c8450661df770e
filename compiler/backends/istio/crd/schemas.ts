// Reads schemas.json once, when first asked: the start of the CLI does not pay for it.
import { readFileSync } from 'node:fs';
import type { SchemaFile, StructuralSchema } from './structural-schema.ts';

let loaded: SchemaFile | undefined;

/** The schema of an object of this apiVersion and kind; undefined if Istio has no such kind in any served version. */
export function schemaOf(apiVersion: string, kind: string): StructuralSchema | undefined {
  const { kinds, schemas } = schemaFile();
  const key = `${apiVersion}/${kind}`;
  return Object.hasOwn(kinds, key) ? schemas[kinds[key] ?? -1] : undefined;
}

/** Every `apiVersion/kind` that can be validated, such as `networking.istio.io/v1/VirtualService`. */
export function istioKinds(): readonly string[] {
  return Object.keys(schemaFile().kinds);
}

function schemaFile(): SchemaFile {
  loaded ??= JSON.parse(readFileSync(new URL('./schemas.json', import.meta.url), 'utf8')) as SchemaFile;
  return loaded;
}
