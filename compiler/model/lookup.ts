// Finding things in a mesh by key, host and workload, in constant time. Built once a mesh.
import { type DestinationPolicy, originatesTls } from './destination-policy.ts';
import type { EgressScope } from './egress.ts';
import type { Gateway } from './gateway.ts';
import { type GatewayPort, gatewayPorts, gatewaysOn, proxiesOfGateway } from './gateway-hosts.ts';
import { indexByLabels, indexBySelector } from './label-index.ts';
import type { ListName, Mesh } from './mesh.ts';
import type { Origin } from './origin.ts';
import type { RouteTable } from './route.ts';
import type { AuthorizationPolicy, MtlsMode, PeerAuthentication, PolicyTarget } from './security.ts';
import {
  hostOf,
  isHttp,
  isOnMachines,
  type Service,
  type ServicePort,
  isHttpOverTls,
  selectsWorkloads,
} from './service.ts';
import { nothingLeft } from './table.ts';
import { servicesUnder, type Use, usesIn } from './uses.ts';
import { keyOf, runsGateway, type Workload } from './workload.ts';

/** Whose proxy asks: rules may be visible to some namespaces only. */
export type Client = Pick<Workload, 'namespace' | 'labels'>;

/** What a workload demands on a port. */
export interface MtlsDemand {
  readonly mode: MtlsMode;
  /** Absent where the Mesh's default holds. */
  readonly decidedBy?: PeerAuthentication;
  /** Of what says so: the port's own word, or that of the policy. */
  readonly origin?: Origin;
}

/** Keys and hosts are compared as written. What the mesh does not have is undefined or an empty list; nothing here throws. */
export interface MeshIndex {
  readonly mesh: Mesh;
  /** By any of its hosts. */
  readonly serviceByHost: ReadonlyMap<string, Service>;
  readonly workloadByKey: ReadonlyMap<string, Workload>;
  readonly gatewayByKey: ReadonlyMap<string, Gateway>;
  /** By `namespace/name` of the workload. */
  readonly scopeByWorkload: ReadonlyMap<string, EgressScope>;
  /** What the workload's proxy is given to call; nothing for one without a scope. */
  usesOf(workload: Workload): readonly Use[];
  /** What this client's proxy applies to a host, by its canonical name. */
  destinationPolicyFor(client: Client, host: string): DestinationPolicy | undefined;
  /** The mesh-attached table that this client's proxy has for a host. */
  routeTableFor(client: Client, host: string): RouteTable | undefined;
  /** What any client may be given for a host. */
  destinationPoliciesOf(host: string): readonly DestinationPolicy[];
  routeTablesOf(host: string): readonly RouteTable[];
  /** Tables attached to a gateway, in the order of the mesh. */
  tablesOfGateway(gateway: string): readonly RouteTable[];
  /** The gateways whose proxies a workload runs: the one of its own key, and those that select its labels. */
  gatewaysOf(workload: Workload): readonly Gateway[];
  /** The ports of all proxies of gateways: for each gateway those of its own proxy, then those of others that it selects. */
  gatewayPorts(): readonly GatewayPort[];
  /** Services whose selector selects the workload. */
  servicesOf(workload: Workload): readonly Service[];
  /** Services of the workload's own key that are found by address and not by labels. */
  machineServicesOf(workload: Workload): readonly Service[];
  /** Workloads that a service selects. */
  workloadsOf(service: Service): readonly Workload[];
  /** Those that target it: of its own namespace first, then of the root namespace. */
  authorizationOf(workload: Workload): readonly AuthorizationPolicy[];
  /** What the workload demands on one of its own ports (a targetPort). */
  mtlsOf(workload: Workload, targetPort: number): MtlsDemand;
}

type PartName = Exclude<keyof MeshIndex, 'mesh'>;
type Source = ListName | 'settings';

interface Part<K extends PartName, S extends Source> {
  readonly from: readonly S[];
  /** Is shown nothing but what it says it reads. */
  readonly make: (mesh: Pick<Mesh, S>) => MeshIndex[K];
}

const part =
  <K extends PartName>() =>
  <const S extends Source>(from: readonly S[], make: Part<K, S>['make']): Part<K, Source> => ({
    from,
    make: make as Part<K, Source>['make'],
  });

