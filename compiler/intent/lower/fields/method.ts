// `methods`, in routes and access rules alike.
import { isOneOrMore, type MethodCondition } from '../../../model/index.ts';
import { type Field, notWritten } from './field.ts';

export const method: Field<'method'> = {
  kind: 'method',
  inMatch: ({ value }) => anyMethodOf(value.methods),
  inRule: ({ value }) => anyMethodOf(value.methods),
  inCallers: notWritten,
};

function anyMethodOf(methods: readonly string[] = []): readonly MethodCondition[] {
  const anyOf = methods.map((value) => ({ type: 'exact', value }) as const);
  return isOneOrMore(anyOf) ? [{ kind: 'method', anyOf, not: false }] : [];
}
