// WorkloadEntry: a VM as an instance of whichever services select its labels.
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

/** Labels by which a service that has no addresses of its own finds its instances. */
export function instanceLabels(service: Service, index: MeshIndex): Labels {
  const selector = Object.keys(service.selector).length > 0 ? service.selector : undefined;
  return selector ?? index.workloadByKey.get(keyOf(service))?.labels ?? { app: service.name };
}

type Fields = Readonly<Record<string, unknown>>;

/** The instances that are written down, one an address: as endpoints of the ServiceEntry, and as WorkloadEntries. */
export function writtenInstances(service: Service, index: MeshIndex): readonly Fields[] {
  const workload = index.workloadByKey.get(keyOf(service)) ?? index.workloadsOf(service)[0];
  const { marks = {}, labels: shared, serviceAccount } = workload ? instanceOf(workload) : {};
  const labels = { ...shared, ...instanceLabels(service, index), ...marks };
  return service.addresses.map((address) => ({ address, ...pruned({ labels, serviceAccount }) }));
}

/**
 * For the Kubernetes Services that select a VM by its labels. Istio adds the labels of the object to those of the instance, and they win:
 * labels of the intent object, which say who owns it, would put it behind services.
 * Without an address there is none: instances register themselves.
 */
function toWorkloadEntries(service: Service, { index }: EmitContext): readonly Draft[] {
  const instances = writtenInstances(service, index);
  return instances.map((spec, i) => ({
    kind: 'WorkloadEntry',
    name: instances.length === 1 ? service.name : `${service.name}-${i + 1}`,
    namespace: service.namespace,
    labels: {},
    origin: service.origin,
    spec,
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
    settingPlaces: _places,
    ...rest
  } = workload;
  nothingLeft(rest);
  return { labels, marks: proxyMarks[proxy], serviceAccount: serviceAccount || undefined };
}
