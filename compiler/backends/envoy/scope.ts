// What a workload may reach: the service ports of its egress scope. Only selection; nothing of Envoy.
import { compareText } from '../../diagnostics/index.ts';
import {
  hostOf,
  keyOf,
  type MeshIndex,
  nothingLeft,
  type Origin,
  type Service,
  type ServicePort,
  type Workload,
  isOpenEgress,
} from '../../model/index.ts';

export interface ReachablePort {
  readonly service: Service;
  readonly port: ServicePort;
}

export interface Reach {
  /** What is not in scope is sent where it was going; else it is refused. */
  readonly isOpen: boolean;
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
    return { isOpen: isOpenEgress(index.mesh.settings.egressDefault), ports: [], hosts: [], origin: workload.origin };
  }
  const { kind: _kind, origin, workload: _workload, mode, hosts, ...rest } = scope;
  nothingLeft(rest);
  const uses = hosts.map(({ kind: _k, origin: _origin, host, namespace: _namespace, ports, ...unread }) => {
    nothingLeft(unread);
    return { host, ports };
  });
  const ports = uses.flatMap((use) => {
    const service = index.serviceByHost.get(use.host);
    return service ? portsOf(service, use.ports) : [];
  });
  return { isOpen: isOpenEgress(mode), ports: sorted(ports), hosts: uses.map(({ host }) => host), origin };
}

function portsOf(service: Service, numbers: readonly number[]): ReachablePort[] {
  return service.ports
    .filter((port) => numbers.length === 0 || numbers.includes(port.number))
    .map((port) => ({ service, port }));
}

function sorted(ports: readonly ReachablePort[]): readonly ReachablePort[] {
  const unique = new Map(ports.map((p) => [p.port, p]));
  return [...unique.values()].sort(
    (a, b) => compareText(hostOf(a.service), hostOf(b.service)) || a.port.number - b.port.number,
  );
}
