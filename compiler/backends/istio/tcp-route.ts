// TcpRoutes as Istio's routes for connections: `tcp`, or `tls` where the application itself speaks TLS.
import { hostOf, type MeshIndex, type RouteTable, type Service, type TcpRoute } from '../../model/index.ts';
import { destination, weighted } from './http-policy.ts';
import { pruned } from './prune.ts';

type Fields = Readonly<Record<string, unknown>>;

export interface ConnectionRoutes {
  readonly tcp: readonly Fields[];
  readonly tls: readonly Fields[];
}

/**
 * A port that leads to its own service is left to Istio, which does the same. On a TLS port a `tcp` route would
 * take the port from all other hosts, so the route is bound to the service's names by SNI.
 */
export function toConnectionRoutes(table: RouteTable, index: MeshIndex): ConnectionRoutes {
  const service = index.serviceByHost.get(table.hosts[0] ?? '');
  const needed = table.tcp.filter((route) => !service || !isOwn(route, service));
  const isTls = (route: TcpRoute) => {
    const protocol = service?.ports.find((port) => port.number === route.port)?.protocol;
    return protocol === 'TLS' || protocol === 'HTTPS';
  };
  return {
    tcp: needed.filter((r) => !isTls(r)).map((r) => ({ match: [{ port: r.port }], route: destinationsOf(r) })),
    tls: needed
      .filter(isTls)
      .map((r) => ({ match: [{ port: r.port, sniHosts: table.hosts }], route: destinationsOf(r) })),
  };
}

function isOwn({ port, destinations }: TcpRoute, service: Service): boolean {
  const [only, ...others] = destinations;
  const isSamePort = only?.port === port || only?.port === 0;
  return others.length === 0 && isSamePort && only.host === hostOf(service) && only.subset === '';
}

function destinationsOf({ destinations }: TcpRoute): readonly unknown[] {
  return weighted(destinations).map(({ weight, ...target }) => pruned({ destination: destination(target), weight }));
}
