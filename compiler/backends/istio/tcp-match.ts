// Clauses of a TcpRoute as the ports that they stand for: a port is all that Istio and the model both know of a connection here.
import type { Report } from '../../diagnostics/index.ts';
import {
  type Clause,
  type ConditionKind,
  isHttp,
  mayHoldOnPort,
  nothingLeft,
  type Service,
} from '../../model/index.ts';
import { reportInexpressible } from './inexpressible.ts';
import { listedPorts } from './listed-ports.ts';

/** Whether Istio can match connections by it. */
const isExpressible: Readonly<Record<ConditionKind, (clause: Clause, service: Service | undefined) => boolean>> = {
  path: () => false,
  method: () => false,
  header: () => false,
  query: () => false,
  // All ports but some can be counted up where the ports are known.
  port: (clause, service) => listedPorts(clause) !== undefined || service !== undefined,
  principal: () => false,
  namespace: () => false,
};

/** Undefined stands for any port; empty if the clause cannot be expressed, which is reported. */
export function portsOf(clause: Clause, service: Service | undefined, report: Report): readonly (number | undefined)[] {
  const { kind: _kind, origin, all, ...rest } = clause;
  nothingLeft(rest);
  const broken = all.filter((condition) => !isExpressible[condition.kind](clause, service));
  for (const condition of broken) reportInexpressible(condition, 'a route for connections', origin, report);
  if (broken.length > 0) return [];
  return listedPorts(clause) ?? (service ? connectionPorts(service, clause) : [undefined]);
}

function connectionPorts({ ports }: Service, clause: Clause): readonly number[] {
  return ports
    .filter(({ protocol, number }) => !isHttp(protocol) && mayHoldOnPort(clause, number))
    .map(({ number }) => number);
}
