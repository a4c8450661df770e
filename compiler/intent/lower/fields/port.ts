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
    reportShared(written, owner, context);
    return isOneOrMore(anyOf) ? [{ kind: 'port', anyOf, not: false }] : undefined;
  },
  inCallers: notWritten,
};

/** Who listens on a port does not learn by which port of the service a caller came. */
function reportShared(written: readonly Cursor<number>[], { ports }: ServiceSymbol, { report }: LowerContext): void {
  const named = new Set(written.map(({ value }) => value));
  for (const { value, origin } of written) {
    const port = ports.find(({ number }) => number === value);
    const others = ports.filter(({ number, targetPort }) => targetPort === port?.targetPort && !named.has(number));
    if (!port || others.length === 0) continue;
    const numbers = others.map(({ number }) => number);
    report('FL0458', {
      message: `this rule is for port ${numbers.join(' and ')} as well: the workload listens on ${port.targetPort} for ${[value, ...numbers].join(' and ')}`,
      span: origin,
      hint: `write \`ports: [${[...named, ...numbers].join(', ')}]\`, or give each a \`targetPort\` of its own`,
    });
  }
}

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
