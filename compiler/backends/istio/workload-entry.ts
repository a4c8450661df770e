// WorkloadEntry: a VM as an instance of its ServiceEntry.
import { keyOf, type Labels, type MeshIndex, type Service } from '../../model/index.ts';
import type { EmitContext, Emitter } from './emitter.ts';
import type { Draft } from './object.ts';
import { pruned } from './prune.ts';

export const workloadEntry: Emitter = {
  kind: 'WorkloadEntry',
  emit: (context) =>
    context.mesh.services
      .filter((service) => service.source === 'MeshWorkload')
      .flatMap((service) => toWorkloadEntries(service, context)),
};

/** Labels by which the ServiceEntry of a VM finds its instances. */
export function instanceLabels(service: Service, index: MeshIndex): Labels {
  const selector = Object.keys(service.selector).length > 0 ? service.selector : undefined;
  return selector ?? index.workloadByKey.get(keyOf(service))?.labels ?? { app: service.name };
}

/** One an address. Without an address there is none: instances register themselves. */
function toWorkloadEntries(service: Service, { index }: EmitContext): readonly Draft[] {
  const workload = index.workloadByKey.get(keyOf(service)) ?? index.workloadsOf(service)[0];
  // Istio takes a service account for a sign of a proxy and would speak mutual TLS to a VM without one.
  const tlsMode = workload?.proxy === 'none' ? { 'security.istio.io/tlsMode': 'disabled' } : {};
  const labels = { ...workload?.labels, ...instanceLabels(service, index), ...tlsMode };
  const serviceAccount = workload?.serviceAccount || undefined;
  return service.addresses.map((address, i) => ({
    kind: 'WorkloadEntry',
    name: service.addresses.length === 1 ? service.name : `${service.name}-${i + 1}`,
    namespace: service.namespace,
    labels: service.labels,
    origin: service.origin,
    spec: { address, ...pruned({ labels, serviceAccount }) },
  }));
}
