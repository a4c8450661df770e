// Looking up fields in a schema object: for hints, and to tell what a slip was meant to be.
import { wordsOfOthers } from './words-of-others.ts';

type Schema = Readonly<Record<string, unknown>>;

export function fieldsOf(schema: Schema): readonly string[] {
  return Object.keys(propertiesOf(schema));
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

export interface OtherWord {
  /** The field here that says it; undefined if none does. */
  readonly field: string | undefined;
  readonly hint: string;
}

function propertiesOf(schema: Schema | undefined): Readonly<Record<string, unknown>> {
  return (schema?.properties as Readonly<Record<string, unknown>> | undefined) ?? {};
}
