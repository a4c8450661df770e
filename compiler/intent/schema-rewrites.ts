// What a mapping or a list says in another shape than ours, as Istio, Kubernetes and the Gateway API write it, in our shape.
import { fieldsOf, wordFor } from './schema-fields.ts';
import { absolutePath } from './schema/forms.ts';

type Schema = Readonly<Record<string, unknown>>;
type Mapping = Readonly<Record<string, unknown>>;

/** Beyond that nobody copies it from a hint. */
const longest = 120;

/** On one line, as YAML; undefined for what does not fit there. */
export function inFlow(value: unknown): string | undefined {
  const text = flow(value);
  return text !== undefined && text.length <= longest ? text : undefined;
}

function flow(value: unknown): string | undefined {
  if (typeof value === 'string') {
    const isPlain = /^[\w/][\w./-]*$/.test(value) && !/^([\d._]+|true|false|null|yes|no|on|off|y|n)$/i.test(value);
    return isPlain ? value : JSON.stringify(value);
  }
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  if (typeof value !== 'object' || value === null) return undefined;
  const isList = Array.isArray(value);
  const parts = Object.entries(value).map(([key, inner]) => {
    const text = flow(inner);
    return text === undefined || isList ? text : `${flow(key)}: ${text}`;
  });
  if (parts.includes(undefined)) return undefined;
  return isList ? `[${parts.join(', ')}]` : parts.length === 0 ? '{}' : `{ ${parts.join(', ')} }`;
}

export function isMapping(value: unknown): value is Mapping {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** `[{ name: v1, labels: … }]` and `[{ name: x-a, value: b }]` where entries have keys. */
export function keyed(list: readonly unknown[], entry: Schema): string | undefined {
  const entries = list.map((item) => keyedEntry(item, entry));
  if (entries.length === 0 || entries.includes(undefined)) return undefined;
  return inFlow(Object.fromEntries(entries as (readonly [string, unknown])[]));
}

function keyedEntry(item: unknown, entry: Schema): readonly [string, unknown] | undefined {
  // Versions by name alone: what most label them with.
  if (typeof item === 'string') return isLabels(entry) ? [item, { version: item }] : undefined;
  if (!isMapping(item)) return undefined;
  const { name, key, value, values, labels, type, ...rest } = item;
  const [named, given] = [name ?? key, value ?? labels];
  if (typeof named !== 'string' || given === undefined || values !== undefined) return undefined;
  if (Object.keys(rest).length > 0) return undefined;
  return [named, type === 'RegularExpression' ? { regex: given } : given];
}

function isLabels({ type, additionalProperties }: Schema): boolean {
  return type === 'object' && isMapping(additionalProperties) && additionalProperties.type === 'string';
}

/** `{ prefix: /x }` and `{ type: PathPrefix, value: /x }` where a path is one text. */
export function pathAsText(data: Mapping, { pattern }: Schema): string | undefined {
  if (pattern !== absolutePath.pattern) return undefined;
  const { type, value, ...other } = data;
  const written = type === 'PathPrefix' ? { prefix: value } : type === 'Exact' ? { exact: value } : other;
  const [[kind, path] = [], ...more] = Object.entries(written);
  if (more.length > 0 || typeof path !== 'string' || !path.startsWith('/')) return undefined;
  if (kind === 'prefix' || kind === 'pathPrefix') return `${path.replace(/\/?\*?$/, '')}/*`;
  return kind === 'exact' || kind === 'path' ? path : undefined;
}

/** `{ service: b }` where a list of such is asked for. */
export function asEntry(data: Mapping, { items }: Schema): string | undefined {
  const known = fieldsOf((items ?? {}) as Schema);
  const isEntry = known.length > 0 && Object.keys(data).every((field) => known.includes(field));
  return isEntry ? inFlow([data]) : undefined;
}

/** Of a mapping that stands where one value does: what in it is that value, and what stands beside it, by our words. */
export function spread(field: string, data: Mapping, known: readonly string[]): Mapping | undefined {
  const entries = Object.entries(data).map(([key, value]) => [
    known.includes(key) ? key : wordFor(key, [field])?.field,
    value,
  ]);
  const isKnown = entries.every(([key]) => key !== undefined) && entries.some(([key]) => key === field);
  return isKnown ? Object.fromEntries(entries) : undefined;
}
