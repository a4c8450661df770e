// A small language for what of a message is supported, and the walk that finds the first thing that is not.

/** `null`: the field with anything in it. A list of values: just these. Objects: nested messages and lists of them. */
export type Shape =
  | null
  | readonly (string | number | boolean)[]
  | { readonly fields: Readonly<Record<string, Shape>> }
  | { readonly mapOf: Shape }
  | { readonly anyOf: Readonly<Record<string, Shape>> }
  | { readonly lazy: () => Shape };

export const anything: Shape = null;
export const message = (fields: Readonly<Record<string, Shape>>): Shape => ({ fields });
export const mapOf = (shape: Shape): Shape => ({ mapOf: shape });
/** A google.protobuf.Any of one of these types. */
export const anyOf = (types: Readonly<Record<string, Shape>>): Shape => ({ anyOf: types });
export const lazy = (of: () => Shape): Shape => ({ lazy: of });

export interface Unsupported {
  /** Such as `filterChains[0].filters[1].typedConfig.onDemand`. */
  readonly path: string;
  /** `field`: the field itself; `value`: what stands in it. */
  readonly what: 'field' | 'value' | 'type';
  readonly value: string;
}

/** Defaults are not in canonical JSON: whatever is there has a meaning, so whatever is not listed is unsupported. */
export function findUnsupported(json: unknown, shape: Shape, path = ''): Unsupported | undefined {
  if (shape === null) return undefined;
  if (Array.isArray(shape))
    return shape.includes(json as never) ? undefined : { path, what: 'value', value: JSON.stringify(json) };
  if ('lazy' in shape) return findUnsupported(json, shape.lazy(), path);
  if (Array.isArray(json))
    return firstOf(
      json.map((item, i) => [`${path}[${i}]`, item] as const),
      () => shape,
    );
  if (typeof json !== 'object' || json === null) return undefined;
  if ('mapOf' in shape)
    return firstOf(
      Object.entries(json).map(([key, item]) => [`${path}["${key}"]`, item] as const),
      () => shape.mapOf,
    );
  if ('anyOf' in shape) return inAny(json as Record<string, unknown>, shape.anyOf, path);
  if (!('fields' in shape)) return undefined;
  for (const [name, value] of Object.entries(json)) {
    const at = path === '' ? name : `${path}.${name}`;
    const field = shape.fields[name];
    if (field === undefined) return { path: at, what: 'field', value: '' };
    const found = findUnsupported(value, field, at);
    if (found) return found;
  }
  return undefined;
}

function firstOf(items: readonly (readonly [string, unknown])[], shapeOf: () => Shape): Unsupported | undefined {
  for (const [path, item] of items) {
    const found = findUnsupported(item, shapeOf(), path);
    if (found) return found;
  }
  return undefined;
}

function inAny(
  json: Record<string, unknown>,
  types: Readonly<Record<string, Shape>>,
  path: string,
): Unsupported | undefined {
  const { '@type': url, ...rest } = json;
  const type = String(url ?? '').replace(/^.*\//, '');
  const shape = types[type];
  if (shape === undefined) return { path, what: 'type', value: type };
  return findUnsupported(rest, shape, path);
}