const parts: { readonly [K in PartName]: Part<K, Source> } = {
  serviceByHost: part<'serviceByHost'>()(['services'], ({ services }) => byHosts(services)),
  workloadByKey: part<'workloadByKey'>()(['workloads'], ({ workloads }) => byKey(workloads)),
  gatewayByKey: part<'gatewayByKey'>()(['gateways'], ({ gateways }) => byKey(gateways)),
  scopeByWorkload: part<'scopeByWorkload'>()(
    ['egressScopes'],
    ({ egressScopes }) => new Map(egressScopes.map((scope) => [scope.workload, scope])),
  ),
  usesOf: part<'usesOf'>()(['services', 'egressScopes'], usesByScope),
  destinationPolicyFor: part<'destinationPolicyFor'>()(['destinationPolicies'], ({ destinationPolicies }) => {
    const found = new Map(destinationPolicies.map((policy) => [policy.host, policy]));
    return (_client, host) => found.get(host);
  }),
  routeTableFor: part<'routeTableFor'>()(['routeTables'], ({ routeTables }) => {
    const found = byHosts(routeTables.filter((table) => table.attach.mesh));
    return (_client, host) => found.get(host);
  }),
  destinationPoliciesOf: part<'destinationPoliciesOf'>()(['destinationPolicies'], ({ destinationPolicies }) =>
    lookIn(group(destinationPolicies.map((policy) => [policy.host, policy] as const))),
  ),
  routeTablesOf: part<'routeTablesOf'>()(['routeTables'], ({ routeTables }) =>
    lookIn(group(routeTables.flatMap((t) => (t.attach.mesh ? t.hosts.map((host) => [host, t] as const) : [])))),
  ),
  tablesOfGateway: part<'tablesOfGateway'>()(['routeTables'], tablesByGateway),
  gatewaysOf: part<'gatewaysOf'>()(
    ['gateways'],
    ({ gateways }) =>
      (workload) =>
        gatewaysOn(workload, gateways),
  ),
  gatewayPorts: part<'gatewayPorts'>()(['gateways', 'workloads', 'routeTables'], allGatewayPorts),
  servicesOf: part<'servicesOf'>()(['services'], ({ services }) => servicesSelecting(services)),
  machineServicesOf: part<'machineServicesOf'>()(['services'], ({ services }) => {
    const found = lookIn(group(services.filter(isOnMachines).map((service) => [keyOf(service), service] as const)));
    return (workload) => found(keyOf(workload));
  }),
  workloadsOf: part<'workloadsOf'>()(['workloads'], ({ workloads }) => workloadsSelected(workloads)),
  authorizationOf: part<'authorizationOf'>()(
    ['authorizationPolicies', 'settings'],
    ({ authorizationPolicies, settings }) => targeting(authorizationPolicies, settings.rootNamespace),
  ),
  mtlsOf: part<'mtlsOf'>()(['peerAuthentications', 'settings'], mtlsDecision),
};

/** With the index of an earlier mesh, what rests on lists that are the same objects in both is taken from there. */
export function indexMesh(mesh: Mesh, previous?: MeshIndex): MeshIndex {
  const made = Object.entries(parts).map(([name, { from, make }]) => {
    const isSame = previous !== undefined && from.every((source) => previous.mesh[source] === mesh[source]);
    return [name, isSame ? previous[name as PartName] : make(mesh)] as const;
  });
  return { mesh, ...Object.fromEntries(made) } as unknown as MeshIndex;
}

function byKey<T extends { readonly namespace: string; readonly name: string }>(items: readonly T[]) {
  return new Map(items.map((item) => [keyOf(item), item]));
}

function lookIn<V>(groups: ReadonlyMap<string, readonly V[]>): (key: string) => readonly V[] {
  return (key) => groups.get(key) ?? [];
}

function tablesByGateway({ routeTables }: Pick<Mesh, 'routeTables'>): MeshIndex['tablesOfGateway'] {
  return lookIn(group(routeTables.flatMap((t) => t.attach.gateways.map((g) => [g, t] as const))));
}

function allGatewayPorts({ gateways, workloads, routeTables }: Pick<Mesh, 'gateways' | 'workloads' | 'routeTables'>) {
  const tablesOf = tablesByGateway({ routeTables });
  const proxies = workloads.filter(runsGateway);
  let known: readonly GatewayPort[] | undefined;
  const build = () => {
    const found = gateways.flatMap((gateway) => proxiesOfGateway(gateway, proxies));
    return [...byKey(found).values()].flatMap((workload) =>
      gatewayPorts(workload, gatewaysOn(workload, gateways), tablesOf),
    );
  };
  return () => (known ??= build());
}

