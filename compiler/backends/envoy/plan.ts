// A mesh made ready for many proxies: the index and the parts that proxies share. Building happens in the other files.
import { indexMesh, type Mesh, type MeshIndex } from '../../model/index.ts';
import type { BuiltCluster } from './clusters.ts';
import type { RouteConfigurationJson } from './proxy-snapshot.ts';
import type { BuiltVirtualHost } from './routes.ts';

/**
 * What `snapshotFor` works from. Proxies that need the same cluster or route configuration get the same object,
 * so that whoever encodes them can remember the bytes by identity (a WeakMap).
 */
export interface EnvoyPlan {
  readonly index: MeshIndex;
  /** By name and whatever of the placement shapes the cluster. */
  readonly clusters: Map<string, BuiltCluster>;
  readonly virtualHosts: Map<string, BuiltVirtualHost>;
  readonly routeConfigurations: Map<string, RouteConfigurationJson>;
}

/** Cheap: everything is built when first asked for. */
export function planEnvoy(mesh: Mesh): EnvoyPlan {
  return { index: indexMesh(mesh), clusters: new Map(), virtualHosts: new Map(), routeConfigurations: new Map() };
}

/** The value under `key`, made on first use. */
export function remember<T>(memory: Map<string, T>, key: string, make: () => T): T {
  const known = memory.get(key);
  if (known !== undefined) return known;
  const made = make();
  memory.set(key, made);
  return made;
}
