// Every field of every kind as Markdown, read off the schemas: what docs/fields.md holds.
import { intentSchemas, type JsonSchema } from './schema/index.ts';

/** One field of a document: where it stands, and what its schema says of it. */
export interface FieldOfKind {
  /** `spec.routes[].match.headers.NAME.prefix`. */
  readonly path: string;
  readonly schema: JsonSchema;
  readonly isRequired: boolean;
}

/** In the order in which the schema has them; fields of items and of values of a map follow their list or map. */
export function fieldsOfSchema(kind: JsonSchema): readonly FieldOfKind[] {
  return [...fieldsBelow(kind, '', (kind.definitions ?? {}) as Schemas)];
}

export function renderFields(): string {
  const all = Object.entries(intentSchemas).map(([kind, schema]) => ({ kind, schema, fields: fieldsOfSchema(schema) }));
  const isSpec = ({ path }: FieldOfKind) => path.startsWith('spec.');
  const shared = all.find(({ kind }) => kind !== 'Mesh')?.fields.filter((field) => !isSpec(field)) ?? [];
  return [
    `## Every document\n\n${table(shared)}`,
    ...all.map(({ kind, schema, fields }) => `## ${kind}\n\n${schema.description}\n\n${table(fields.filter(isSpec))}`),
  ].join('\n');
}

type Schemas = Readonly<Record<string, JsonSchema>>;

function* fieldsBelow(schema: JsonSchema, path: string, definitions: Schemas): Generator<FieldOfKind> {
  const required = (schema.required ?? []) as readonly string[];
  for (const [name, written] of Object.entries((schema.properties ?? {}) as Schemas)) {
    const field = resolved(written, definitions);
    const at = path === '' ? name : `${path}.${name}`;
    yield { path: at, schema: field, isRequired: required.includes(name) };
    yield* fieldsInside(field, at, definitions);
  }
}

function* fieldsInside(schema: JsonSchema, path: string, definitions: Schemas): Generator<FieldOfKind> {
  yield* fieldsBelow(schema, path, definitions);
  const items = isList(schema) && resolved(schema.items as JsonSchema, definitions);
  // Of `an object or a list of such` the fields are told already.
  if (items && !schema.properties) yield* fieldsInside(items, `${path}[]`, definitions);
  const values = schema.additionalProperties as JsonSchema | false | undefined;
  if (values) yield* fieldsInside(values, `${path}.NAME`, definitions);
}

function resolved(schema: JsonSchema, definitions: Schemas): JsonSchema {
  const name = typeof schema.$ref === 'string' ? schema.$ref.replace('#/definitions/', '') : undefined;
  return (name !== undefined && definitions[name]) || schema;
}

function table(fields: readonly FieldOfKind[]): string {
  const rows = fields.map(({ path, schema, isRequired }) => {
    const otherwise = isRequired ? 'required' : schema.default === undefined ? '' : `\`${defaultOf(schema)}\``;
    return `| \`${path}\` | ${formOf(schema)} | ${otherwise} | ${schema.description ?? ''} |\n`;
  });
  return `| field | what may stand there | default | meaning |\n|---|---|---|---|\n${rows.join('')}`;
}

function defaultOf({ default: value }: JsonSchema): string {
  return Array.isArray(value) ? `[${value.join(', ')}]` : String(value);
}

function formOf(schema: JsonSchema): string {
  return alternativesOf(schema).join(', or ');
}

/** What may be written, by the types that a schema accepts. */
function alternativesOf(schema: JsonSchema): readonly string[] {
  const { const: only, enum: words } = schema;
  if (only !== undefined) return [`\`${only}\``];
  if (words) return [(words as readonly unknown[]).map((word) => `\`${word}\``).join(', ')];
  return ([schema.type].flat() as readonly (keyof typeof forms)[]).map((type) => forms[type](schema));
}

const forms = {
  string: textForm,
  integer: ({ minimum, maximum }: JsonSchema) =>
    minimum === undefined ? 'a whole number' : `a whole number from ${minimum} to ${maximum}`,
  boolean: () => '`true`, `false`',
  array: listForm,
  object: objectForm,
};

function textForm({ patternErrorMessage, maxLength, maxDuration }: JsonSchema): string {
  const form = typeof patternErrorMessage === 'string' ? patternErrorMessage : 'a text';
  if (maxDuration !== undefined) return `${form}; at most \`${String(maxDuration)}\``;
  return maxLength === undefined ? form : `${form}; at most ${maxLength} characters`;
}

function listForm({ items, properties, maxItems, minItems, uniqueItems }: JsonSchema): string {
  const limits = [
    ...(minItems === undefined ? [] : [`at least ${minItems}`]),
    ...(maxItems === undefined ? [] : [`at most ${maxItems}`]),
    ...(uniqueItems === true ? ['no two alike'] : []),
  ];
  return `a list${limits.length === 0 ? '' : ` (${limits.join(', ')})`}, each ${properties ? 'such' : itemsOf(items as JsonSchema)}`;
}

const fieldsBelowIt = 'the fields below';

function objectForm(schema: JsonSchema): string {
  const { additionalProperties: values, propertyNames: names, minProperties, maxProperties } = schema;
  if (values) {
    const { patternErrorMessage } = (names ?? {}) as JsonSchema;
    const most = maxProperties === undefined ? '' : ` (at most ${maxProperties})`;
    return `values by ${patternErrorMessage ?? 'name'}${most}: ${formOf(values as JsonSchema)}`;
  }
  if (maxProperties === 1) return 'one of the fields below';
  const few: readonly (readonly [string, unknown])[] = [
    ['exactly one of', schema.exactlyOneOf],
    ['at most one of', schema.exclusiveFields],
    ['at least one of', schema.atLeastOneOf],
  ];
  const rules = few.flatMap(([words, among]) => (among ? [`${words} ${namesOf(among)}`] : []));
  return [fieldsBelowIt, ...(minProperties === 1 ? ['at least one'] : []), ...rules].join('; ');
}

function namesOf(fields: unknown): string {
  return (fields as readonly string[]).map((field) => `\`${field}\``).join(', ');
}

/** Of an object that is nothing but its fields there is no more to say. */
function itemsOf(schema: JsonSchema): string {
  const form = schema.$ref === undefined ? formOf(schema) : fieldsBelowIt;
  return form === fieldsBelowIt ? 'with the fields below' : form;
}

function isList(schema: JsonSchema): boolean {
  return [schema.type].flat().includes('array');
}
