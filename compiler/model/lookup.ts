// Finding things in a mesh by key, host and workload, in constant time. Built once a mesh.
import type { DestinationPolicy } from './destination-policy.ts';
import type { EgressScope } from './egress.ts';
import type { Gateway } from './gateway.ts';
import type { Mesh } from './mesh.ts';
import type { RouteTable } from './route.ts';
import type { AuthorizationPolicy, MtlsMode, PeerAuthentication, PolicyTarget } from './security.ts';
import { hostOf, type Service } from './service.ts';
import { isSelected, keyOf, type Workload } from './workload.ts';

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
  const workloadsByNamespace = group(mesh.workloads.map((w) => [w.namespace, w] as const));
  const workloadsByLabel = group(
    mesh.workloads.flatMap((w) => Object.entries(w.labels).map((label) => [labelKey(w, label), w] as const)),
  );
  const selecting = mesh.services.filter((s) => s.resolution === 'workloads');
  const placeOf = new Map(selecting.map((s, i) => [s, i]));
  const servicesBySelector = group(selecting.map((s) => [labelKey(s, Object.entries(s.selector)[0]), s] as const));
  const authorizationByNamespace = group(mesh.authorizationPolicies.map((p) => [p.target.namespace, p] as const));
  const peerByNamespace = group(mesh.peerAuthentications.map((p) => [p.target.namespace, p] as const));
  const targets = <P extends { target: PolicyTarget }>(byNamespace: Map<string, P[]>, workload: Workload): P[] =>
    [workload.namespace, ...(root === workload.namespace ? [] : [root])]
      .flatMap((namespace) => byNamespace.get(namespace) ?? [])
      .filter((policy) => isSelected(policy.target.labels, workload.labels));
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
    servicesOf: (workload) =>
      [undefined, ...Object.entries(workload.labels)]
        .flatMap((label) => servicesBySelector.get(labelKey(workload, label)) ?? [])
        .filter((s) => isSelected(s.selector, workload.labels))
        .sort((a, b) => (placeOf.get(a) ?? 0) - (placeOf.get(b) ?? 0)),
    workloadsOf: (service) => {
      if (service.resolution !== 'workloads') return [];
      const [label] = Object.entries(service.selector);
      const candidates = label
        ? workloadsByLabel.get(labelKey(service, label))
        : workloadsByNamespace.get(service.namespace);
      return (candidates ?? []).filter((w) => isSelected(service.selector, w.labels));
    },
    authorizationOf: (workload) => targets(authorizationByNamespace, workload),
    mtlsOf: (workload, targetPort) => {
      // The most specific policy decides: workload, then namespace, then mesh. https://istio.io/latest/docs/concepts/security/#authentication-policies
      const rank = (p: PeerAuthentication) =>
        Object.keys(p.target.labels).length > 0 ? 0 : p.target.namespace === workload.namespace ? 1 : 2;
      const decidedBy = targets(peerByNamespace, workload).toSorted((a, b) => rank(a) - rank(b))[0];
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

/** One label in one namespace: a selector is looked up by its first, so that a mesh of thousands stays quick. */
function labelKey({ namespace }: { readonly namespace: string }, label?: readonly [string, string]): string {
  return label ? `${namespace} ${label[0]}=${label[1]}` : namespace;
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
