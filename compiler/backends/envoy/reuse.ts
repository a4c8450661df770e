// What of one mesh is still so in the next, and so need not be built again. Compares; builds nothing.
// A workload's snapshot depends on the mesh's settings, on what `isWorkloadSame` compares, and on what `isHostSame` compares for
// every host it names. A builder that looks at anything else must be told of here: the property test would show it.
import { hostOf, isSameData, type Mesh, type MeshIndex, type Workload } from '../../model/index.ts';
import { candidatesOf } from './clusters.ts';
import { gatewaysOf } from './gateway-listeners.ts';
import { vmServicesOf } from './inbound.ts';
import type { ProxySnapshot } from './proxy-snapshot.ts';

type Named = { readonly namespace: string; readonly name: string };

/** The same mesh, made of the nodes of the one before wherever nothing changed; so identity tells what did. */
export function reuseNodes(before: Mesh, after: Mesh): Mesh {
  const byName = (node: Named) => `${node.namespace}/${node.name}`;
  return {
    ...after,
    settings: isSameData(before.settings, after.settings) ? before.settings : after.settings,
    services: reuse(before.services, after.services, byName),
    workloads: reuse(before.workloads, after.workloads, byName),
    routeTables: reuse(before.routeTables, after.routeTables, byName),
    destinationPolicies: reuse(before.destinationPolicies, after.destinationPolicies, byName),
    authorizationPolicies: reuse(before.authorizationPolicies, after.authorizationPolicies, byName),
    peerAuthentications: reuse(before.peerAuthentications, after.peerAuthentications, byName),
    gateways: reuse(before.gateways, after.gateways, byName),
    egressScopes: reuse(before.egressScopes, after.egressScopes, (scope) => scope.workload),
  };
}

/** What was there before, if all that counts of it is equal. */
export function reuseResources(before: ProxySnapshot, after: ProxySnapshot): ProxySnapshot {
  const named = ({ name }: { readonly name?: string }) => name ?? '';
  return {
    ...after,
    listeners: reuse(before.listeners, after.listeners, named),
    routes: reuse(before.routes, after.routes, named),
    clusters: reuse(before.clusters, after.clusters, named),
    endpoints: reuse(before.endpoints, after.endpoints, (selector) => selector.cluster),
    secrets: reuse(before.secrets, after.secrets, named),
  };
}

function reuse<T extends object>(before: readonly T[], after: readonly T[], keyOf: (item: T) => string): readonly T[] {
  // Most changes leave the order as it was; then nothing need be looked up by name.
  let known: ReadonlyMap<string, T> | undefined;
  // Two nodes that are equal in everything stay two.
  const taken = new Set<T>();
  const items = after.map((item, i) => {
    const there = before[i];
    if (item !== there)
      known ??= there && keyOf(there) === keyOf(item) ? undefined : new Map(before.map((old) => [keyOf(old), old]));
    const old = item === there ? item : known ? known.get(keyOf(item)) : there;
    const kept = old && !taken.has(old) && (old === item || isSameData(old, item)) ? old : item;
    taken.add(kept);
    return kept;
  });
  return isSameList(before, items) ? before : items;
}

/** The lists in which something is found. */
type Source = 'behind' | 'peers' | 'access' | 'edge';

/** Compares two meshes of which the second was made by `reuseNodes`. Answers are remembered. */
export class Unchanged {
  readonly #before: MeshIndex;
  readonly #after: MeshIndex;
  readonly #hosts = new Map<string, boolean>();
  readonly #workloads = new Map<string, boolean>();
  /** Where whole lists are the same, so is all that is found in them. */
  readonly #same: Readonly<Record<Source, boolean>>;

  constructor(before: MeshIndex, after: MeshIndex) {
    this.#before = before;
    this.#after = after;
    const isSame = (...lists: readonly (keyof Mesh)[]) => lists.every((list) => before.mesh[list] === after.mesh[list]);
    this.#same = {
      behind: isSame('services', 'workloads'),
      peers: isSame('peerAuthentications'),
      access: isSame('authorizationPolicies'),
      edge: isSame('gateways', 'routeTables'),
    };
  }

  /** Whoever names the host under one of several names depends on the canonical one as well. */
  isHostSame(host: string): boolean {
    return remembered(this.#hosts, host, () => {
      const { serviceByHost, policyByHost, tableByHost } = this.#before;
      return (
        serviceByHost.get(host) === this.#after.serviceByHost.get(host) &&
        policyByHost.get(host) === this.#after.policyByHost.get(host) &&
        tableByHost.get(host) === this.#after.tableByHost.get(host) &&
        this.#isSame(['behind', 'peers'], (index) => workloadsBehind(index, host))
      );
    });
  }

  isWorkloadSame(key: string): boolean {
    return remembered(this.#workloads, key, () => {
      const workload = this.#after.workloadByKey.get(key);
      if (!workload || workload !== this.#before.workloadByKey.get(key)) return false;
      if (this.#before.scopeByWorkload.get(key) !== this.#after.scopeByWorkload.get(key)) return false;
      return (
        this.#isSame(['behind'], (index) => [...index.servicesOf(workload), ...vmServicesOf(index, workload)]) &&
        this.#isSame(['peers'], (index) => [peerOf(index, workload)]) &&
        this.#isSame(['access'], (index) => index.authorizationOf(workload)) &&
        (workload.proxy !== 'gateway' || this.#isSame(['edge'], (index) => servedAtEdge(index, workload)))
      );
    });
  }

  #isSame(sources: readonly Source[], find: (index: MeshIndex) => readonly unknown[]): boolean {
    return sources.every((source) => this.#same[source]) || isSameList(find(this.#before), find(this.#after));
  }
}

function workloadsBehind(index: MeshIndex, host: string): readonly unknown[] {
  const service = index.serviceByHost.get(host);
  if (!service || hostOf(service) !== host) return [];
  return candidatesOf(index, service, {}).flatMap((workload) => [workload, peerOf(index, workload)]);
}

/** What decides for a workload decides for all its ports. */
function peerOf(index: MeshIndex, workload: Workload): unknown {
  return index.mtlsOf(workload, 0).decidedBy;
}

function servedAtEdge(index: MeshIndex, workload: Workload): readonly unknown[] {
  return gatewaysOf(index, workload).flatMap((gateway) => [
    gateway,
    ...index.tablesOfGateway(`${gateway.namespace}/${gateway.name}`),
  ]);
}

function isSameList(a: readonly unknown[], b: readonly unknown[]): boolean {
  return a.length === b.length && a.every((item, i) => item === b[i]);
}

function remembered(answers: Map<string, boolean>, key: string, answer: () => boolean): boolean {
  const known = answers.get(key);
  if (known !== undefined) return known;
  const found = answer();
  answers.set(key, found);
  return found;
}
