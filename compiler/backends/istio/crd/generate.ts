// Makes schemas.json from Istio's CRDs. Run by hand: node generate.ts path/to/crd-all.gen.yaml
import { readFileSync, writeFileSync } from 'node:fs';
import { parseAllDocuments } from 'yaml';
import type { SchemaFile, StructuralSchema } from './structural-schema.ts';

interface CustomResourceDefinition {
  readonly kind: 'CustomResourceDefinition';
  readonly spec: {
    readonly group: string;
    readonly names: { readonly kind: string };
    readonly versions: readonly {
      readonly name: string;
      readonly served: boolean;
      readonly schema: { readonly openAPIV3Schema: StructuralSchema };
    }[];
  };
}

const prose = new Set(['description', 'example', 'externalDocs', 'title']);

const [, , source] = process.argv;
if (source === undefined) {
  process.stderr.write('usage: node generate.ts path/to/crd-all.gen.yaml\n');
  process.exitCode = 2;
} else {
  const text = JSON.stringify(collect(readFileSync(source, 'utf8')));
  writeFileSync(new URL('./schemas.json', import.meta.url), `${text}\n`);
}

function collect(yaml: string): SchemaFile {
  const kinds: Record<string, number> = {};
  const schemas: StructuralSchema[] = [];
  const known = new Map<string, number>();
  for (const document of parseAllDocuments(yaml)) {
    const crd = document.toJS() as CustomResourceDefinition | null;
    if (crd?.kind !== 'CustomResourceDefinition') continue;
    for (const version of crd.spec.versions) {
      if (!version.served) continue;
      const schema = withoutProse(version.schema.openAPIV3Schema);
      const text = JSON.stringify(schema);
      const index = known.get(text) ?? schemas.push(schema) - 1;
      known.set(text, index);
      kinds[`${crd.spec.group}/${version.name}/${crd.spec.names.kind}`] = index;
    }
  }
  return { kinds, schemas };
}

/** Keys of `properties` are names of fields, not keywords: a field called `description` or `title` stays. */
function withoutProse(schema: StructuralSchema): StructuralSchema {
  const kept = Object.entries(schema).filter(([key]) => !prose.has(key));
  return Object.fromEntries(kept.map(([key, value]) => [key, withoutProseIn(key, value)])) as StructuralSchema;
}

function withoutProseIn(keyword: string, value: unknown): unknown {
  if (keyword === 'default' || keyword === 'enum' || keyword === 'x-kubernetes-validations') return value;
  if (Array.isArray(value)) return value.map((item) => withoutProseIn('', item));
  if (typeof value !== 'object' || value === null) return value;
  if (keyword !== 'properties') return withoutProse(value as StructuralSchema);
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [name, withoutProse(inner as StructuralSchema)]),
  );
}
