// Whose proxy gets a new configuration: a workload is touched when what it enforces, or what it may reach, has other content.
import { egressMode } from '../analysis/index.ts';
import { hostOf, keyOf, type MeshIndex, type Workload, runsGateway, hasSidecar } from '../model/index.ts';
import { hostContent, proxyContent } from './involved.ts';

/** Sorted keys of workloads with a proxy, gateways included. */
export function touchedWorkloads(base: MeshIndex, head: MeshIndex): string[] {
  const [before, after] = [configurations(base), configurations(head)];
  const keys = new Set([...before.keys(), ...after.keys()]);
  return [...keys].filter((key) => before.get(key) !== after.get(key)).sort();
}

function configurations(index: MeshIndex): Map<string, string> {
  const hostKeys = new Map<string, string>();
  const keyOfHost = (host: string) => {
    const known = hostKeys.get(host);
    if (known !== undefined) return known;
    const made = hostContent(index, host);
    hostKeys.set(host, made);
    return made;
  };
  const found = new Map<string, string>();
  for (const workload of index.mesh.workloads) {
    const key = keyOf(workload);
    if (runsGateway(workload)) found.set(key, proxyContent(index, workload));
    else if (hasSidecar(workload)) found.set(key, sidecarKey(index, workload, keyOfHost));
  }
  return found;
}

function sidecarKey(index: MeshIndex, workload: Workload, keyOfHost: (host: string) => string): string {
  const hosts = new Set(index.usesOf(workload).map(({ service }) => hostOf(service)));
  return [egressMode(index, workload), proxyContent(index, workload), ...[...hosts].map(keyOfHost)].join('\n');
}
