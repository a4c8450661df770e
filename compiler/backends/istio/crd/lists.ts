// Lists with keys (`x-kubernetes-list-type`): no two items may have the same keys. JSON Schema cannot say that.
import type { IstioFinding } from './finding.ts';
import type { StructuralSchema } from './structural-schema.ts';

type Path = readonly (string | number)[];

export function checkLists(value: unknown, schema: StructuralSchema | undefined, path: Path = []): IstioFinding[] {
  if (!schema || typeof value !== 'object' || value === null) return [];
  if (Array.isArray(value)) {
    const inner = value.flatMap((item, i) => checkLists(item, schema.items, [...path, i]));
    return [...repeatedItems(value, schema, path), ...inner];
  }
  return Object.entries(value).flatMap(([key, field]) => {
    const extra = typeof schema.additionalProperties === 'object' ? schema.additionalProperties : undefined;
    return checkLists(field, schema.properties?.[key] ?? extra, [...path, key]);
  });
}

function repeatedItems(list: readonly unknown[], schema: StructuralSchema, path: Path): IstioFinding[] {
  const type = schema['x-kubernetes-list-type'];
  if (type !== 'map' && type !== 'set') return [];
  const keys = schema['x-kubernetes-list-map-keys'] ?? [];
  const seen = new Set<string>();
  return list.flatMap((item, i): IstioFinding[] => {
    const identity = JSON.stringify(type === 'set' ? item : keys.map((key) => Object(item)[key] ?? null));
    if (!seen.has(identity)) {
      seen.add(identity);
      return [];
    }
    return [
      { path: [...path, i], message: `duplicate item: ${keys.join(', ') || 'value'} ${identity}`, keyword: 'schema' },
    ];
  });
}
