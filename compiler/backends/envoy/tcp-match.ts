// Which route a TCP connection takes, as far as the caller's proxy can tell: it sees the port that was dialled.
import {
  type Clause,
  type Condition,
  type ConditionKind,
  type RouteTable,
  type TcpRoute,
  tcpRouteOn,
} from '../../model/index.ts';

/** What Envoy can ask of a TCP connection on the caller's side. */
const isExpressible: Readonly<Record<ConditionKind, boolean>> = {
  path: false,
  method: false,
  header: false,
  query: false,
  port: true,
  principal: false,
  namespace: false,
};

/** Clauses that Envoy cannot express are left out: see conflicts.ts. */
export function tcpRouteFor(table: RouteTable | undefined, port: number): TcpRoute | undefined {
  return tcpRouteOn(table, port, (clause) => inexpressibleOnTcp(clause).length === 0);
}

/** Conditions of the clause that Envoy has no words for. */
export function inexpressibleOnTcp({ all }: Clause): readonly Condition[] {
  return all.filter((condition) => !isExpressible[condition.kind]);
}
