// Puts together what one proxy is given. The parts are built in the other files; here is only what belongs to whom.
import { compareText } from '../../diagnostics/index.ts';
import {
  hostOf,
  keyOf,
  type MeshSettings,
  nothingLeft,
  type Origin,
  spiffeId,
  type Workload,
} from '../../model/index.ts';
import type { ClusterReference } from './cluster-reference.ts';
import type { BuiltCluster } from './built.ts';
import { outboundCluster } from './clusters.ts';
import { buildGateway } from './gateway-listeners.ts';
import { sidecarListeners } from './listeners.ts';
import { blackHole, passthrough } from './own-clusters.ts';
import { type EnvoyPlan, keep } from './plan.ts';
import type {
  ClusterJson,
  ListenerJson,
  Placement,
  ProxySnapshot,
  ProxyTarget,
  RouteConfigurationJson,
} from './proxy-snapshot.ts';
import { reuseResources } from './reuse.ts';
import { outboundRoutes } from './routes.ts';
import { type Reach, reachOf } from './scope.ts';
import { secretsOf } from './secrets.ts';

/** Everything a proxy of the target needs. Undefined for a workload the mesh does not have, or that has no proxy. */
export function snapshotFor(plan: EnvoyPlan, target: ProxyTarget): ProxySnapshot | undefined {
  const workload = plan.index.workloadByKey.get(target.workload);
  const build = workload && builders[workload.proxy];
  if (!build) return undefined;
  const key = keyOfTarget(target);
  return keep(plan, plan.snapshots, key, () => {
    const { snapshot, hosts } = build(plan, workload, target.placement);
    const before = plan.outdated.get(key);
    plan.outdated.delete(key);
    return { value: before ? reuseResources(before, snapshot) : snapshot, hosts };
  });
}

const keys = new WeakMap<ProxyTarget, string>();

/** Whoever asks for the same target again finds the text ready, hashed and all. */
function keyOfTarget(target: ProxyTarget): string {
  const known = keys.get(target);
  if (known !== undefined) return known;
  const key = JSON.stringify([target.workload, target.placement]);
  keys.set(target, key);
  return key;
}

interface BuiltSnapshot {
  readonly snapshot: ProxySnapshot;
  /** Every host it names, and the canonical name of each: see reuse.ts. */
  readonly hosts: readonly string[];
}

type Builder = (plan: EnvoyPlan, workload: Workload, placement: Placement) => BuiltSnapshot;

const builders: Readonly<Record<Workload['proxy'], Builder | undefined>> = {
  sidecar: sidecarSnapshot,
  gateway: gatewaySnapshot,
  none: undefined,
};

function sidecarSnapshot(plan: EnvoyPlan, workload: Workload, placement: Placement): BuiltSnapshot {
  const reach = reachOf(plan.index, workload);
  const { inbound, outbound, virtual } = sidecarListeners(plan, workload, reach, placement);
  const hasRoutes = placement.mode === 'redirect' || placement.outboundHttp !== undefined;
  const routes = hasRoutes
    ? outboundRoutes(plan, { workload, mode: placement.mode }, reach, outbound.httpPorts)
    : { configurations: [], references: [] };
  const references = [...inScope(plan, workload, reach), ...routes.references, ...outbound.references];
  const snapshot = assemble(workload, plan, {
    listeners: [
      ...inbound.flatMap(({ listener, origin }) => (listener ? [{ listener, origin }] : [])),
      ...outbound.listeners,
      ...virtual,
    ],
    routes: routes.configurations.map((configuration) => ({ configuration, origin: reach.origin })),
    outbound: resolve(plan, workload, references, placement),
    own: [...inbound, ...catchAll(reach, placement)],
    isMeshTls: inbound.some((i) => i.isMeshTls),
    certificates: [],
  });
  return { snapshot, hosts: hostsOf(plan, [...reach.hosts, ...references.map(({ host }) => host)]) };
}

function gatewaySnapshot(plan: EnvoyPlan, workload: Workload, placement: Placement): BuiltSnapshot {
  const { listeners, configurations, references, certificates } = buildGateway(plan.index, workload, placement);
  const snapshot = assemble(workload, plan, {
    listeners,
    routes: configurations.map((configuration) => ({ configuration, origin: workload.origin })),
    outbound: resolve(plan, workload, references, placement),
    own: [],
    isMeshTls: false,
    certificates,
  });
  return {
    snapshot,
    hosts: hostsOf(
      plan,
      references.map(({ host }) => host),
    ),
  };
}