/** Every reader asks for the same few workloads and services again and again. */
function remembered<K extends object, V>(find: (key: K) => V): (key: K) => V {
  const known = new WeakMap<K, V>();
  return (key) => {
    const before = known.get(key);
    if (before !== undefined) return before;
    const found = find(key);
    known.set(key, found);
    return found;
  };
}

function byHosts<T extends { readonly hosts: readonly string[] }>(items: readonly T[]): ReadonlyMap<string, T> {
  return new Map(items.flatMap((item) => item.hosts.map((host) => [host, item] as const)));
}

function usesByScope({ services, egressScopes }: Pick<Mesh, 'services' | 'egressScopes'>): MeshIndex['usesOf'] {
  const scopes = new Map(egressScopes.map((scope) => [scope.workload, scope]));
  const named = { byHost: byHosts(services), under: servicesUnder(services) };
  const known = new Map<string, readonly Use[]>();
  return (workload) => {
    const key = keyOf(workload);
    const before = known.get(key);
    if (before) return before;
    const scope = scopes.get(key);
    const found = scope ? usesIn(scope, named) : [];
    known.set(key, found);
    return found;
  };
}

function servicesSelecting(services: readonly Service[]): MeshIndex['servicesOf'] {
  const found = services.filter(selectsWorkloads);
  const selecting = indexBySelector(found, (s) => ({ namespace: s.namespace, labels: s.selector }));
  return remembered((workload: Workload) => selecting(workload.namespace, workload.labels));
}

function workloadsSelected(workloads: readonly Workload[]): MeshIndex['workloadsOf'] {
  const selected = indexByLabels(workloads, (w) => w);
  return remembered((service: Service) =>
    selectsWorkloads(service) ? selected(service.namespace, service.selector) : [],
  );
}

/** Policies of the workload's namespace come before those of the root namespace. */
function targeting<P extends { readonly target: PolicyTarget }>(
  policies: readonly P[],
  root: string,
): (workload: Workload) => readonly P[] {
  const found = indexBySelector(policies, ({ target: { namespace, labels, ...rest } }) => {
    nothingLeft(rest);
    return { namespace, labels };
  });
  return remembered(({ namespace, labels }: Workload) => [
    ...found(namespace, labels),
    ...(root === namespace ? [] : found(root, labels)),
  ]);
}

function mtlsDecision({
  peerAuthentications,
  settings,
}: Pick<Mesh, 'peerAuthentications' | 'settings'>): MeshIndex['mtlsOf'] {
  const peersOf = targeting(peerAuthentications, settings.rootNamespace);
  return (workload, targetPort) => {
    // The most specific policy decides: workload, then namespace, then mesh. https://istio.io/latest/docs/concepts/security/#authentication-policies
    const rank = (p: PeerAuthentication) =>
      Object.keys(p.target.labels).length > 0 ? 0 : p.target.namespace === workload.namespace ? 1 : 2;
    const decidedBy = peersOf(workload).toSorted((a, b) => rank(a) - rank(b))[0];
    if (!decidedBy) return { mode: settings.mtls };
    const { kind: _kind, origin: _origin, name: _name, namespace: _namespace, target: _target, ...demand } = decidedBy;
    const { mode, portModes, ...rest } = demand;
    nothingLeft(rest);
    const own = portModes[String(targetPort)];
    return { mode: own?.mode ?? mode, decidedBy, origin: (own ?? decidedBy).origin };
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

/**
 * True if callers speak HTTP to the port. TLS of the application itself is opaque,
 * unless the caller's proxy originates the TLS: then the application speaks plain HTTP.
 */
export function speaksHttp(index: MeshIndex, client: Client, service: Service, port: ServicePort): boolean {
  if (isHttp(port.protocol)) return true;
  return isHttpOverTls(port.protocol) && originatesTls(index.destinationPolicyFor(client, hostOf(service)));
}

/** How callers speak to the port, as far as proxies tell: `https` is TLS of their own. */
export function schemeTowards(
  index: MeshIndex,
  client: Client,
  service: Service,
  port: ServicePort,
): 'http' | 'https' | 'tcp' {
  if (speaksHttp(index, client, service, port)) return 'http';
  return isHttpOverTls(port.protocol) ? 'https' : 'tcp';
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
