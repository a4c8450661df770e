// What all kinds share: apiVersion, kind, metadata.
import { dnsLabel, labels } from './forms.ts';
import { apiVersion, type IntentKind } from './kinds.ts';
import type { Accepted, JsonSchema, SchemaOf } from './schema-type.ts';
import { closed } from './shapes.ts';

const annotations: SchemaOf<Readonly<Record<string, string>>> = {
  type: 'object',
  additionalProperties: { type: 'string' },
  description: 'For other tools and org rules of your own; copied nowhere.',
};

/** A whole document. Its apiVersion and kind have been looked at before it is read by its type. */
export interface IntentObject<S> {
  readonly metadata: Metadata;
  readonly spec?: S;
}

export type Metadata = Accepted<ReturnType<typeof metadataOf>>;

/** The schema of a whole document. `spec` must be given, but for a Mesh. */
export function envelope<S>(
  kind: IntentKind,
  description: string,
  spec: SchemaOf<S>,
  definitions: JsonSchema = {},
): SchemaOf<IntentObject<S>> {
  return {
    $schema: 'http://json-schema.org/draft-07/schema#',
    $id: `https://fairlead.dev/schema/v1alpha1/${kind}.json`,
    title: kind,
    description,
    ...closed(
      {
        apiVersion: { type: 'string', const: apiVersion, description: 'Version of the language.' },
        kind: { type: 'string', const: kind, description: 'What the document is.' },
        metadata: { ...metadataOf(kind), description: 'What the object is called.' },
        spec: { ...spec, description: 'What it says.' },
      },
      ['apiVersion', 'kind', 'metadata', ...(kind === 'Mesh' ? [] : (['spec'] as const))],
    ),
    definitions,
  };
}

function metadataOf(kind: IntentKind) {
  const namespace = { ...dnsLabel, default: 'default', description: 'Namespace of the object; a Mesh has none.' };
  return closed(
    {
      name: { ...dnsLabel, description: 'Name of the object, unique in its namespace.' },
      ...(kind !== 'Mesh' && { namespace }),
      labels: { ...labels, description: 'Labels copied to what is generated, such as `team`.' },
      annotations,
    },
    ['name'],
  );
}
