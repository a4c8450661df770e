// TcpRoutes as Istio's routes for connections: `tcp`, or `tls` where the application itself speaks TLS.
import { hostOf, nothingLeft, type RouteTable, type Service, tcpRouteOn, type TcpRoute } from '../../model/index.ts';
import { toRouteDestinations } from './destination.ts';
import type { EmitContext } from './emitter.ts';
import { protocols } from './protocol.ts';
import { portsOf } from './tcp-match.ts';

type Fields = Readonly<Record<string, unknown>>;
type Port = number | undefined;

export interface ConnectionRoutes {
  readonly tcp: readonly Fields[];
  readonly tls: readonly Fields[];
}

/**
 * A port that leads to its own service is left to Istio, which does the same. On a TLS port a `tcp` route would
 * take the port from all other hosts, so the route is bound to the service's names by SNI.
 */
export function toConnectionRoutes(table: RouteTable, { index, report }: EmitContext): ConnectionRoutes {
  const service = index.serviceByHost.get(table.hosts[0] ?? '');
  const needed = table.tcp.flatMap((route) => {
    const { kind: _kind, origin: _origin, name: _name, matches, destinations, ...rest } = route;
    nothingLeft(rest);
    const ports = [...new Set(matches.flatMap((clause) => portsOf(clause, service, report)))].filter(
      (port) => decides(route, port, table) && !(service && isOwn(route, port, service)),
    );
    if (destinations.every(({ port }) => port !== 0)) return [{ ports, route: toRouteDestinations(destinations) }];
    return ports.map((port) => ({
      ports: [port],
      route: toRouteDestinations(destinations.map((one) => ({ ...one, port: one.port || (port ?? 0) }))),
    }));
  });
  const routesOf = (family: keyof ConnectionRoutes, match: (port: Port) => Fields) =>
    needed.flatMap(({ ports, route }) => {
      const own = ports.filter((port) => familyOf(port, service) === family);
      return own.length > 0 ? [{ match: own.map(match), route }] : [];
    });
  return {
    tcp: routesOf('tcp', (port) => onPort(port)),
    tls: routesOf('tls', (port) => ({ ...onPort(port), sniHosts: table.hosts })),
  };
}

/** The first route of a port decides, also where Istio is not told of it. */
function decides(route: TcpRoute, port: Port, table: RouteTable): boolean {
  return port === undefined || tcpRouteOn(table, port) === route;
}

function isOwn({ destinations }: TcpRoute, port: Port, service: Service): boolean {
  const [only, ...others] = destinations;
  if (!only || others.length > 0) return false;
  return (only.port === port || only.port === 0) && only.host === hostOf(service) && only.subset === '';
}

function familyOf(number: Port, service: Service | undefined): keyof ConnectionRoutes {
  const port = service?.ports.find((candidate) => candidate.number === number);
  return port ? protocols[port.protocol].routes : 'tcp';
}

function onPort(port: Port): Fields {
  return port === undefined ? {} : { port };
}
