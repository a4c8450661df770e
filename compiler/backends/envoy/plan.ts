// A mesh made ready for many proxies: the index and the memory of what was built. Building happens in the other files.
import type { DestinationPolicy, MeshIndex, RouteTable } from '../../model/index.ts';
import type { BuiltCluster, BuiltVirtualHost } from './built.ts';
import type { ClusterJson, ProxySnapshot, RouteConfigurationJson } from './proxy-snapshot.ts';

/**
 * What `snapshotFor` works from. Proxies that need the same cluster or route configuration get the same object, and plans that
 * follow one another share whatever did not change, so that whoever encodes it can remember the bytes by identity (a WeakMap).
 */
export interface EnvoyPlan {
  readonly index: MeshIndex;
  /** How many plans came before, each made from the last. */
  readonly generation: number;
  /** By canonical host. */
  readonly hosts: Map<string, HostParts>;
  readonly inboundClusters: Map<string, ClusterJson>;
  readonly routeConfigurations: Map<string, Kept<RouteConfigurationJson>>;
  /** By workload and placement. */
  readonly snapshots: Map<string, Kept<ProxySnapshot>>;
  /** What targets had in the plan before and cannot keep as a whole. */
  readonly outdated: Map<string, ProxySnapshot>;
}

/**
 * Made of one host's part of the mesh and nothing else: its service, tables, policies, and the workloads behind it.
 * Clients may be given different tables and policies, so what is made of them is kept apart.
 */
export interface HostParts {
  /** By the policy that the client is given; then by port, subset, and whatever of the placement shapes the cluster. */
  readonly clusters: Map<DestinationPolicy | undefined, Map<string, BuiltCluster>>;
  /** By the table that the client is given. */
  readonly virtualHosts: Map<RouteTable | undefined, Map<string, BuiltVirtualHost>>;
}

/** Good for as long as none of `hosts` changes. */
export interface Kept<T> {
  readonly value: T;
  readonly hosts: readonly string[];
  /** The last plan that was asked for it. */
  generation: number;
}

export function partsOf(plan: EnvoyPlan, host: string): HostParts {
  return remember(plan.hosts, host, () => ({ clusters: new Map(), virtualHosts: new Map() }));
}

/** The value under `key`, made on first use. */
export function remember<K, T>(memory: Map<K, T>, key: K, make: () => T): T {
  const known = memory.get(key);
  if (known !== undefined) return known;
  const made = make();
  memory.set(key, made);
  return made;
}

/** As `remember`, with the hosts that the value depends on. */
export function keep<T>(
  plan: EnvoyPlan,
  memory: Map<string, Kept<T>>,
  key: string,
  make: () => { readonly value: T; readonly hosts: readonly string[] },
): T {
  const kept = remember(memory, key, () => ({ ...make(), generation: plan.generation }));
  kept.generation = Math.max(kept.generation, plan.generation);
  return kept.value;
}
