// On which ports of its own a workload serves, and as what: one answer for what its proxy is given and for what is compared.
import type { MeshIndex } from './lookup.ts';
import type { Origin } from './origin.ts';
import { hostOf, type Protocol, type Service, type ServicePort } from './service.ts';
import type { Workload } from './workload.ts';

export interface InboundPort {
  readonly targetPort: number;
  readonly protocol: Protocol;
  readonly origin: Origin;
}

type Services = Pick<MeshIndex, 'servicesOf' | 'machineServicesOf'>;

/** The workload ports of all services that a workload stands behind, by number. Of two ports the first decides. */
export function inboundPortsOf(index: Services, workload: Workload): readonly InboundPort[] {
  const ports = new Map<number, InboundPort>();
  for (const { port } of portsServedBy(index, workload)) {
    const { targetPort, protocol, origin } = port;
    if (!ports.has(targetPort)) ports.set(targetPort, { targetPort, protocol, origin });
  }
  return [...ports.values()].sort((a, b) => a.targetPort - b.targetPort);
}

/** The ports of those services, by host, and of one service as they are listed. */
export function portsServedBy(index: Services, workload: Workload): readonly ServedPort[] {
  const services = [...new Set([...index.servicesOf(workload), ...index.machineServicesOf(workload)])].sort((a, b) =>
    hostOf(a) < hostOf(b) ? -1 : 1,
  );
  return services.flatMap((service) => service.ports.map((port) => ({ service, port })));
}

interface ServedPort {
  readonly service: Service;
  readonly port: ServicePort;
}
