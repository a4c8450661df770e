// Routes of a service to one route table.
import {
  defaultRoute,
  type HttpAction,
  type HttpRoute,
  isCatchAll,
  isHttp,
  keyOf,
  type RouteTable,
  type Service,
  total,
} from '../../model/index.ts';
import type { Cursor } from '../../syntax/index.ts';
import type { RouteIntent } from '../kinds.ts';
import type { ServiceSymbol } from '../symbols.ts';
import type { LowerContext } from './context.ts';
import type { RouteOwner } from './destinations.ts';
import { lowerFeatures } from './features/index.ts';
import { lowerForward } from './forward.ts';
import { lowerMatches } from './matches.ts';
import { lowerRedirect } from './redirects.ts';
import { checkTcpOnly, lowerTcpRoutes } from './tcp-routes.ts';

/** Every service gets a table: one catch-all route if it writes none. */
export function lowerRouteTable(
  service: Service,
  symbol: ServiceSymbol,
  routes: readonly Cursor<RouteIntent>[],
  context: LowerContext,
): RouteTable {
  const httpPorts = service.ports.filter((port) => isHttp(port.protocol));
  const [only] = httpPorts;
  const port = httpPorts.length === 1 && only ? only.number : 0;
  const { name, namespace, hosts, origin } = service;
  if (!only) checkTcpOnly(routes, service, context);
  return {
    kind: 'RouteTable',
    origin,
    name,
    namespace,
    hosts,
    attach: { mesh: true, gateways: [] },
    http: only ? lowerHttpRoutes({ symbol, service, port, isHttp: true }, routes, context) : [],
    tcp: lowerTcpRoutes(service, symbol, routes, context),
  };
}

function lowerHttpRoutes(
  owner: RouteOwner,
  routes: readonly Cursor<RouteIntent>[],
  context: LowerContext,
): readonly HttpRoute[] {
  const { service, port } = owner;
  const names = new Map<string, Cursor<RouteIntent>>();
  const lowered = routes.map((route, i) => {
    checkName(route, names, context);
    return lowerRoute(route, `${keyOf(service)}/${route.value.name ?? `routes/${i}`}`, owner, context);
  });
  return lowered.some(isCatchAll) ? lowered : [...lowered, defaultRoute(service, context.global.settings, port)];
}

function checkName(
  route: Cursor<RouteIntent>,
  names: Map<string, Cursor<RouteIntent>>,
  { report }: LowerContext,
): void {
  const name = route.get('name');
  if (!name) return;
  const first = names.get(name.value);
  names.set(name.value, first ?? route);
  if (first || name.value === 'default') {
    report('FL0314', {
      message: first
        ? `two routes are called "${name.value}"`
        : 'the name "default" belongs to the route that is added when none catches everything',
      span: name.origin,
      related: first && [{ message: 'first here', span: first.get('name')?.origin ?? first.origin }],
      hint: 'give the route another name',
    });
  }
}

function lowerRoute(route: Cursor<RouteIntent>, name: string, owner: RouteOwner, context: LowerContext): HttpRoute {
  const action = lowerAction(route, owner, context);
  return {
    kind: 'HttpRoute',
    origin: route.origin,
    name,
    matches: lowerMatches(route, context),
    action,
    features: lowerFeatures(route, action, owner, context),
  };
}

/** The actions that a route writes with a word of their own. */
const writtenActions = total<Exclude<HttpAction['kind'], 'ForwardAction'>>()([
  { kind: 'RedirectAction', lower: lowerRedirect },
]);

/** A route that writes none of them forwards. */
function lowerAction(route: Cursor<RouteIntent>, owner: RouteOwner, context: LowerContext): HttpAction {
  for (const written of writtenActions) {
    const action = written.lower(route, context);
    if (action) return action;
  }
  return lowerForward(route, owner, context);
}
