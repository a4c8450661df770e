// Finding things in a mesh by key, host and workload, in constant time. Built once a mesh.
import type { DestinationPolicy } from './destination-policy.ts';
import type { EgressScope } from './egress.ts';
import type { Gateway } from './gateway.ts';
import { indexByLabels, indexBySelector } from './label-index.ts';
import type { Mesh } from './mesh.ts';
import type { RouteTable } from './route.ts';
import type { AuthorizationPolicy, MtlsMode, PeerAuthentication, PolicyTarget } from './security.ts';
import { hostOf, type Service } from './service.ts';
import { keyOf, type Workload } from './workload.ts';

export interface MeshIndex {
  readonly mesh: Mesh;
  /** By any of its hosts. */
  readonly serviceByHost: ReadonlyMap<string, Service>;
  readonly workloadByKey: ReadonlyMap<string, Workload>;
  readonly gatewayByKey: ReadonlyMap<string, Gateway>;
  /** By `namespace/name` of the workload. */
  readonly scopeByWorkload: ReadonlyMap<string, EgressScope>;
  readonly policyByHost: ReadonlyMap<string, DestinationPolicy>;
  /** The mesh-attached table of a host. */
  readonly tableByHost: ReadonlyMap<string, RouteTable>;
  /** Tables attached to a gateway, in the order of the mesh. */
  tablesOfGateway(gateway: string): readonly RouteTable[];
  /** Services whose selector selects the workload. */
  servicesOf(workload: Workload): readonly Service[];
  /** Workloads that a service selects. */
  workloadsOf(service: Service): readonly Workload[];
  authorizationOf(workload: Workload): readonly AuthorizationPolicy[];
  /** What the workload demands on one of its own ports (a targetPort). */
  mtlsOf(workload: Workload, targetPort: number): { readonly mode: MtlsMode; readonly decidedBy?: PeerAuthentication };
}

/** With the index of an earlier mesh, what rests on lists that are the same objects in both is taken from there. */
export function indexMesh(mesh: Mesh, previous?: MeshIndex): MeshIndex {
  const part = <K extends keyof MeshIndex>(key: K, sources: readonly (keyof Mesh)[], make: () => MeshIndex[K]) =>
    previous && sources.every((source) => previous.mesh[source] === mesh[source]) ? previous[key] : make();
  return {
    mesh,
    serviceByHost: part('serviceByHost', ['services'], () => byHosts(mesh.services)),
    workloadByKey: part('workloadByKey', ['workloads'], () => new Map(mesh.workloads.map((w) => [keyOf(w), w]))),
    gatewayByKey: part('gatewayByKey', ['gateways'], () => new Map(mesh.gateways.map((g) => [keyOf(g), g]))),
    scopeByWorkload: part('scopeByWorkload', ['egressScopes'], () => byWorkload(mesh.egressScopes)),
    policyByHost: part('policyByHost', ['destinationPolicies'], () => byHost(mesh.destinationPolicies)),
    tableByHost: part('tableByHost', ['routeTables'], () => byHosts(mesh.routeTables.filter((t) => t.attach.mesh))),
    tablesOfGateway: part('tablesOfGateway', ['routeTables'], () => gatewayTables(mesh.routeTables)),
    servicesOf: part('servicesOf', ['services'], () => servicesSelecting(mesh.services)),
    workloadsOf: part('workloadsOf', ['workloads'], () => workloadsSelected(mesh.workloads)),
    authorizationOf: part('authorizationOf', ['authorizationPolicies', 'settings'], () =>
      targeting(mesh.authorizationPolicies, mesh.settings.rootNamespace),
    ),
    mtlsOf: part('mtlsOf', ['peerAuthentications', 'settings'], () => mtlsDecision(mesh)),
  };
}

function byHosts<T extends { readonly hosts: readonly string[] }>(items: readonly T[]): ReadonlyMap<string, T> {
  return new Map(items.flatMap((item) => item.hosts.map((host) => [host, item] as const)));
}

function byHost(policies: readonly DestinationPolicy[]): ReadonlyMap<string, DestinationPolicy> {
  return new Map(policies.map((policy) => [policy.host, policy]));
}

function byWorkload(scopes: readonly EgressScope[]): ReadonlyMap<string, EgressScope> {
  return new Map(scopes.map((scope) => [scope.workload, scope]));
}

function gatewayTables(tables: readonly RouteTable[]): MeshIndex['tablesOfGateway'] {
  const byGateway = group(tables.flatMap((t) => t.attach.gateways.map((g) => [g, t] as const)));
  return (gateway) => byGateway.get(gateway) ?? [];
}

function servicesSelecting(services: readonly Service[]): MeshIndex['servicesOf'] {
  const found = services.filter((s) => s.resolution === 'workloads');
  const selecting = indexBySelector(found, (s) => ({ namespace: s.namespace, labels: s.selector }));
  return (workload) => selecting(workload.namespace, workload.labels);
}

function workloadsSelected(workloads: readonly Workload[]): MeshIndex['workloadsOf'] {
  const selected = indexByLabels(workloads, (w) => w);
  return (service) => (service.resolution === 'workloads' ? selected(service.namespace, service.selector) : []);
}

/** Policies of the workload's namespace come before those of the root namespace. */
function targeting<P extends { readonly target: PolicyTarget }>(
  policies: readonly P[],
  root: string,
): (workload: Workload) => readonly P[] {
  const found = indexBySelector(policies, (p) => p.target);
  return ({ namespace, labels }) => [...found(namespace, labels), ...(root === namespace ? [] : found(root, labels))];
}

function mtlsDecision({ peerAuthentications, settings }: Mesh): MeshIndex['mtlsOf'] {
  const peersOf = targeting(peerAuthentications, settings.rootNamespace);
  return (workload, targetPort) => {
    // The most specific policy decides: workload, then namespace, then mesh. https://istio.io/latest/docs/concepts/security/#authentication-policies
    const rank = (p: PeerAuthentication) =>
      Object.keys(p.target.labels).length > 0 ? 0 : p.target.namespace === workload.namespace ? 1 : 2;
    const decidedBy = peersOf(workload).toSorted((a, b) => rank(a) - rank(b))[0];
    if (!decidedBy) return { mode: settings.mtls };
    return { mode: decidedBy.portModes[String(targetPort)] ?? decidedBy.mode, decidedBy };
  };
}

/** The service a workload key names most directly: same key, else the first that selects it. */
export function primaryServiceOf(index: MeshIndex, workload: Workload): Service | undefined {
  const services = index.servicesOf(workload);
  return (
    services.find((s) => keyOf(s) === keyOf(workload)) ??
    services.toSorted((a, b) => (hostOf(a) < hostOf(b) ? -1 : 1))[0]
  );
}

function group<K, V>(entries: readonly (readonly [K, V])[]): Map<K, V[]> {
  const groups = new Map<K, V[]>();
  for (const [key, value] of entries) {
    const list = groups.get(key);
    if (list) list.push(value);
    else groups.set(key, [value]);
  }
  return groups;
}
