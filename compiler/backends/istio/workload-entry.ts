// WorkloadEntry: a VM as an instance of its ServiceEntry.
import {
  isOnMachines,
  keyOf,
  type Labels,
  type MeshIndex,
  nothingLeft,
  type Service,
  type Workload,
} from '../../model/index.ts';
import { type EmitContext, emitterOf } from './emitter.ts';
import type { Draft } from './object.ts';
import { pruned } from './prune.ts';

export const workloadEntry = emitterOf('services', (context) =>
  context.mesh.services.filter(isOnMachines).flatMap((service) => toWorkloadEntries(service, context)),
);

/** Labels by which the ServiceEntry of a VM finds its instances. */
export function instanceLabels(service: Service, index: MeshIndex): Labels {
  const selector = Object.keys(service.selector).length > 0 ? service.selector : undefined;
  return selector ?? index.workloadByKey.get(keyOf(service))?.labels ?? { app: service.name };
}

/** One an address. Without an address there is none: instances register themselves. */
function toWorkloadEntries(service: Service, { index }: EmitContext): readonly Draft[] {
  const workload = index.workloadByKey.get(keyOf(service)) ?? index.workloadsOf(service)[0];
  const { marks = {}, labels: shared, serviceAccount } = workload ? instanceOf(workload) : {};
  const labels = { ...shared, ...instanceLabels(service, index), ...marks };
  return service.addresses.map((address, i) => ({
    kind: 'WorkloadEntry',
    name: service.addresses.length === 1 ? service.name : `${service.name}-${i + 1}`,
    namespace: service.namespace,
    labels: service.labels,
    origin: service.origin,
    spec: { address, ...pruned({ labels, serviceAccount }) },
  }));
}

/** Istio takes a service account for a sign of a proxy and would speak mutual TLS to a VM without one. */
const proxyMarks: Record<Workload['proxy'], Labels> = {
  sidecar: {},
  gateway: {},
  none: { 'security.istio.io/tlsMode': 'disabled' },
};

interface Instance {
  readonly labels?: Labels;
  readonly marks?: Labels;
  readonly serviceAccount?: string | undefined;
}

/** What an entry says of the workload that it is an instance of, whose name is that of the service. */
function instanceOf(workload: Workload): Instance {
  const {
    kind: _kind,
    origin: _origin,
    name: _name,
    namespace: _namespace,
    labels,
    serviceAccount,
    proxy,
    ...rest
  } = workload;
  nothingLeft(rest);
  return { labels, marks: proxyMarks[proxy], serviceAccount: serviceAccount || undefined };
}
