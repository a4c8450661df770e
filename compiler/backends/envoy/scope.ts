// What a workload may reach: the service ports of its egress scope. Only selection; nothing of Envoy.
import { compareText } from '../../diagnostics/index.ts';
import {
  hostOf,
  isHttp,
  keyOf,
  type MeshIndex,
  type Origin,
  type Service,
  type ServicePort,
  type Workload,
} from '../../model/index.ts';

export interface ReachablePort {
  readonly service: Service;
  readonly port: ServicePort;
}

export interface Reach {
  readonly mode: 'declared' | 'any';
  /** By host, then port number. */
  readonly ports: readonly ReachablePort[];
  /** As the scope names them, whether the mesh has them or not. */
  readonly hosts: readonly string[];
  readonly origin: Origin;
}

/** A workload without a scope uses nothing; whether the rest is passed through is then the mesh's default. */
export function reachOf(index: MeshIndex, workload: Workload): Reach {
  const scope = index.scopeByWorkload.get(keyOf(workload));
  if (!scope) {
    return { mode: index.mesh.settings.egressDefault, ports: [], hosts: [], origin: workload.origin };
  }
  const ports = scope.hosts.flatMap((entry) => {
    const service = index.serviceByHost.get(entry.host);
    return service ? portsOf(service, entry.ports) : [];
  });
  return { mode: scope.mode, ports: sorted(ports), hosts: scope.hosts.map(({ host }) => host), origin: scope.origin };
}

/**
 * True if callers speak HTTP to the port. A port of protocol HTTPS carries TLS of the application itself,
 * unless our side originates the TLS: then the application speaks plain HTTP to its proxy.
 */
export function isHttpPort(index: MeshIndex, { service, port }: ReachablePort): boolean {
  if (isHttp(port.protocol)) return true;
  return port.protocol === 'HTTPS' && index.policyByHost.get(hostOf(service))?.tls.mode === 'SIMPLE';
}

function portsOf(service: Service, numbers: readonly number[]): ReachablePort[] {
  return service.ports
    .filter((port) => numbers.length === 0 || numbers.includes(port.number))
    .map((port) => ({ service, port }));
}

function sorted(ports: readonly ReachablePort[]): readonly ReachablePort[] {
  const unique = new Map(ports.map((p) => [`${hostOf(p.service)}:${p.port.number}`, p]));
  return [...unique.values()].sort(
    (a, b) => compareText(hostOf(a.service), hostOf(b.service)) || a.port.number - b.port.number,
  );
}
