// VirtualService: one a RouteTable, for sidecars (`mesh`) and gateways alike.
import { hostOf, type RouteTable, type TcpRoute } from '../../model/index.ts';
import type { EmitContext, Emitter } from './emitter.ts';
import { destination, weighted } from './http-policy.ts';
import { toHttpRoutes } from './http-route.ts';
import type { Draft } from './object.ts';
import { pruned } from './prune.ts';

export const virtualService: Emitter = {
  kind: 'VirtualService',
  emit: (context) => context.mesh.routeTables.filter(isAttached).map((table) => toVirtualService(table, context)),
};

/** Without gateways Istio would take `mesh`: a table for nobody must not become one for everybody. */
function isAttached({ attach }: RouteTable): boolean {
  return attach.mesh || attach.gateways.length > 0;
}

function toVirtualService(table: RouteTable, { index, report }: EmitContext): Draft {
  const http = table.http.flatMap((route) => toHttpRoutes(route, report));
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

function toTcpRoute({ port, destinations }: TcpRoute): Readonly<Record<string, unknown>> {
  const route = weighted(destinations).map(({ weight, ...target }) =>
    pruned({ destination: destination(target), weight }),
  );
  return { match: [{ port }], route };
}

/** A gateway's table belongs to the service of its namespace that it leads to. */
function labelsOfDestination(table: RouteTable, index: EmitContext['index']): Draft['labels'] {
  for (const { action } of table.http) {
    if (action.kind !== 'ForwardAction') continue;
    const services = action.destinations.map((d) => index.serviceByHost.get(d.host));
    const own = services.find((s) => s?.namespace === table.namespace && table.name.startsWith(s.name));
    if (own && hostOf(own) !== '') return own.labels;
  }
  return {};
}