function hostsOf({ index }: EnvoyPlan, names: readonly string[]): readonly string[] {
  const services = names.flatMap((name) => index.serviceByHost.get(name) ?? []);
  return [...new Set([...names, ...services.map(hostOf)])];
}

/** Every version of what is in scope, used by a route or not: a change of weights is then a change of routes only. */
function inScope({ index }: EnvoyPlan, client: Workload, reach: Reach): readonly ClusterReference[] {
  return reach.ports.flatMap(({ service, port }) => {
    const host = hostOf(service);
    const subsets = index.destinationPolicyFor(client, host)?.subsets ?? [];
    return ['', ...subsets.map((s) => s.name)].map((subset) => ({ host, port: port.number, subset }));
  });
}

function catchAll(reach: Reach, placement: Placement): readonly { cluster: ClusterJson; origin: Origin }[] {
  if (placement.mode === 'explicit') return [];
  const clusters = reach.isOpen ? [blackHole(), passthrough()] : [blackHole()];
  return clusters.map((cluster) => ({ cluster, origin: reach.origin }));
}

/** What the mesh does not have stays unresolved: `checkSnapshot` tells of it. */
function resolve(
  plan: EnvoyPlan,
  client: Workload,
  references: readonly ClusterReference[],
  placement: Placement,
): readonly BuiltCluster[] {
  const found = references.flatMap((reference) => outboundCluster(plan, client, reference, placement) ?? []);
  // What is referred to twice is one object.
  return [...new Set(found)];
}

interface Parts {
  readonly listeners: readonly { readonly listener: ListenerJson; readonly origin: Origin }[];
  readonly routes: readonly { readonly configuration: RouteConfigurationJson; readonly origin: Origin }[];
  readonly outbound: readonly BuiltCluster[];
  /** Clusters that lead to the proxy's own application, or to no service. */
  readonly own: readonly { readonly cluster: ClusterJson; readonly origin: Origin }[];
  readonly isMeshTls: boolean;
  readonly certificates: ProxySnapshot['secrets'];
}

function assemble(workload: Workload, plan: EnvoyPlan, parts: Parts): ProxySnapshot {
  const clusters = byName([...parts.outbound, ...parts.own], ({ cluster }) => cluster.name);
  const listeners = byName(parts.listeners, ({ listener }) => listener.name);
  const routes = byName(parts.routes, ({ configuration }) => configuration.name);
  const isMeshTls = parts.isMeshTls || parts.outbound.some((c) => c.isMeshTls);
  return {
    workload: keyOf(workload),
    identity: identityOf(workload, plan.index.mesh.settings),
    listeners: listeners.map(({ listener }) => listener),
    routes: routes.map(({ configuration }) => configuration),
    clusters: clusters.map(({ cluster }) => cluster),
    endpoints: byName(
      parts.outbound.flatMap(({ selector }) => selector ?? []),
      ({ cluster }) => cluster,
    ),
    secrets: secretsOf(isMeshTls, parts.certificates),
    origins: new Map([
      ...clusters.map(({ cluster, origin }) => [cluster.name ?? '', origin] as const),
      ...routes.map(({ configuration, origin }) => [configuration.name ?? '', origin] as const),
      ...listeners.map(({ listener, origin }) => [listener.name ?? '', origin] as const),
    ]),
  };
}

function identityOf(workload: Workload, settings: MeshSettings): string {
  // Read where it matters: the mode and the defaults of access and egress, and what a route without words of its own does.
  const { trustDomain, mtls: _mtls, accessDefault: _access, egressDefault: _egress, ...routing } = settings;
  const { timeoutMs: _timeoutMs, retries: _retries, rootNamespace: _root, injectedProxy: _proxy, ...unread } = routing;
  nothingLeft(unread);
  const { kind: _kind, origin: _origin, name: _name, namespace, serviceAccount, ...rest } = workload;
  const { labels: _labels, proxy: _builder, settingPlaces: _places, ...left } = rest;
  nothingLeft(left);
  return spiffeId(trustDomain, namespace, serviceAccount);
}

function byName<T>(items: readonly T[], nameOf: (item: T) => string | undefined): readonly T[] {
  return items.toSorted((a, b) => compareText(nameOf(a) ?? '', nameOf(b) ?? ''));
}
