// Callers that are named by what they are: a service, a gateway or a workload, each with an identity.
import { isOneOrMore, nothingLeft, principal as principalOf, type StringMatch } from '../../../model/index.ts';
import type { Cursor } from '../../../syntax/index.ts';
import type { CallerIntent } from '../../kinds.ts';
import type { LowerContext } from '../context.ts';
import { type Field, notWritten } from './field.ts';

export const principal: Field<'principal'> = {
  kind: 'principal',
  inMatch: notWritten,
  inRule: notWritten,
  inCallers(callers, not, context) {
    const anyOf = callers.flatMap((caller) => identityOf(caller, context));
    return isOneOrMore(anyOf) ? [{ kind: 'principal', anyOf, not }] : [];
  },
};

/** A caller that cannot be resolved matches nobody: without a condition it would match everybody. */
function identityOf(caller: Cursor<CallerIntent>, { resolver, global }: LowerContext): readonly StringMatch[] {
  const { namespace, service: _service, gateway: _gateway, workload: _workload, ...rest } = caller.value;
  nothingLeft(rest);
  if (namespace !== undefined) return [];
  const service = caller.get('service');
  const gateway = caller.get('gateway');
  const workload = caller.get('workload');
  const found =
    (service && resolver.target(service, 'MeshService')) ??
    (gateway && resolver.gateway(gateway)) ??
    (workload && resolver.target(workload, 'MeshWorkload'));
  const { trustDomain } = global.settings;
  return [{ type: 'exact', value: found ? principalOf(trustDomain, found.namespace, found.serviceAccount) : 'nobody' }];
}
