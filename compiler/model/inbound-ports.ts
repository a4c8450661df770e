// On which ports of its own a workload serves, and as what: one answer for what its proxy is given and for what is compared.
import type { MeshIndex } from './lookup.ts';
import type { Origin } from './origin.ts';
import { hostOf, type Protocol } from './service.ts';
import type { Workload } from './workload.ts';

export interface InboundPort {
  readonly targetPort: number;
  readonly protocol: Protocol;
  readonly origin: Origin;
}

/** The workload ports of all services that a workload stands behind, by number. Of two services the first by host decides. */
export function inboundPortsOf(
  index: Pick<MeshIndex, 'servicesOf' | 'machineServicesOf'>,
  workload: Workload,
): readonly InboundPort[] {
  const services = [...new Set([...index.servicesOf(workload), ...index.machineServicesOf(workload)])].sort((a, b) =>
    hostOf(a) < hostOf(b) ? -1 : 1,
  );
  const ports = new Map<number, InboundPort>();
  for (const { targetPort, protocol, origin } of services.flatMap((s) => s.ports)) {
    if (!ports.has(targetPort)) ports.set(targetPort, { targetPort, protocol, origin });
  }
  return [...ports.values()].sort((a, b) => a.targetPort - b.targetPort);
}
