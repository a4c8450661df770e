// Routes of a service to one route table.
import {
  type ForwardAction,
  type HttpAction,
  type HttpMatch,
  type HttpRoute,
  isHttp,
  keyOf,
  type RouteTable,
  type Service,
  type TcpRoute,
} from '../../model/index.ts';
import type { Cursor } from '../../syntax/index.ts';
import type { RouteIntent } from '../kinds.ts';
import type { ServiceSymbol } from '../symbols.ts';
import { parseDuration } from '../units.ts';
import type { LowerContext } from './context.ts';
import { lowerDestinations, type RouteOwner, selfDestination } from './destinations.ts';
import { lowerMatches } from './matches.ts';
import { checkSentPath } from './paths.ts';
import { checkRedirectLoops, checkRedirectOnly, lowerRedirect } from './redirects.ts';
import { lowerCors, lowerFault, lowerHeaderOperations, lowerMirrors, lowerRetries } from './route-features.ts';

/** Every service gets a table: one catch-all route if it writes none. */
export function lowerRouteTable(
  service: Service,
  symbol: ServiceSymbol,
  routes: readonly Cursor<RouteIntent>[],
  context: LowerContext,
): RouteTable {
  const httpPorts = service.ports.filter((port) => isHttp(port.protocol));
  const { name, namespace, hosts, origin } = service;
  if (httpPorts.length === 0) checkTcpOnly(routes, service, context);
  return {
    kind: 'RouteTable',
    origin,
    name,
    namespace,
    hosts,
    attach: { mesh: true, gateways: [] },
    http:
      httpPorts.length === 0
        ? []
        : lowerHttpRoutes(service, symbol, routes, httpPorts.length === 1 ? (httpPorts[0]?.number ?? 0) : 0, context),
    tcp: lowerTcpRoutes(service, symbol, routes, context),
  };
}

function lowerHttpRoutes(
  service: Service,
  symbol: ServiceSymbol,
  routes: readonly Cursor<RouteIntent>[],
  port: number,
  context: LowerContext,
): readonly HttpRoute[] {
  const owner: RouteOwner = { symbol, service, port, isHttp: true };
  const names = new Map<string, Cursor<RouteIntent>>();
  const lowered = routes.map((route, i) => {
    checkName(route, names, context);
    return lowerRoute(route, `${keyOf(service)}/${route.value.name ?? `routes/${i}`}`, owner, context);
  });
  checkRedirectLoops(lowered, context);
  return lowered.some(isCatchAll) ? lowered : [...lowered, defaultRoute(owner, context)];
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

/** True if a request that gets this far always takes this route. */
export function isCatchAll(route: HttpRoute): boolean {
  return route.matches.length === 0 || route.matches.some(matchesAll);
}

function matchesAll({ path, methods, headers, ports }: HttpMatch): boolean {
  const isAnyPath = path === undefined || (path.type === 'prefix' && path.value === '/');
  return isAnyPath && methods.length === 0 && headers.length === 0 && ports.length === 0;
}

function lowerRoute(route: Cursor<RouteIntent>, name: string, owner: RouteOwner, context: LowerContext): HttpRoute {
  const redirect = route.get('redirect');
  const cors = lowerCors(route.get('cors'), context);
  const fault = redirect ? undefined : lowerFault(route.get('fault'), context);
  if (redirect) checkRedirectOnly(route, context);
  const action: HttpAction = redirect ? lowerRedirect(redirect, context) : lowerForward(route, owner, context);
  return {
    kind: 'HttpRoute',
    origin: route.origin,
    name,
    matches: lowerMatches(route.get('match'), context.report),
    action,
    headers: lowerHeaderOperations(route.get('headers'), context),
    ...(cors && { cors }),
    ...(fault && { fault }),
  };
}

function lowerForward(route: Cursor<RouteIntent>, owner: RouteOwner, context: LowerContext): ForwardAction {
  const { timeout, rewrite } = route.value;
  const to = route.get('to');
  checkSentPath(route.get('rewrite')?.get('path'), context.report);
  const timeoutMs = timeout === undefined ? context.global.settings.timeoutMs : parseDuration(timeout);
  return {
    kind: 'ForwardAction',
    origin: to?.origin ?? route.origin,
    destinations: lowerDestinations(to, owner, route.origin, context),
    ...(rewrite && { rewrite }),
    timeoutMs,
    retries: lowerRetries(route.get('retries'), timeoutMs, context),
    mirrors: lowerMirrors(route, owner, context),
  };
}

/** The catch-all that is added: to the service itself, all versions. */
function defaultRoute(owner: RouteOwner, { global }: LowerContext): HttpRoute {
  const { origin } = owner.service;
  const noEdit = { set: {}, add: {}, remove: [] };
  return {
    kind: 'HttpRoute',
    origin,
    name: `${keyOf(owner.service)}/default`,
    matches: [],
    action: {
      kind: 'ForwardAction',
      origin,
      destinations: [selfDestination(owner, origin)],
      timeoutMs: global.settings.timeoutMs,
      retries: global.settings.retries,
      mirrors: [],
    },
    headers: { request: noEdit, response: noEdit },
  };
}

/**
 * Of the routes of a service, TCP ports take the first that says nothing but where to go. Beside HTTP ports only a split
 * between versions is taken: another service or port is meant for the HTTP requests.
 */
function lowerTcpRoutes(
  service: Service,
  symbol: ServiceSymbol,
  routes: readonly Cursor<RouteIntent>[],
  context: LowerContext,
): readonly TcpRoute[] {
  const isMixed = service.ports.some((port) => isHttp(port.protocol));
  const plain = routes.find((route) => isPlain(route) && !(isMixed && leadsElsewhere(route)));
  return service.ports
    .filter((port) => !isHttp(port.protocol))
    .map((port) => {
      const owner: RouteOwner = { symbol, service, port: port.number, isHttp: false };
      const origin = plain?.origin ?? port.origin;
      return {
        kind: 'TcpRoute',
        origin,
        name: `${keyOf(service)}/tcp/${port.number}`,
        port: port.number,
        destinations: lowerDestinations(plain?.get('to'), owner, origin, context),
      };
    });
}

function isPlain(route: Cursor<RouteIntent>): boolean {
  return Object.keys(route.value).every((field) => field === 'to' || field === 'name');
}

function leadsElsewhere(route: Cursor<RouteIntent>): boolean {
  return (route.value.to ?? []).some((to) =>
    Object.keys(to).some((field) => field !== 'version' && field !== 'weight'),
  );
}

function checkTcpOnly(routes: readonly Cursor<RouteIntent>[], service: Service, { report }: LowerContext): void {
  let first: Cursor<RouteIntent> | undefined;
  for (const route of routes) {
    const field = (Object.keys(route.value) as (keyof RouteIntent)[]).find((key) => key !== 'to' && key !== 'name');
    if (field) {
      report('FL0407', {
        message: `"${field}" needs HTTP, and "${keyOf(service)}" has no HTTP port`,
        span: route.get(field)?.keySpan ?? route.origin,
        hint: 'name the port `http`, or set its protocol, if it speaks HTTP',
        related: service.ports
          .slice(0, 1)
          .map((port) => ({ message: `this port is ${port.protocol}`, span: port.origin })),
      });
    } else if (first) {
      report('FL0404', {
        message: 'this route can never win: a TCP port has one route',
        span: route.origin,
        related: [{ message: 'it takes every connection', span: first.origin }],
      });
    }
    first ??= field ? undefined : route;
  }
}
