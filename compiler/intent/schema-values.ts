// What a value may have been meant to be where the schema asks for another type: without its quotes, in a list, as a field of a mapping.
import { fieldsOf, flagMeant, flags } from './schema-fields.ts';
import { asEntry, inFlow, keyed, pathAsText } from './schema-rewrites.ts';

type Schema = Readonly<Record<string, unknown>>;
type Scalar = string | number | boolean;

interface Misfit {
  readonly data: unknown;
  /** The type, or types, that are asked for. */
  readonly schema: unknown;
  /** The schema that asks. */
  readonly parent: Schema;
  /** What the value says of its neighbours as well, in our words. */
  readonly spread?: Readonly<Record<string, unknown>>;
  readonly path: readonly string[];
  readonly isRequired: boolean;
  /** That the document declares. */
  readonly versions: readonly string[];
}

/** What to write in place of a value of another type, where that can be told from the value. */
export function typeHint(misfit: Misfit, text: () => string): string | undefined {
  const { data, schema, parent, spread, path, versions } = misfit;
  const types = [schema].flat();
  const besides = spread && inFlow(spread);
  if (besides !== undefined) return `write ${besides.slice(2, -2)}, side by side`;
  if (path.at(-1) === 'matchExpressions') return 'a selector is labels, each with its one value: `{ app: NAME }`';
  if (data === null) return emptyHint(types, misfit);
  if (typeof data === 'string' && types.some((type) => isWritten(data, String(type)))) return 'remove the quotes';
  if (typeof data === 'string' && types.includes('integer') && /^\d+%$/.test(data)) return `write ${data.slice(0, -1)}`;
  if (typeof data === 'string' && types.includes('boolean') && Object.hasOwn(flags, data))
    return `write ${flags[data]}`;
  if (typeof data !== 'object' && typeof data !== 'string' && types.includes('string'))
    return quotingHint(parent, data, text());
  if (!isScalar(data)) return levelHint(data as object, types, parent);
  const meant =
    versionMeant(
      types,
      parent,
      versions.find((one) => one === data),
    ) ?? writtenAs(parent, data);
  if (isCallers(parent) && Object.hasOwn(callerHints, String(data))) return callerHints[String(data)];
  if (meant === undefined) return fieldsHint(types, parent);
  return `write ${types.includes('array') && !types.includes('object') ? 'a list: ' : ''}${meant}`;
}

function fieldsHint(types: readonly unknown[], parent: Schema): string | undefined {
  const inList = types.includes('object') ? parent : ((parent.items ?? {}) as Schema);
  const fields = fieldsOf(inList);
  if (fields.length === 0) return undefined;
  return `${inList === parent ? 'its fields' : 'a list of mappings, each with fields of these'}: ${fields.join(', ')}`;
}

/** An empty list may say something, and then leaving it out says something else. */
function emptyHint(types: readonly unknown[], { parent: { minItems = 0 }, isRequired }: Misfit): string {
  if (types.includes('object'))
    return `fill it: its fields stand indented below it${isRequired ? '' : '; or leave it out'}`;
  return types.includes('array') && minItems === 0 ? 'fill it, or write [] for none' : 'fill it';
}

/** A mapping or a list for a value or a mapping: a level too many, keys written as entries, or the shape of another API. */
function levelHint(data: object, types: readonly unknown[], parent: Schema): string | undefined {
  const values = Object.values(data);
  const words = Array.isArray(parent.enum) ? parent.enum : [];
  const word = words.find((one) => values.some((value) => String(value).toLowerCase() === one));
  if (word !== undefined) return `write ${word}`;
  if (Array.isArray(data)) {
    const isMap = types.includes('object') && typeof parent.additionalProperties === 'object';
    if (!isMap) return fieldsHint(types, parent);
    return `write ${keyed(data, parent.additionalProperties as Schema) ?? 'each entry by its key: `{ KEY: VALUE }`'}`;
  }
  const mapping = data as Readonly<Record<string, unknown>>;
  const path = types.includes('string') ? pathAsText(mapping, parent) : undefined;
  if (path !== undefined) return `write ${path}`;
  const list = types.includes('array') ? asEntry(mapping, parent) : undefined;
  if (list !== undefined) return `write a list: ${list}`;
  const number = types.includes('integer') ? values.find((v) => isScalar(v) && takes(parent, v)) : undefined;
  if (isScalar(number)) return `write ${plain(number)}`;
  const isLevelTooMany =
    types.includes('string') && values.length > 0 && values.every((v) => isScalar(v) && takes(parent, v));
  return isLevelTooMany ? 'leave this level out: what is in it stands in its place' : fieldsHint(types, parent);
}

