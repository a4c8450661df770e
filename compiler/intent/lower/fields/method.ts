// `methods`, in routes and access rules alike.
import { isOneOrMore, type MethodCondition } from '../../../model/index.ts';
import { lowerMethods } from '../methods.ts';
import { type Field, notWritten } from './field.ts';

export const method: Field<'method'> = {
  kind: 'method',
  inMatch: (match, { report }) => anyMethodOf(lowerMethods(match.list('methods'), report)),
  inRule(rule, _owner, { report }) {
    const written = rule.list('methods');
    const methods = lowerMethods(written, report);
    return written.length > 0 && methods.length === 0 ? undefined : anyMethodOf(methods);
  },
  inCallers: notWritten,
};

function anyMethodOf(methods: readonly string[]): readonly MethodCondition[] {
  const anyOf = methods.map((value) => ({ type: 'exact', value }) as const);
  return isOneOrMore(anyOf) ? [{ kind: 'method', anyOf, not: false }] : [];
}
