// Route configurations of gateways: one a port, with a virtual host for every host that has routes or redirects.
import { type GatewayListener, gatewayHosts, type RouteTable, triedRoutes } from '../../model/index.ts';
import type { ClusterReference } from './cluster-reference.ts';
import type { RouteConfigurationJson } from './proxy-snapshot.ts';
import { builtRoute, countsAttempts, dropsDecoration } from './route-entries.ts';

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
  const hosts = gatewayHosts(listeners, tables).map(({ host, tables: own, redirects }) => ({
    host,
    redirects,
    // A host without routes has no virtual host, which Envoy answers 404; unless all its requests are redirected to HTTPS.
    built: redirects ? [] : triedRoutes(own).map((route) => builtRoute(route, port)),
  }));
  return {
    configuration: {
      name,
      virtualHosts: hosts.map(({ host, redirects, built }) => ({
        name: `${host}:${port}`,
        domains: host === '*' ? ['*'] : [host, ...boundPorts.map((bound) => `${host}:${bound}`)],
        routes: built.flatMap(({ entries }) => entries),
        ...countsAttempts,
        ...(redirects && { requireTls: 'ALL' as const }),
      })),
      ...dropsDecoration,
      // Behind a load balancer the Host header may carry a port we know nothing of.
      ignorePortInHostMatching: true,
    },
    references: hosts.flatMap(({ built }) => built.flatMap(({ references }) => references)),
  };
}
