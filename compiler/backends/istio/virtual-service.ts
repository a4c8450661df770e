// VirtualService: one a RouteTable, for sidecars (`mesh`) and gateways alike.
import type { Labels, MeshIndex, RouteTable, TcpRoute } from '../../model/index.ts';
import type { EmitContext, Emitter } from './emitter.ts';
import { destination, weighted } from './http-policy.ts';
import { toHttpRoutes } from './http-route.ts';
import type { Draft } from './object.ts';
import { pruned } from './prune.ts';

type Fields = Readonly<Record<string, unknown>>;

export const virtualService: Emitter = {
  kind: 'VirtualService',
  emit: (context) => context.mesh.routeTables.filter(isAttached).map((table) => toVirtualService(table, context)),
};

/** Without gateways Istio would take `mesh`: a table for nobody must not become one for everybody. */
function isAttached({ attach }: RouteTable): boolean {
  return attach.mesh || attach.gateways.length > 0;
}

function toVirtualService(table: RouteTable, { index, report }: EmitContext): Draft {
  const http = reachable(table.http.flatMap((route) => toHttpRoutes(route, report)));
  const tcp = table.tcp.map(toTcpRoute);
  // A table without routes answers 404; Istio wants a route, and none at all would mean its own default.
  const isEmpty = http.length === 0 && tcp.length === 0;
  return {
    kind: 'VirtualService',
    name: table.name,
    namespace: table.namespace,
    labels: index.serviceByHost.get(table.hosts[0] ?? '')?.labels ?? labelsOfDestination(table, index),
    origin: table.origin,
    spec: {
      hosts: table.hosts,
      gateways: [...(table.attach.mesh ? ['mesh'] : []), ...table.attach.gateways],
      ...pruned({ http: isEmpty ? [{ directResponse: { status: 404 } }] : http, tcp }),
    },
  };
}

/** Istio stops at a route that takes everything, and warns about what stands behind it. */
function reachable(routes: readonly Fields[]): readonly Fields[] {
  const catchAll = routes.findIndex((route) => route.match === undefined);
  return catchAll < 0 ? routes : routes.slice(0, catchAll + 1);
}

function toTcpRoute({ port, destinations }: TcpRoute): Fields {
  const route = weighted(destinations).map(({ weight, ...target }) =>
    pruned({ destination: destination(target), weight }),
  );
  return { match: [{ port }], route };
}

/** A gateway's table belongs to the service of its namespace that it leads to first. */
function labelsOfDestination(table: RouteTable, index: MeshIndex): Labels {
  const destinations = table.http.flatMap(({ action }) => (action.kind === 'ForwardAction' ? action.destinations : []));
  const services = destinations.flatMap(({ host }) => index.serviceByHost.get(host) ?? []);
  return services.find((service) => service.namespace === table.namespace)?.labels ?? {};
}