/** Where a destination is asked for, the name of a version of this service. */
function versionMeant(types: readonly unknown[], parent: Schema, version: string | undefined): string | undefined {
  const inList = types.includes('object') ? parent : ((parent.items ?? {}) as Schema);
  if (version === undefined || !fieldsOf(inList).includes('version')) return undefined;
  const written = `{ version: ${plain(version)} }`;
  return inList === parent ? written : `[${written}]`;
}

/** Whom access rules have no name for. */
const callerHints: Readonly<Record<string, string>> = {
  outside: 'callers from outside come by a gateway: name it, as in { gateway: NAME }',
  '*': 'leave `from` out for whoever calls',
};

function isCallers(schema: Schema): boolean {
  const fields = fieldsOf((schema.items ?? schema) as Schema);
  return fields.includes('gateway') && fields.includes('workload');
}

function isScalar(data: unknown): data is Scalar {
  return ['boolean', 'number', 'string'].includes(typeof data);
}

/** True if the text would be a value of the type without its quotes. */
function isWritten(text: string, type: string): boolean {
  if (type === 'boolean') return text === 'true' || text === 'false';
  return (type === 'integer' || type === 'number') && /^-?\d+$/.test(text);
}

/** Quotes help only if what is within them has the right form: `3` is no duration, quoted or not. */
function quotingHint(parent: Schema, data: unknown, text: string): string {
  const { pattern, patternErrorMessage } = parent;
  if (Array.isArray(parent.enum)) {
    const flag = flagMeant(String(data), parent.enum.map(String));
    const quoting =
      flag === undefined ? '' : `; quote it: "${flag}" is ${data} to YAML 1.1, which kubectl reads, without quotes`;
    return `one of: ${parent.enum.join(', ')}${quoting}`;
  }
  const isFit = typeof pattern !== 'string' || new RegExp(pattern).test(text);
  return isFit ? `write it in quotes: "${text}"` : `it must be ${String(patternErrorMessage)}`;
}

/** `{ port: 80 }` for 80, `[{ service: b }]` for `b`; undefined where no field takes the value, or others are needed besides. */
function writtenAs(schema: Schema, value: Scalar): string | undefined {
  if (takes(schema, value)) return plain(value);
  const types = [schema.type].flat();
  if (types.includes('object')) return writtenAsMapping(schema, value);
  if (!types.includes('array')) return undefined;
  const items = (schema.items ?? {}) as Schema;
  const parts = typeof value === 'string' && value.includes(',') ? value.trim().split(/\s*,\s*/) : [value];
  const written = parts.flatMap((part) => writtenAs(items, part) ?? []);
  return written.length < parts.length ? undefined : `[${written.join(', ')}]`;
}

function writtenAsMapping({ properties, required = [] }: Schema, value: Scalar): string | undefined {
  const all = Object.entries((properties ?? {}) as Readonly<Record<string, Schema>>);
  // What is mostly meant by a name.
  const fields = [...all.filter(([field]) => field === 'service'), ...all];
  const needed = required as readonly string[];
  const isFlag = fields.some(([field, { type }]) => field === value && type === 'boolean');
  if (isFlag && needed.length === 0) return `{ ${String(value)}: true }`;
  for (const [field, schema] of fields) {
    const items = schema.items as Schema | undefined;
    const isSufficient = needed.every((other) => other === field);
    if (isSufficient && takes(schema, value)) return `{ ${field}: ${plain(value)} }`;
    if (isSufficient && items && takes(items, value)) return `{ ${field}: [${plain(value)}] }`;
    const inner = isSufficient && needed.length > 0 ? writtenAs(schema, value) : undefined;
    if (inner !== undefined) return `{ ${field}: ${inner} }`;
  }
  return undefined;
}

/** Texts without a form of their own could mean anything. */
function takes({ type, pattern, enum: words, minimum, maximum }: Schema, value: Scalar): boolean {
  const types = [type].flat();
  if (typeof value === 'boolean') return types.includes('boolean');
  if (Array.isArray(words)) return words.includes(value);
  if (typeof value === 'string')
    return types.includes('string') && typeof pattern === 'string' && new RegExp(pattern, 'u').test(value);
  const [least, most] = [minimum ?? Number.NEGATIVE_INFINITY, maximum ?? Number.POSITIVE_INFINITY] as [number, number];
  return types.includes('integer') && Number.isInteger(value) && value >= least && value <= most;
}

/** As it may stand in a list or mapping on one line. */
function plain(value: Scalar): string {
  const isPlain = typeof value !== 'string' || (/^[\w/][\w./-]*$/.test(value) && !/^[\d._]+$/.test(value));
  return isPlain ? String(value) : JSON.stringify(value);
}
