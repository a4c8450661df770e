// Mutual TLS towards services of the mesh, where Istio has to be told of it.
import {
  hasProxy,
  hostOf,
  type MeshIndex,
  type MtlsMode,
  type PeerAuthentication,
  type Service,
  type ServicePort,
  workloadsBehind,
} from '../../model/index.ts';
import type { EmitContext } from './emitter.ts';

const takesMutualTls: Readonly<Record<MtlsMode, boolean>> = { STRICT: true, PERMISSIVE: true, DISABLE: false };

/** Ports of a service towards which a rule must ask for mutual TLS. */
export interface ToldPorts {
  readonly ports: readonly number[];
  /** Whether these are all ports that it has. */
  readonly areAll: boolean;
}

const none: ToldPorts = { ports: [], areAll: false };

/**
 * By itself Istio finds out for each instance whether it takes mutual TLS, but not where the namespace of the service, or the mesh, turns
 * it off: then it never looks at policies for single workloads or ports, and callers speak plain text.
 * https://istio.io/latest/docs/concepts/security/#auto-mutual-tls
 */
export function toldPorts(service: Service, { index, report }: EmitContext): ToldPorts {
  if (service.identities.length === 0 || takesMutualTls[demandOfNamespace(service.namespace, index)]) return none;
  const ports = service.ports.filter((port) => {
    const takes = takersOf(service, port, index);
    const taking = takes.some(Boolean);
    if (taking && !takes.every(Boolean)) {
      report('FL0517', {
        message: `some workloads behind port ${port.number} of ${hostOf(service)} take mutual TLS and some do not, and where it is off for all Istio cannot tell them apart`,
        span: port.origin,
        hint: 'let them all demand the same, or set mtls: permissive for the mesh',
      });
    }
    return taking;
  });
  return { ports: ports.map(({ number }) => number), areAll: ports.length === service.ports.length };
}

function takersOf(service: Service, { targetPort }: ServicePort, index: MeshIndex): readonly boolean[] {
  return workloadsBehind(index, service, {}).map(
    (workload) => hasProxy(workload) && takesMutualTls[index.mtlsOf(workload, targetPort).mode],
  );
}

/** What holds for all workloads of a namespace, as far as Istio looks before it builds a cluster. */
function demandOfNamespace(namespace: string, { mesh }: MeshIndex): MtlsMode {
  const { rootNamespace, mtls } = mesh.settings;
  const isFor = ({ target }: PeerAuthentication, whole: string) =>
    target.namespace === whole && Object.keys(target.labels).length === 0;
  const policies = mesh.peerAuthentications;
  const decides =
    policies.find((policy) => isFor(policy, namespace)) ?? policies.find((policy) => isFor(policy, rootNamespace));
  return decides?.mode ?? mtls;
}
