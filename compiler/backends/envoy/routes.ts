// Route configurations of sidecars: a virtual host for every HTTP port a workload may reach, and one for the rest.
import {
  type HttpRoute,
  hostAliases,
  hostOf,
  isHttp,
  type MeshIndex,
  type Service,
  type ServicePort,
  serviceHost,
  type Workload,
} from '../../model/index.ts';
import { type ClusterReference, passthroughCluster } from './clusters.ts';
import { type EnvoyPlan, keep, partsOf, remember } from './plan.ts';
import type { RouteJson, VirtualHostJson } from './proto/types/envoy/config/route/v3/route_components_pb.js';
import type { Placement, RouteConfigurationJson } from './proxy-snapshot.ts';
import { routeEntries, routeReferences } from './route-entries.ts';
import { isHttpPort, type Reach, type ReachablePort } from './scope.ts';

export interface BuiltVirtualHost {
  /** Equal for equal virtual hosts of a plan. */
  readonly key: string;
  readonly virtualHost: VirtualHostJson;
  readonly references: readonly ClusterReference[];
}

export interface BuiltRoutes {
  /** By name: `http` in an explicit placement, the port as text in a redirect placement. */
  readonly configurations: readonly RouteConfigurationJson[];
  readonly references: readonly ClusterReference[];
}

/** The route configurations a sidecar asks for on the caller's side. */
export function outboundRoutes(
  plan: EnvoyPlan,
  workload: Workload,
  reach: Reach,
  placement: Placement,
  ports: readonly number[],
): BuiltRoutes {
  const reachable = reach.ports.filter((p) => isHttpPort(plan.index, p));
  const mode = placement.mode;
  const build = (name: string, members: readonly ReachablePort[]) =>
    configuration(plan, name, members, workload, mode === 'redirect' && reach.mode === 'any', mode);
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
function routesOf(index: MeshIndex, { service, port }: ReachablePort): readonly HttpRoute[] {
  const table = index.tableByHost.get(hostOf(service));
  return table && (isHttp(port.protocol) || table.http.length > 0) ? table.http : [straight(index, service)];
}

function straight(index: MeshIndex, service: Service): HttpRoute {
  const { timeoutMs, retries } = index.mesh.settings;
  const { origin } = service;
  const none = { set: {}, add: {}, remove: [] };
  return {
    kind: 'HttpRoute',
    origin,
    name: `${service.namespace}/${service.name}/default`,
    matches: [],
    action: {
      kind: 'ForwardAction',
      origin,
      destinations: [{ kind: 'WeightedDestination', origin, host: hostOf(service), port: 0, subset: '', weight: 100 }],
      timeoutMs,
      retries,
      mirrors: [],
    },
    headers: { request: none, response: none },
  };
}

function configuration(
  plan: EnvoyPlan,
  name: string,
  members: readonly ReachablePort[],
  workload: Workload,
  isOpen: boolean,
  mode: Placement['mode'],
): { readonly configuration: RouteConfigurationJson; readonly references: readonly ClusterReference[] } {
  const hosts = members.map((member) => virtualHostOf(plan, member, workload.namespace, mode));
  const key = [mode, name, isOpen, ...hosts.map((h) => h.key)].join('\n');
  return {
    configuration: keep(plan, plan.routeConfigurations, key, () => ({
      value: { name, virtualHosts: [...withDistinctDomains(hosts.map((h) => h.virtualHost)), rest(isOpen)] },
      hosts: members.map(({ service }) => hostOf(service)),
    })),
    references: hosts.flatMap((h) => h.references),
  };
}

/** Shared by all proxies that write the host alike: those of its own namespace, and the others. */
function virtualHostOf(
  plan: EnvoyPlan,
  { service, port }: ReachablePort,
  namespace: string,
  mode: Placement['mode'],
): BuiltVirtualHost {
  const name = `${hostOf(service)}:${port.number}`;
  const isOwn = service.hosts.some((host) => host.endsWith(serviceHost('', namespace)));
  const key = `${name} ${mode} ${isOwn ? namespace : ''}`;
  return remember(partsOf(plan, hostOf(service)).virtualHosts, key, () => {
    const routes = routesOf(plan.index, { service, port });
    const domains = domainsOf(service, port, namespace, mode);
    return {
      key,
      virtualHost: { name, domains, routes: routes.flatMap((route) => routeEntries(route, port.number)) },
      references: routes.flatMap((route) => routeReferences(route, port.number)),
    };
  });
}

/** Without a port only where the port is plain: 80, or the port of the listener that was dialled. */
function domainsOf(service: Service, port: ServicePort, namespace: string, mode: Placement['mode']): string[] {
  const names = service.hosts.flatMap((host) => hostAliases(host, namespace));
  const isPlain = mode === 'redirect' || port.number === 80;
  return [...new Set(names)].flatMap((name) => [...(isPlain ? [name] : []), `${name}:${port.number}`]);
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
    return { name: 'allow_any', domains: ['*'], routes };
  }
  return { name: 'block_all', domains: ['*'], routes: [{ name: 'block_all', match, directResponse: { status: 502 } }] };
}
