// Finding things in a mesh by key, host and workload, in constant time. Built once a mesh.
import type { DestinationPolicy } from './destination-policy.ts';
import type { EgressScope } from './egress.ts';
import type { Gateway } from './gateway.ts';
import { indexByLabels, indexBySelector } from './label-index.ts';
import type { Mesh } from './mesh.ts';
import type { RouteTable } from './route.ts';
import type { AuthorizationPolicy, MtlsMode, PeerAuthentication } from './security.ts';
import { hostOf, type Labels, type Service } from './service.ts';
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

export function indexMesh(mesh: Mesh): MeshIndex {
  const root = mesh.settings.rootNamespace;
  const tablesByGateway = group(mesh.routeTables.flatMap((t) => t.attach.gateways.map((g) => [g, t] as const)));
  const workloadsSelected = indexByLabels(mesh.workloads, (w) => w);
  const services = mesh.services.filter((s) => s.resolution === 'workloads');
  const servicesSelecting = indexBySelector(services, (s) => ({ namespace: s.namespace, labels: s.selector }));
  const authorizationFor = indexBySelector(mesh.authorizationPolicies, (p) => p.target);
  const peerFor = indexBySelector(mesh.peerAuthentications, (p) => p.target);
  /** Policies of the workload's namespace come before those of the root namespace. */
  const targets = <P>(found: (namespace: string, labels: Labels) => readonly P[], workload: Workload): P[] =>
    [workload.namespace, ...(root === workload.namespace ? [] : [root])].flatMap((namespace) =>
      found(namespace, workload.labels),
    );
  return {
    mesh,
    serviceByHost: new Map(mesh.services.flatMap((s) => s.hosts.map((host) => [host, s] as const))),
    workloadByKey: new Map(mesh.workloads.map((w) => [keyOf(w), w])),
    gatewayByKey: new Map(mesh.gateways.map((g) => [keyOf(g), g])),
    scopeByWorkload: new Map(mesh.egressScopes.map((s) => [s.workload, s])),
    policyByHost: new Map(mesh.destinationPolicies.map((p) => [p.host, p])),
    tableByHost: new Map(
      mesh.routeTables.filter((t) => t.attach.mesh).flatMap((t) => t.hosts.map((host) => [host, t] as const)),
    ),
    tablesOfGateway: (gateway) => tablesByGateway.get(gateway) ?? [],
    servicesOf: (workload) => servicesSelecting(workload.namespace, workload.labels),
    workloadsOf: (service) =>
      service.resolution === 'workloads' ? workloadsSelected(service.namespace, service.selector) : [],
    authorizationOf: (workload) => targets(authorizationFor, workload),
    mtlsOf: (workload, targetPort) => {
      // The most specific policy decides: workload, then namespace, then mesh. https://istio.io/latest/docs/concepts/security/#authentication-policies
      const rank = (p: PeerAuthentication) =>
        Object.keys(p.target.labels).length > 0 ? 0 : p.target.namespace === workload.namespace ? 1 : 2;
      const decidedBy = targets(peerFor, workload).toSorted((a, b) => rank(a) - rank(b))[0];
      if (!decidedBy) return { mode: mesh.settings.mtls };
      return { mode: decidedBy.portModes[String(targetPort)] ?? decidedBy.mode, decidedBy };
    },
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
