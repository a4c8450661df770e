// The service ports that a clause names. Istio matches one port at a time and knows no `not`.
import { type Clause, conditionsOf, mayHoldOnPort, type ConditionOf, type Reading } from '../../model/index.ts';

type Port = Reading<ConditionOf<'port'>, 'kind' | 'anyOf' | 'not'>;

/** Without those that another condition of the clause rules out; undefined for a clause that names none, if only some it is not about. */
export function listedPorts(clause: Clause): readonly number[] | undefined {
  const listed: Port | undefined = conditionsOf(clause, 'port').find(({ not }) => !not);
  return listed?.anyOf.filter((port) => mayHoldOnPort(clause, port));
}
