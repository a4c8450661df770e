// What all kinds share: apiVersion, kind, metadata.
import { apiVersion, type IntentKind } from '../kinds.ts';
import { closed, dnsLabel, type JsonSchema, labels } from './forms.ts';

const annotations: JsonSchema = { type: 'object', additionalProperties: { type: 'string' } };

/** The schema of a whole document. `spec` must be given unless `isSpecOptional`. */
export function envelope(
  kind: IntentKind,
  description: string,
  spec: JsonSchema,
  definitions: JsonSchema = {},
): JsonSchema {
  const namespace = { ...dnsLabel, default: 'default', description: 'Namespace of the object.' };
  const metadata = {
    name: { ...dnsLabel, description: 'Name of the object, unique in its namespace.' },
    ...(kind !== 'Mesh' && { namespace }),
    labels: { ...labels, description: 'Labels copied to what is generated, such as `team`.' },
    annotations,
  };
  return {
    $schema: 'http://json-schema.org/draft-07/schema#',
    $id: `https://fairlead.dev/schema/v1alpha1/${kind}.json`,
    title: kind,
    description,
    ...closed(
      {
        apiVersion: { type: 'string', const: apiVersion },
        kind: { type: 'string', const: kind },
        metadata: closed(metadata, ['name']),
        spec,
      },
      ['apiVersion', 'kind', 'metadata', ...(kind === 'Mesh' ? [] : ['spec'])],
    ),
    definitions,
  };
}
