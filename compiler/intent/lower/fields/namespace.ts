// Callers that are named by the namespace they stand in.
import { isOneOrMore, type StringMatch } from '../../../model/index.ts';
import { type Field, notWritten } from './field.ts';

export const namespace: Field<'namespace'> = {
  kind: 'namespace',
  inMatch: notWritten,
  inRule: notWritten,
  inCallers(callers, not) {
    const anyOf = callers.flatMap(({ value }): readonly StringMatch[] =>
      value.namespace === undefined ? [] : [{ type: 'exact', value: value.namespace }],
    );
    return isOneOrMore(anyOf) ? [{ kind: 'namespace', anyOf, not }] : [];
  },
};
