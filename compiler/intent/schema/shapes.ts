// The shapes that schemas are made of: texts, numbers, lists, objects. Each ties keywords to the type of what they accept.
import type { Accepted, Fields, JsonSchema, ObjectOf, SchemaOf } from './schema-type.ts';

export function anyText(more: JsonSchema = {}): SchemaOf<string> {
  return { type: 'string', ...more };
}

/** A text of a certain form. `patternErrorMessage` is understood by editors and by our own messages. */
export function text(pattern: string, expects: string, more: JsonSchema = {}): SchemaOf<string> {
  return anyText({ pattern, patternErrorMessage: expects, ...more });
}

export function integer(more: JsonSchema = {}): SchemaOf<number> {
  return { type: 'integer', ...more };
}

export function flag(more: JsonSchema = {}): SchemaOf<boolean> {
  return { type: 'boolean', ...more };
}

/** For a field that says something by being there: `false` is refused. */
export function onlyTrue(more: JsonSchema = {}): SchemaOf<true> {
  return { type: 'boolean', const: true, ...more };
}

export function enumeration<const W extends string | number>(words: readonly W[], more: JsonSchema = {}): SchemaOf<W> {
  return { type: typeof words[0] === 'number' ? 'integer' : 'string', enum: words, ...more };
}

/** An object with these fields and no others. */
export function closed<F extends Fields, R extends keyof F & string = never>(
  properties: F,
  required: readonly R[] = [],
  more: JsonSchema = {},
): SchemaOf<ObjectOf<F, R>> {
  return { type: 'object', properties, additionalProperties: false, ...(required.length > 0 && { required }), ...more };
}

/** An object of which exactly one field is given. */
export function oneField<F extends Fields>(properties: F, more: JsonSchema = {}): SchemaOf<ObjectOf<F>> {
  return closed(properties, [], { minProperties: 1, maxProperties: 1, ...more });
}

/**
 * A text or an object. One `type` list and no `anyOf`: keywords for texts and for objects do not disturb each other,
 * and a mistake gives one error in place of one per branch.
 */
export function textOr<T>(form: SchemaOf<string>, object: SchemaOf<T>): SchemaOf<string | T> {
  const { type: _text, ...textKeywords } = form;
  const { type: _object, ...objectKeywords } = object;
  return { type: ['string', 'object'], ...textKeywords, ...objectKeywords } as JsonSchema;
}

/** A text, or a list of such. */
export function textOrList(form: SchemaOf<string>): SchemaOf<string | readonly string[]> {
  return { ...form, type: ['string', 'array'], items: form, minItems: 1 } as JsonSchema;
}

/** An object, or a list of such. One `type` list, as in `textOr`. */
export function oneOrMore<T>(object: SchemaOf<T>, more: JsonSchema = {}): SchemaOf<T | readonly T[]> {
  return { ...object, type: ['object', 'array'], items: object, minItems: 1, ...more } as JsonSchema;
}

export function list<T>(items: SchemaOf<T>, more: JsonSchema = {}): SchemaOf<readonly T[]> {
  return { type: 'array', items, ...more };
}

export function mapOf<T>(values: SchemaOf<T>, keys: JsonSchema = {}): SchemaOf<Readonly<Record<string, T>>> {
  return { type: 'object', propertyNames: keys, additionalProperties: values };
}

/** Refers to one of the `definitions` of the document; `schema` is that definition. */
export function defined<S extends SchemaOf<unknown>>(name: string, _schema: S): SchemaOf<Accepted<S>> {
  return { $ref: `#/definitions/${name}` };
}
