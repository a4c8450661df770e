// A document of intent whose shape has been checked. Nothing here knows YAML.
import type { ObjectDocument } from '../syntax/index.ts';
import type { IntentKind } from './kinds.ts';

/** Its namespace is `default` unless `metadata.namespace` is given. A Mesh has none: "". */
export interface IntentDocument extends ObjectDocument {
  readonly kind: IntentKind;
}
