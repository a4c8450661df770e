// Route configurations of gateways: one a port, with a virtual host for every host that has routes or redirects.
import { compareText } from '../../diagnostics/index.ts';
import type { GatewayListener, HttpRoute, RouteTable } from '../../model/index.ts';
import type { ClusterReference } from './cluster-reference.ts';
import type { RouteConfigurationJson } from './proxy-snapshot.ts';
import { builtRoute } from './route-entries.ts';

export interface BuiltGatewayRoutes {
  readonly configuration: RouteConfigurationJson;
  readonly references: readonly ClusterReference[];
}

/** `boundPorts` are what clients may write after the host: the port in intent and those really listened on. */
export function gatewayRoutes(
  name: string,
  listeners: readonly GatewayListener[],
  tables: readonly RouteTable[],
  boundPorts: readonly number[],
): BuiltGatewayRoutes {
  const port = listeners[0]?.port ?? 0;
  const hosts = hostsOf(listeners, tables).map(({ host, routes, redirects }) => ({
    host,
    redirects,
    built: redirects ? [] : routes.map((route) => builtRoute(route, port)),
  }));
  return {
    configuration: {
      name,
      virtualHosts: hosts.map(({ host, redirects, built }) => ({
        name: `${host}:${port}`,
        domains: host === '*' ? ['*'] : [host, ...boundPorts.map((bound) => `${host}:${bound}`)],
        routes: built.flatMap(({ entries }) => entries),
        ...(redirects && { requireTls: 'ALL' as const }),
      })),
      // Behind a load balancer the Host header may carry a port we know nothing of.
      ignorePortInHostMatching: true,
    },
    references: hosts.flatMap(({ built }) => built.flatMap(({ references }) => references)),
  };
}

interface GatewayHost {
  readonly host: string;
  readonly routes: readonly HttpRoute[];
  readonly redirects: boolean;
}

/** A host without routes has no virtual host, which Envoy answers 404; unless all its requests are redirected to HTTPS. */
function hostsOf(listeners: readonly GatewayListener[], tables: readonly RouteTable[]): readonly GatewayHost[] {
  const names = listeners.flatMap((listener) => [
    ...(listener.redirectToHttps ? listener.hosts : []),
    ...tables.flatMap((table) =>
      table.hosts.flatMap((host) => listener.hosts.flatMap((served) => intersection(host, served) ?? [])),
    ),
  ]);
  return [...new Set(names)]
    .sort(compareText)
    .map((host) => ({ host, routes: routesFor(host, tables), redirects: isRedirected(host, listeners) }));
}

/** Whether the listener that names the host most exactly sends it to HTTPS. */
function isRedirected(host: string, listeners: readonly GatewayListener[]): boolean {
  const served = nearest(
    host,
    listeners.flatMap((listener) => listener.hosts),
  );
  return listeners.find((listener) => listener.hosts.includes(served ?? host))?.redirectToHttps ?? false;
}

/** The tables that name a host most exactly, one after the other; what they do not route is not looked for elsewhere. */
function routesFor(host: string, tables: readonly RouteTable[]): readonly HttpRoute[] {
  const name = nearest(
    host,
    tables.flatMap((table) => table.hosts),
  );
  return tables.filter((table) => name !== undefined && table.hosts.includes(name)).flatMap((t) => t.http);
}

/** Of the names that cover a host, the most specific. */
function nearest(host: string, names: readonly string[]): string | undefined {
  return names
    .filter((name) => covers(name, host))
    .reduce<string | undefined>((best, name) => (best && covers(name, best) ? best : name), undefined);
}

/** The narrower of two hosts, either of which may be `*` or `*.example.com`; undefined if they have no name in common. */
export function intersection(a: string, b: string): string | undefined {
  if (covers(a, b)) return b;
  return covers(b, a) ? a : undefined;
}

function covers(wide: string, narrow: string): boolean {
  return wide === narrow || wide === '*' || (wide.startsWith('*.') && narrow.endsWith(wide.slice(1)));
}
