// VirtualService: one a RouteTable, for sidecars (`mesh`) and gateways alike.
import { isHttp, type Labels, type RouteTable } from '../../model/index.ts';
import type { EmitContext, Emitter } from './emitter.ts';
import { toHttpRoutes } from './http-route.ts';
import type { Draft } from './object.ts';
import { pruned } from './prune.ts';
import { toConnectionRoutes } from './tcp-route.ts';

type Fields = Readonly<Record<string, unknown>>;

export const virtualService: Emitter = {
  kind: 'VirtualService',
  emit: (context) =>
    context.mesh.routeTables.filter(isAttached).flatMap((table) => toVirtualService(table, context) ?? []),
};

/** Without gateways Istio would take `mesh`: a table for nobody must not become one for everybody. */
function isAttached({ attach }: RouteTable): boolean {
  return attach.mesh || attach.gateways.length > 0;
}

/** Undefined for a table that says no more than what Istio does by itself. */
function toVirtualService(table: RouteTable, context: EmitContext): Draft | undefined {
  const http = reachable(table.http.flatMap((route) => toHttpRoutes(route, context.report)));
  const { tcp, tls } = toConnectionRoutes(table, context.index);
  const service = context.index.serviceByHost.get(table.hosts[0] ?? '');
  const speaksHttp = service ? service.ports.some((port) => isHttp(port.protocol)) : table.tcp.length === 0;
  // Without a route HTTP is answered 404, while without a VirtualService Istio would route it to the service.
  const missing = http.length === 0 && speaksHttp ? [{ directResponse: { status: 404 } }] : [];
  const routes = pruned({ http: [...http, ...missing], tls, tcp });
  if (!routes) return undefined;
  return {
    kind: 'VirtualService',
    name: table.name,
    namespace: table.namespace,
    labels: labelsOf(table, context),
    origin: table.origin,
    spec: {
      hosts: table.hosts,
      gateways: [...(table.attach.mesh ? ['mesh'] : []), ...table.attach.gateways],
      ...routes,
    },
  };
}

/** Istio stops at a route that takes everything, and warns about what stands behind it. */
function reachable(routes: readonly Fields[]): readonly Fields[] {
  const catchAll = routes.findIndex((route) => route.match === undefined);
  return catchAll < 0 ? routes : routes.slice(0, catchAll + 1);
}

/** Those of the service whose host it is, else of the gateway. */
function labelsOf({ hosts, attach }: RouteTable, { index }: EmitContext): Labels {
  const service = index.serviceByHost.get(hosts[0] ?? '');
  return service?.labels ?? index.gatewayByKey.get(attach.gateways[0] ?? '')?.labels ?? {};
}
