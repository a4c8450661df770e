// Which workloads have instances that a version's labels may select, as far as the mesh alone tells.
import type { MeshIndex } from './lookup.ts';
import { hasOwnAddresses, type Labels, selectsWorkloads, type Service } from './service.ts';
import { hasProxy, isSelected, keyOf, type Workload } from './workload.ts';

/** The workloads whose instances the labels may select. A version label is on instances and need not be on the workload. */
export function workloadsBehind(index: MeshIndex, service: Service, labels: Labels): readonly Workload[] {
  const own = index.workloadByKey.get(keyOf(service));
  const workloads = selectsWorkloads(service) ? index.workloadsOf(service) : own ? [own] : [];
  return workloads.filter((workload) => mayCarry(index, workload, labels));
}

/**
 * A workload's labels are those that its instances share: only a contrary label proves that none carries the version's.
 * A machine has all its labels here: Istio and Envoy put an endpoint into a subset only if it carries all of the subset's.
 */
export function mayCarry(index: MeshIndex, workload: Workload, labels: Labels): boolean {
  if (hasKnownInstances(index, workload)) return isSelected(labels, workload.labels);
  return Object.entries(labels).every(([key, value]) => (workload.labels[key] ?? value) === value);
}

/** Whether it is no pod: Kubernetes knows nothing of it, and sends it nothing that is addressed to a Service. */
export function isMachine(index: MeshIndex, workload: Workload): boolean {
  return index.machineServicesOf(workload).length > 0;
}

/** Where its instances are written down, the addresses; sorted. */
export function addressesOf(index: MeshIndex, workload: Workload): readonly string[] {
  const own = index.machineServicesOf(workload).filter(hasOwnAddresses);
  return [...new Set(own.flatMap(({ addresses }) => addresses))].sort();
}

/** Where instances that the labels select are known to have no proxy, and so to speak plain text; sorted. */
export function plainAddresses(index: MeshIndex, service: Service, labels: Labels): readonly string[] {
  const without = workloadsBehind(index, service, labels).filter((workload) => !hasProxy(workload));
  return [...new Set(without.flatMap((workload) => addressesOf(index, workload)))].sort();
}

/** Whether its instances are written down, and do not come and go with labels of their own. */
function hasKnownInstances(index: MeshIndex, workload: Workload): boolean {
  return addressesOf(index, workload).length > 0;
}
