// Which hosts the proxy of a caller really sends to: a route may redirect, and may lead to another service. Used by several rules.
import {
  featuresOf,
  handle,
  type HttpAction,
  hostOf,
  isHttp,
  keyOf,
  type Mesh,
  type RouteTable,
  runsGateway,
  type Service,
  type Table,
  type Workload,
} from '../model/index.ts';

export interface ReachedHosts {
  /** What a workload sends to when it asks for a host of its scope, copies included. For a gateway: for any host that it serves. */
  from(caller: Workload, host: string): ReadonlySet<string>;
  /** The tables by which a workload's proxy sends requests for hosts of its scope; undefined where it also sends without any. */
  tables(caller: Workload, hosts: readonly string[]): readonly RouteTable[] | undefined;
}

export function reachedHosts({ services, routeTables }: Pick<Mesh, 'services' | 'routeTables'>): ReachedHosts {
  const byHost = Map.groupBy(
    routeTables
      .filter(({ attach }) => attach.mesh)
      .flatMap((table) => table.hosts.map((host) => [host, table] as const)),
    ([host]) => host,
  );
  const serviceBy = new Map(services.flatMap((service) => service.hosts.map((host) => [host, service] as const)));
  const ofGateways = new Map<string, ReadonlySet<string>>();
  const ofHosts = new Map<string, ReadonlySet<string>>();
  const ofHost = (host: string) => (byHost.get(host) ?? []).map(([, table]) => table);
  const ofGateway = (key: string) => routeTables.filter(({ attach }) => attach.gateways.includes(key));
  return {
    from(caller, host) {
      const key = keyOf(caller);
      return runsGateway(caller)
        ? remembered(ofGateways, key, () => new Set(ofGateway(key).flatMap(destinationsOf)))
        : remembered(ofHosts, host, () => destinationsFor(host, ofHost(host), serviceBy.get(host)));
    },
    tables(caller, hosts) {
      if (runsGateway(caller)) return ofGateway(keyOf(caller));
      if (hosts.some((host) => isPlain(ofHost(host), serviceBy.get(host)))) return undefined;
      return hosts.flatMap(ofHost);
    },
  };
}

/** Routes are for HTTP: without any, and on other ports, a connection goes to the service itself. */
function isPlain(tables: readonly RouteTable[], service: Service | undefined): boolean {
  return tables.length === 0 || (service?.ports.some(({ protocol }) => !isHttp(protocol)) ?? true);
}

function destinationsFor(host: string, tables: readonly RouteTable[], service: Service | undefined): Set<string> {
  const own = isPlain(tables, service) ? [service ? hostOf(service) : host, host] : [];
  return new Set([...own, ...tables.flatMap(destinationsOf)]);
}

/** Copies included. */
export function destinationsOf({ http, tcp }: RouteTable): readonly string[] {
  return [
    ...http.flatMap((route) => [
      ...handle(forwardedTo, route.action),
      ...featuresOf(route, 'Mirror').map(({ host }) => host),
    ]),
    ...tcp.flatMap(({ destinations }) => destinations.map(({ host }) => host)),
  ];
}

const forwardedTo: Table<HttpAction, [], readonly string[]> = {
  ForwardAction: ({ destinations }) => destinations.map(({ host }) => host),
  RedirectAction: () => [],
};

function remembered<T>(known: Map<string, T>, key: string, make: () => T): T {
  const found = known.get(key) ?? make();
  known.set(key, found);
  return found;
}

/** What leads to a host, of whatever table. */
export interface RoutesTowards {
  tables(host: string): readonly RouteTable[];
  /** Whether connections are sent there whose requests nobody looks into. */
  isPlain(host: string): boolean;
}

export function routesTowards({ routeTables }: Pick<Mesh, 'routeTables'>): RoutesTowards {
  const byHost = new Map<string, Set<RouteTable>>();
  const plain = new Set(
    routeTables.flatMap(({ tcp }) => tcp.flatMap(({ destinations }) => destinations.map(({ host }) => host))),
  );
  for (const table of routeTables) {
    for (const host of destinationsOf(table)) {
      const known = byHost.get(host);
      if (known) known.add(table);
      else byHost.set(host, new Set([table]));
    }
  }
  return { tables: (host) => [...(byHost.get(host) ?? [])], isPlain: (host) => plain.has(host) };
}
