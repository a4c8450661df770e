// Route configurations of sidecars: a virtual host for every HTTP port a workload may reach, and one for the rest.
import {
  defaultRoute,
  type HttpRoute,
  hostAliases,
  hostOf,
  isHttp,
  keyOf,
  type MeshSettings,
  nothingLeft,
  type Reading,
  type RouteTable,
  type Service,
  type ServicePort,
  serviceHost,
  speaksHttp,
  type Workload,
} from '../../model/index.ts';
import type { ClusterReference } from './cluster-reference.ts';
import { passthroughCluster } from './own-clusters.ts';
import type { BuiltVirtualHost } from './built.ts';
import { type EnvoyPlan, keep, partsOf, remember } from './plan.ts';
import type { RouteJson, VirtualHostJson } from './proto/types/envoy/config/route/v3/route_components_pb.js';
import type { Placement, RouteConfigurationJson } from './proxy-snapshot.ts';
import { builtRoute, countsAttempts, dropsDecoration } from './route-entries.ts';
import type { Reach, ReachablePort } from './scope.ts';

export interface BuiltRoutes {
  /** By name: `http` in an explicit placement, the port as text in a redirect placement. */
  readonly configurations: readonly RouteConfigurationJson[];
  readonly references: readonly ClusterReference[];
}

/** The proxy that asks for routes: which tables it is given, and how the hosts are written for it. */
export interface RouteClient {
  readonly workload: Workload;
  readonly mode: Placement['mode'];
}

/** The route configurations a sidecar asks for on the caller's side. `ports` count in a redirect placement only. */
export function outboundRoutes(
  plan: EnvoyPlan,
  client: RouteClient,
  reach: Reach,
  ports: readonly number[],
): BuiltRoutes {
  const { workload, mode } = client;
  const reachable = reach.ports.filter(({ service, port }) => speaksHttp(plan.index, workload, service, port));
  const isOpen = mode === 'redirect' && reach.isOpen;
  const build = (name: string, members: readonly ReachablePort[]) =>
    configuration(plan, client, { name, members, isOpen });
  const built =
    mode === 'explicit'
      ? [build('http', reachable)]
      : ports.map((port) =>
          build(
            String(port),
            reachable.filter((p) => p.port.number === port),
          ),
        );
  return {
    configurations: built.map((b) => b.configuration),
    references: built.flatMap((b) => b.references),
  };
}

/**
 * The routes of a host on one port: its table, or straight to the service where it has none.
 * The table of a port towards which we originate TLS speaks of TCP only.
 */
function routesOf(table: RouteTable | undefined, { service, port }: ReachablePort, settings: MeshSettings) {
  const http = table && httpOf(table);
  return http && (isHttp(port.protocol) || http.length > 0) ? http : [defaultRoute(service, settings)];
}

type Attach = Reading<RouteTable['attach'], 'mesh' | 'gateways'>;

/** To whom the table applies has been found out by the index, and TCP is the business of listeners. */
function httpOf(table: RouteTable & { readonly attach: Attach }): readonly HttpRoute[] {
  const { kind: _kind, origin: _origin, name: _name, namespace: _namespace, hosts: _hosts, ...applied } = table;
  const { attach: _attach, http, tcp: _tcp, ...rest } = applied;
  nothingLeft(rest);
  return http;
}

/** A virtual host for each member, and one for the rest: passed through if open, else refused. */
interface Outline {
  readonly name: string;
  readonly members: readonly ReachablePort[];
  readonly isOpen: boolean;
}

function configuration(
  plan: EnvoyPlan,
  client: RouteClient,
  { name, members, isOpen }: Outline,
): { readonly configuration: RouteConfigurationJson; readonly references: readonly ClusterReference[] } {
  const hosts = members.map((member) => virtualHostOf(plan, member, client));
  const key = [client.mode, name, isOpen, ...hosts.map((h) => h.key)].join('\n');
  return {
    configuration: keep(plan, plan.routeConfigurations, key, () => ({
      value: {
        name,
        virtualHosts: [...withDistinctDomains(hosts.map((h) => h.virtualHost)), rest(isOpen)],
        ...dropsDecoration,
        ...(client.mode === 'redirect' && { ignorePortInHostMatching: true }),
      },
      hosts: members.map(({ service }) => hostOf(service)),
    })),
    references: hosts.flatMap((h) => h.references),
  };
}

/** Shared by all proxies that have the same table for the host and write it alike: those of its own namespace, and the others. */
function virtualHostOf(
  plan: EnvoyPlan,
  { service, port }: ReachablePort,
  { workload, mode }: RouteClient,
): BuiltVirtualHost {
  const { namespace } = workload;
  const host = hostOf(service);
  const table = plan.index.routeTableFor(workload, host);
  const isOwn = service.hosts.some((host) => host.endsWith(serviceHost('', namespace)));
  const known = remember(partsOf(plan, host).virtualHosts, table, () => new Map<string, BuiltVirtualHost>());
  const shared = `${port.number} ${mode} ${isOwn ? namespace : ''}`;
  return remember(known, shared, () => {
    const name = `${host}:${port.number}`;
    const key = `${host} ${shared} ${table ? keyOf(table) : ''}`;
    const routes = routesOf(table, { service, port }, plan.index.mesh.settings);
    const built = routes.map((route) => builtRoute(route, port.number));
    const domains = domainsOf(service, port, namespace, mode);
    return {
      key,
      virtualHost: { name, domains, routes: built.flatMap(({ entries }) => entries), ...countsAttempts },
      references: built.flatMap(({ references }) => references),
    };
  });
}

/** Where the port that was dialled is known, what the Host header says of it counts for nothing. Elsewhere it is 80 if nothing is said. */
function domainsOf(service: Service, port: ServicePort, namespace: string, mode: Placement['mode']): string[] {
  const names = [...new Set(service.hosts.flatMap((host) => hostAliases(host, namespace)))];
  if (mode === 'redirect') return names;
  return names.flatMap((name) => [...(port.number === 80 ? [name] : []), `${name}:${port.number}`]);
}

/** Envoy refuses a domain that occurs twice; the first host by name keeps it. */
function withDistinctDomains(hosts: readonly VirtualHostJson[]): VirtualHostJson[] {
  const taken = new Set<string>();
  return hosts.flatMap((host) => {
    const domains = (host.domains ?? []).filter((domain) => !taken.has(domain));
    for (const domain of domains) taken.add(domain);
    if (domains.length === host.domains?.length) return [host];
    return domains.length > 0 ? [{ ...host, domains }] : [];
  });
}

/** Hosts outside the scope: refused, or sent where they were going. */
function rest(isOpen: boolean): VirtualHostJson {
  const match: RouteJson['match'] = { prefix: '/' };
  if (isOpen) {
    const routes = [{ name: 'allow_any', match, route: { cluster: passthroughCluster, timeout: '0s' } }];
    return { name: 'allow_any', domains: ['*'], routes, ...countsAttempts };
  }
  return { name: 'block_all', domains: ['*'], routes: [{ name: 'block_all', match, directResponse: { status: 502 } }] };
}
