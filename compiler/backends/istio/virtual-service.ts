// VirtualService: one a RouteTable, for sidecars (`mesh`) and gateways alike.
import { isHttp, type Labels, nothingLeft, type RouteTable } from '../../model/index.ts';
import { type EmitContext, emitterOf } from './emitter.ts';
import { toHttpRoutes } from './http-route.ts';
import type { Draft } from './object.ts';
import { pruned } from './prune.ts';
import { toConnectionRoutes } from './tcp-route.ts';

type Fields = Readonly<Record<string, unknown>>;

export const virtualService = emitterOf('routeTables', (context) =>
  context.mesh.routeTables.filter(isAttached).flatMap((table) => toVirtualService(table, context) ?? []),
);

/** Without gateways Istio would take `mesh`: a table for nobody must not become one for everybody. */
function isAttached({ attach }: RouteTable): boolean {
  return attach.mesh || attach.gateways.length > 0;
}

/** Undefined for a table that says no more than what Istio does by itself. */
function toVirtualService(table: RouteTable, context: EmitContext): Draft | undefined {
  const { kind: _kind, origin, name, namespace, hosts, attach, http, tcp: connections, ...rest } = table;
  nothingLeft(rest);
  const { mesh, gateways, ...unread } = attach;
  nothingLeft(unread);
  const written = reachable(http.flatMap((route) => toHttpRoutes(route, context.report)));
  const service = context.index.serviceByHost.get(hosts[0] ?? '');
  const speaksHttp = service ? service.ports.some((port) => isHttp(port.protocol)) : connections.length === 0;
  // Without a route HTTP is answered 404, while without a VirtualService Istio would route it to the service.
  const missing = written.length === 0 && speaksHttp ? [{ directResponse: { status: 404 } }] : [];
  const { tcp, tls } = toConnectionRoutes(table, context);
  const routes = pruned({ http: [...written, ...missing], tls, tcp });
  if (!routes) return undefined;
  return {
    kind: 'VirtualService',
    name,
    namespace,
    labels: labelsOf(table, context),
    origin,
    spec: { hosts, gateways: [...(mesh ? ['mesh'] : []), ...gateways], ...routes },
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
