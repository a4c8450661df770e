// VirtualService: one a RouteTable, for sidecars (`mesh`) and gateways alike.
import {
  defaultRoute,
  type Labels,
  nothingLeft,
  type RouteTable,
  type Service,
  serviceHost,
} from '../../model/index.ts';
import { httpPortsOf, onDialledPorts } from './dialled-port.ts';
import { type EmitContext, emitterOf } from './emitter.ts';
import { toHttpRoutes } from './http-route.ts';
import type { Draft } from './object.ts';
import { pruned } from './prune.ts';
import { toConnectionRoutes } from './tcp-route.ts';

type Fields = Readonly<Record<string, unknown>>;

export const virtualService = emitterOf('routeTables', (context) => {
  const { mesh, index } = context;
  const routed = mesh.routeTables.filter(isAttached);
  const unsaid = mesh.services.filter(
    (service) =>
      httpPortsOf(service, index).length > 0 && service.hosts.every((h) => index.routeTablesOf(h).length === 0),
  );
  return [...routed, ...unsaid.map((service) => defaultTable(service, context))].flatMap((table) =>
    toVirtualServices(table, context),
  );
});

/** Without gateways Istio would take `mesh`: a table for nobody must not become one for everybody. */
function isAttached({ attach }: RouteTable): boolean {
  return attach.mesh || attach.gateways.length > 0;
}

/** The mesh's timeout and retries, which Istio does not know of, for a host without routes. */
function defaultTable(service: Service, { mesh }: EmitContext): RouteTable {
  const { name, namespace, hosts, origin } = service;
  const http = [defaultRoute(service, mesh.settings)];
  return { kind: 'RouteTable', name, namespace, hosts, attach: { mesh: true, gateways: [] }, http, tcp: [], origin };
}

/** None for a table that says no more than what Istio does by itself; several where gateways serve its hosts differently. */
function toVirtualServices(table: RouteTable, context: EmitContext): readonly Draft[] {
  const { kind: _kind, origin, name, namespace, hosts, attach, http, tcp: connections, ...rest } = table;
  nothingLeft(rest);
  const { mesh, gateways: _gateways, ...unread } = attach;
  nothingLeft(unread);
  const { index, report } = context;
  const service = index.serviceByHost.get(hosts[0] ?? '');
  const ports = service && httpPortsOf(service, index);
  const open = ports ? http.flatMap((route) => onDialledPorts(route, ports, index)) : http;
  const written = reachable(open.flatMap((route) => toHttpRoutes(route, report)));
  const { tcp, tls } = toConnectionRoutes(table, context);
  const missing = ports ? unrouted(written, ports) : connections.length === 0 ? unrouted(written, [0]) : [];
  const routes = pruned({ http: [...shortened(written, table), ...missing], tls, tcp });
  if (!routes) return [];
  const labels = labelsOf(table, context);
  const parts = Map.groupBy(hosts, (host) => JSON.stringify(context.gateways.boundTo(table, host)));
  return [...parts]
    .map(([bound, own]) => ({ own, gateways: [...(mesh ? ['mesh'] : []), ...JSON.parse(bound)] }))
    .filter(({ gateways }) => gateways.length > 0)
    .map(({ own, gateways }, i) => ({
      kind: 'VirtualService',
      name: i === 0 ? name : `${name}-${i + 1}`,
      namespace,
      labels,
      origin,
      spec: { hosts: own, gateways, ...routes },
    }));
}

/**
 * A version of the table's own host goes by the short name, which Istio completes with the namespace. Where it is written out, analysis takes
 * every other route to the host, those at gateways too, for one that somebody expects to follow the version.
 * https://istio.io/latest/docs/reference/config/analysis/ist0140/
 */
function shortened(routes: readonly Fields[], { name, namespace, hosts }: RouteTable): readonly Fields[] {
  const own = serviceHost(name, namespace);
  if (!hosts.includes(own)) return routes;
  return routes.map((route) => {
    if (!Array.isArray(route.route)) return route;
    const destinations = route.route as readonly { readonly destination: Fields }[];
    return {
      ...route,
      route: destinations.map((one) => {
        const { host, subset } = one.destination;
        return host === own && subset !== undefined ? { ...one, destination: { ...one.destination, host: name } } : one;
      }),
    };
  });
}

/**
 * Without any route of the host on a port Istio sends requests to the service, as it does without a VirtualService; they are to be
 * answered 404. One that does not hold is enough for that.
 */
function unrouted(written: readonly Fields[], ports: readonly number[]): readonly Fields[] {
  const bare = ports.filter((port) => !written.some(({ match }) => mayTake(match, port)));
  if (bare.length === 0) return [];
  const match = bare.length < ports.length ? bare.map((port) => ({ port })) : undefined;
  return [{ ...(match && { match }), directResponse: { status: 404 } }];
}

function mayTake(match: unknown, port: number): boolean {
  if (!Array.isArray(match)) return true;
  return match.some((one: Fields) => one.port === undefined || one.port === port);
}

/** Istio stops at a route that takes everything, and warns about what stands behind it; and about what an earlier route takes. */
function reachable(routes: readonly Fields[]): readonly Fields[] {
  const catchAll = routes.findIndex((route) => route.match === undefined);
  const tried = catchAll < 0 ? routes : routes.slice(0, catchAll + 1);
  const seen = new Set<string>();
  const isNew = (match: unknown) => {
    const text = JSON.stringify(match);
    return !seen.has(text) && seen.add(text);
  };
  return tried.flatMap((route) => {
    if (!Array.isArray(route.match)) return [route];
    const match = route.match.filter(isNew);
    return match.length > 0 ? [{ ...route, match }] : [];
  });
}

/** Those of the service whose host it is, else of the gateway. */
function labelsOf({ hosts, attach }: RouteTable, { index }: EmitContext): Labels {
  const service = index.serviceByHost.get(hosts[0] ?? '');
  return service?.labels ?? index.gatewayByKey.get(attach.gateways[0] ?? '')?.labels ?? {};
}
