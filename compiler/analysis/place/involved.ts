// What requests to a host may end at.
import { hostOf, type MeshIndex, type RouteTable, type Service, type Workload } from '../../model/index.ts';
import { hostsOfRoute } from './route-hosts.ts';

/** The services that requests to some tables may end at, with their workloads. */
export interface Involved {
  readonly services: readonly Service[];
  readonly targets: readonly Workload[];
}

/** Whichever client asks, and on whichever port. */
export function involvedIn(index: MeshIndex, tables: readonly RouteTable[], own: Service | undefined): Involved {
  const hosts = tables.flatMap((table) => [
    ...table.http.flatMap(hostsOfRoute),
    ...table.tcp.flatMap((route) => route.destinations.map(({ host }) => host)),
  ]);
  const found = hosts.flatMap((host) => index.serviceByHost.get(host) ?? []);
  const services = [...new Set([...(own ? [own] : []), ...found])];
  return { services, targets: [...new Set(services.flatMap((service) => index.workloadsOf(service)))] };
}

export function involvedFor(index: MeshIndex, host: string): Involved {
  return involvedIn(index, tablesOfHost(index, host), index.serviceByHost.get(host));
}

function tablesOfHost(index: MeshIndex, host: string): readonly RouteTable[] {
  const tables = index.routeTablesOf(host);
  if (tables.length > 0) return tables;
  const service = index.serviceByHost.get(host);
  return service ? index.routeTablesOf(hostOf(service)) : [];
}
