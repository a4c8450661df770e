// Callers that no rule in question tells apart need to be looked at only once.
import type { MeshIndex, Service, Workload } from '../../model/index.ts';
import { peerSignature } from './access.ts';
import { callerOfWorkload } from './caller.ts';
import { egressMode, scopeEntry } from './find-host.ts';
import { unmeshed } from '../verdict.ts';

/**
 * Equal for callers that fare alike with every request to a service's port,
 * whose traffic may end at `targets`. A key without a workload has a signature of its own.
 */
export function callerSignature(
  index: MeshIndex,
  key: string,
  destination: { readonly service: Service | undefined; readonly port: number; readonly targets: readonly Workload[] },
): string {
  if (key === unmeshed) return 'unmeshed';
  const workload = index.workloadByKey.get(key);
  if (!workload) return 'missing';
  const caller = callerOfWorkload(index, workload);
  if (caller.kind !== 'sidecar') return caller.kind;
  const { service, port, targets } = destination;
  if (!service || !scopeEntry(index, workload, service, port)) return `out of scope, ${egressMode(index, workload)}`;
  const peer = { ...(caller.principal && { principal: caller.principal }), namespace: caller.namespace };
  const rules = targets.flatMap((target) => index.authorizationOf(target).flatMap((policy) => policy.rules));
  return rules.map((rule) => peerSignature(rule, peer)).join('');
}
