// Where an AuthorizationPolicy can ask for a field, and in which of its words. The one table of access conditions.
import {
  type Condition,
  type ConditionKind,
  type ConditionOf,
  handle,
  type Reading,
  type Table,
} from '../../model/index.ts';
import { type AccessPlace, type AccessValues, pathValues, portValues, textValues } from './access-values.ts';

/** The names of a field of `source` or `operation`, for values that are wanted and for such that are not. */
export type FieldNames = readonly [wanted: string, unwanted: string];

/** Where the field can be asked for; a place that is not named has no words for it. */
export interface AccessWords<C extends Condition> {
  readonly source?: FieldNames;
  readonly operation?: FieldNames;
  /** The key of an attribute. https://istio.io/latest/docs/reference/config/security/conditions/ */
  readonly when?: (condition: C) => string;
}

/** In the order of Istio's fields. */
const words: { readonly [K in ConditionKind]: AccessWords<ConditionOf<K>> } = {
  principal: { source: ['principals', 'notPrincipals'], when: () => 'source.principal' },
  namespace: { source: ['namespaces', 'notNamespaces'], when: () => 'source.namespace' },
  port: { operation: ['ports', 'notPorts'], when: () => 'destination.port' },
  method: { operation: ['methods', 'notMethods'] },
  path: { operation: ['paths', 'notPaths'] },
  header: { when: ({ name }) => `request.headers[${name}]` },
  query: {},
};

export const fieldOrder = Object.keys(words) as readonly ConditionKind[];

export function wordsFor(kind: ConditionKind): AccessWords<Condition> {
  return words[kind] as AccessWords<Condition>;
}

const spellings: Table<
  Reading<Condition, 'kind' | 'anyOf' | 'not', { header: 'name'; query: 'name' }>,
  [place: AccessPlace],
  AccessValues
> = {
  path: ({ anyOf }, place) => pathValues(anyOf, place),
  method: ({ anyOf }, place) => textValues(anyOf, place),
  header: ({ anyOf }, place) => textValues(anyOf, place),
  query: ({ anyOf }, place) => textValues(anyOf, place),
  port: ({ anyOf }) => portValues(anyOf),
  principal: ({ anyOf }, place) => textValues(anyOf, place),
  namespace: ({ anyOf }, place) => textValues(anyOf, place),
};

/** What the condition lists, in Istio's spelling. */
export function spelt(condition: Condition, place: AccessPlace): AccessValues {
  return handle(spellings, condition, place);
}
