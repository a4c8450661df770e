// A Kubernetes structural schema as JSON Schema for ajv, closed: what the schema does not name is an error, as under strict field validation.
import type { SchemaObject } from 'ajv';
import type { StructuralSchema } from './structural-schema.ts';

const branches = ['oneOf', 'anyOf', 'allOf'] as const;
const copied = [
  'type',
  'format',
  'enum',
  'required',
  'minimum',
  'maximum',
  'minLength',
  'maxLength',
  'minItems',
  'maxItems',
  'minProperties',
  'maxProperties',
  'pattern',
] as const;

/** The schema of a whole object: `apiVersion`, `kind` and `metadata` belong to every kind and are checked elsewhere. */
export function closedRoot(schema: StructuralSchema): SchemaObject {
  const closed = close(schema);
  return { ...closed, properties: { apiVersion: true, kind: true, metadata: true, ...closed.properties } };
}

function close(schema: StructuralSchema): SchemaObject {
  const out = constraints(schema, close);
  if (schema.properties || schema.type === 'object') {
    const extra = schema.additionalProperties;
    out.additionalProperties =
      typeof extra === 'object' ? close(extra) : (extra ?? schema['x-kubernetes-preserve-unknown-fields'] ?? false);
  }
  return out;
}

/** Branches of `oneOf` and the like only add conditions to fields declared outside them, so they stay open. */
function open(schema: StructuralSchema): SchemaObject {
  return constraints(schema, open);
}

function constraints(schema: StructuralSchema, inner: (schema: StructuralSchema) => SchemaObject): SchemaObject {
  const out: SchemaObject = {};
  for (const keyword of copied) if (schema[keyword] !== undefined) out[keyword] = schema[keyword];
  for (const keyword of branches) if (schema[keyword]) out[keyword] = schema[keyword].map(open);
  if (schema.not) out.not = open(schema.not);
  if (schema.items) out.items = inner(schema.items);
  if (schema.properties) {
    out.properties = Object.fromEntries(Object.entries(schema.properties).map(([k, v]) => [k, inner(v)]));
  }
  if (schema['x-kubernetes-int-or-string']) {
    delete out.type;
    out.anyOf ??= [{ type: 'integer' }, { type: 'string' }];
  } else if (schema.nullable && schema.type) {
    out.type = [schema.type, 'null'];
  }
  return out;
}
