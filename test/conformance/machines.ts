// Machines that services have as instances, played by this process at the addresses that the intent gives them.
import {
  addressesOf,
  indexMesh,
  keyOf,
  type Mesh,
  type WorkloadInstance,
  type Workload,
  type MeshIndex,
} from '../../compiler/index.ts';
import { type Application, servers } from './applications.ts';

/** As discovery reports them. */
export function machineInstances(mesh: Mesh): readonly WorkloadInstance[] {
  const index = indexMesh(mesh);
  return playable(index).map(({ workload, address }) => ({
    name: workload.name,
    namespace: workload.namespace,
    labels: workload.labels,
    serviceAccount: '',
    address,
    ports: {},
    healthy: true,
  }));
}

export function machineApplications(mesh: Mesh): readonly Application[] {
  const index = indexMesh(mesh);
  return playable(index).flatMap(({ workload, address }) =>
    index.servicesOf(workload).flatMap(({ ports }) =>
      ports.map(({ targetPort, protocol }) => ({
        instance: keyOf(workload),
        workload: keyOf(workload),
        version: workload.labels.version ?? '',
        port: String(targetPort),
        protocol: servers[protocol],
        listen: { address, port: targetPort },
      })),
    ),
  );
}

/** Only on this machine can one play them. */
function playable(index: MeshIndex): readonly { readonly workload: Workload; readonly address: string }[] {
  return index.mesh.workloads
    .filter((workload) => index.servicesOf(workload).length > 0)
    .flatMap((workload) => addressesOf(index, workload).map((address) => ({ workload, address })))
    .filter(({ address }) => address.startsWith('127.'));
}
