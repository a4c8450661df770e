// `methods`, in routes and access rules alike.
import type { MethodCondition } from '../../../model/index.ts';
import { type Field, notWritten } from './field.ts';

export const method: Field<'method'> = {
  kind: 'method',
  inMatch: ({ value }) => anyMethodOf(value.methods),
  inRule: ({ value }) => anyMethodOf(value.methods),
  inCallers: notWritten,
};

function anyMethodOf(methods: readonly string[] = []): readonly MethodCondition[] {
  if (methods.length === 0) return [];
  return [{ kind: 'method', anyOf: methods.map((value) => ({ type: 'exact', value })), not: false }];
}
