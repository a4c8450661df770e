// `ports` of an access rule: ports of the service, which the model knows there as those of the workload.
import { isOneOrMore } from '../../../model/index.ts';
import type { Cursor } from '../../../syntax/index.ts';
import type { ServiceSymbol } from '../../symbols.ts';
import type { LowerContext } from '../context.ts';
import { portsHint } from '../destinations.ts';
import { type Field, notWritten } from './field.ts';

export const port: Field<'port'> = {
  kind: 'port',
  inMatch: notWritten,
  inRule(rule, owner, context) {
    const written = rule.list('ports');
    const anyOf = written.flatMap((port) => targetPortOf(port, owner, context));
    if (written.length === 0) return [];
    return isOneOrMore(anyOf) ? [{ kind: 'port', anyOf, not: false }] : undefined;
  },
  inCallers: notWritten,
};

function targetPortOf(port: Cursor<number>, symbol: ServiceSymbol, { report }: LowerContext): readonly number[] {
  const found = symbol.ports.find((candidate) => candidate.number === port.value);
  if (found) return [found.targetPort];
  report('FL0308', {
    message: `"${symbol.namespace}/${symbol.name}" has no port ${port.value}`,
    span: port.origin,
    hint: portsHint(symbol.ports),
  });
  return [];
}
