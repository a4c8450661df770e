// Machines that services have as instances, played at the addresses that the intent gives them.
import { addressesOf, keyOf, type MeshIndex, type Workload, type WorkloadInstance } from '../../compiler/index.ts';
import { type Application, servers } from './applications.ts';

/** Whether whoever plays them has the address. */
type IsPlayable = (address: string) => boolean;

/** On this machine. */
const isLoopback: IsPlayable = (address) => address.startsWith('127.');
/** In a network that is made for the test. */
export const isAnywhere: IsPlayable = () => true;

interface Machine {
  readonly workload: Workload;
  readonly address: string;
}

/** As discovery reports them. */
export function machineInstances(index: MeshIndex, isPlayable: IsPlayable = isLoopback): readonly WorkloadInstance[] {
  return playable(index, isPlayable).map(({ workload, address }) => ({
    name: workload.name,
    namespace: workload.namespace,
    labels: workload.labels,
    serviceAccount: '',
    address,
    ports: {},
    healthy: true,
  }));
}

export function machineApplications(index: MeshIndex, isPlayable: IsPlayable = isLoopback): readonly Application[] {
  return playable(index, isPlayable).flatMap(({ workload, address }) =>
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

function playable(index: MeshIndex, isPlayable: IsPlayable): readonly Machine[] {
  return index.mesh.workloads
    .filter((workload) => index.servicesOf(workload).length > 0)
    .flatMap((workload) => addressesOf(index, workload).map((address) => ({ workload, address })))
    .filter(({ address }) => isPlayable(address));
}
