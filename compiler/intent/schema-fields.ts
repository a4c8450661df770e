// Looking up fields in a schema object: for hints, and to tell what a slip was meant to be.
import { wordsOfOthers } from './words-of-others.ts';

type Schema = Readonly<Record<string, unknown>>;

export function fieldsOf(schema: Schema): readonly string[] {
  return Object.keys(propertiesOf(schema));
}

/** Whether the value at the path is one that the mapping around it must have. */
export function isRequired(root: Schema, path: readonly string[]): boolean {
  let schema = root;
  for (const step of path.slice(0, -1)) schema = innerAt(root, schema, step);
  return ((schema.required ?? []) as readonly unknown[]).includes(path.at(-1));
}

function innerAt(root: Schema, schema: Schema, step: string): Schema {
  const inner = (propertiesOf(schema)[step] ?? schema.items ?? schema.additionalProperties ?? {}) as Schema;
  const [, name] = /^#\/definitions\/(.+)$/.exec(String(inner.$ref)) ?? [];
  return name === undefined ? inner : (((root.definitions ?? {}) as Readonly<Record<string, Schema>>)[name] ?? {});
}

/** The field of `schema` under which `field` would be right, if it is just one level off. */
export function ownerOf(field: string, schema: Schema): string | undefined {
  const owners = Object.entries(propertiesOf(schema)).filter(([, inner]) => {
    const items = (inner as Schema).items;
    return Object.hasOwn(propertiesOf(inner as Schema), field) || Object.hasOwn(propertiesOf(items as Schema), field);
  });
  return owners.length === 1 ? owners[0]?.[0] : undefined;
}

/** What a word of Istio, the Gateway API, Kubernetes or Envoy is called at a place where `known` are the fields. */
export function wordFor(field: string, known: readonly string[]): OtherWord | undefined {
  const camelCase = field.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
  const entry = Object.hasOwn(wordsOfOthers, camelCase) ? wordsOfOthers[camelCase] : undefined;
  if (entry === undefined) return undefined;
  for (const [word, hint] of Object.entries(entry)) {
    if (word === anywhere || known.includes(word)) {
      return {
        field: word === anywhere ? undefined : word,
        hint: hint === '' ? `the word for it is \`${word}\`` : hint,
      };
    }
  }
  return undefined;
}

const anywhere = '*';

/** What YAML 1.1 reads as true and false, and we as text: https://yaml.org/type/bool.html */
export const flags: Readonly<Record<string, boolean>> = { yes: true, on: true, no: false, off: false };

/** The word among these that arrives as `true` or `false` from a reader of YAML 1.1. */
export function flagMeant(arrived: string, words: readonly string[]): string | undefined {
  return words.find((word) => Object.hasOwn(flags, word) && String(flags[word]) === arrived);
}

export interface OtherWord {
  /** The field here that says it; undefined if none does. */
  readonly field: string | undefined;
  readonly hint: string;
}

function propertiesOf(schema: Schema | undefined): Readonly<Record<string, unknown>> {
  return (schema?.properties as Readonly<Record<string, unknown>> | undefined) ?? {};
}
