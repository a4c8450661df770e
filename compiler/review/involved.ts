// What a host's fate depends on: the content that must differ before anything is compared.
import { contentKey } from '../analysis/index.ts';
import {
  type DestinationPolicy,
  hostOf,
  keyOf,
  type MeshIndex,
  type RouteTable,
  type Service,
  type Workload,
} from '../model/index.ts';

/** The services that requests to some tables may end at, with their workloads. */
export interface Involved {
  readonly services: readonly Service[];
  readonly policies: readonly DestinationPolicy[];
  readonly targets: readonly Workload[];
}

export function involvedIn(index: MeshIndex, tables: readonly RouteTable[], own: Service | undefined): Involved {
  const hosts = tables.flatMap((table) => [
    ...table.http.flatMap(({ action }) =>
      action.kind === 'ForwardAction' ? [...action.destinations, ...action.mirrors] : [],
    ),
    ...table.tcp.flatMap((route) => route.destinations),
  ]);
  const found = hosts.flatMap(({ host }) => index.serviceByHost.get(host) ?? []);
  const services = [...new Set([...(own ? [own] : []), ...found])];
  return {
    services,
    policies: services.flatMap((service) => index.policyByHost.get(hostOf(service)) ?? []),
    targets: [...new Set(services.flatMap((service) => index.workloadsOf(service)))],
  };
}

export function tablesOfHost(index: MeshIndex, host: string): readonly RouteTable[] {
  const service = index.serviceByHost.get(host);
  const table = index.tableByHost.get(host) ?? (service && index.tableByHost.get(hostOf(service)));
  return table ? [table] : [];
}

/** Everything on the callers' side, and what the servers show to it. Names of routes are not content. */
export function outboundKey(
  index: MeshIndex,
  tables: readonly RouteTable[],
  { services, policies, targets }: Involved,
): string {
  const { trustDomain, timeoutMs, retries } = index.mesh.settings;
  const routes = tables.map(({ hosts, http, tcp }) => ({
    hosts,
    http: http.map(withoutName),
    tcp: tcp.map(withoutName),
  }));
  const shown = services.map(({ labels: _, ...service }) => service);
  const servers = targets.map((target) => [
    keyOf(target),
    target.labels,
    target.proxy,
    target.serviceAccount,
    modesOf(index, target),
  ]);
  return contentKey([{ trustDomain, timeoutMs, retries }, routes, shown, policies, servers]);
}

/** What a workload's own proxy enforces. */
export function inboundKey(index: MeshIndex, workload: Workload): string {
  const { trustDomain, accessDefault } = index.mesh.settings;
  const rules = index.authorizationOf(workload).map(({ action, rules }) => ({ action, rules: rules.map(withoutName) }));
  return contentKey([trustDomain, accessDefault, workload, modesOf(index, workload), rules]);
}

function modesOf(index: MeshIndex, workload: Workload): readonly (readonly [number, string])[] {
  const ports = index.servicesOf(workload).flatMap((service) => service.ports.map((port) => port.targetPort));
  return [...new Set(ports)].sort((a, b) => a - b).map((port) => [port, index.mtlsOf(workload, port).mode] as const);
}

function withoutName<T extends { readonly name: string }>({ name: _, ...rest }: T): Omit<T, 'name'> {
  return rest;
}
