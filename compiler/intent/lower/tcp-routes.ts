// Where connections to the TCP ports of a service go, as far as its routes say.
import { isHttp, keyOf, type Service, type TcpRoute } from '../../model/index.ts';
import type { Cursor } from '../../syntax/index.ts';
import type { RouteIntent } from '../kinds.ts';
import type { ServiceSymbol } from '../symbols.ts';
import type { LowerContext } from './context.ts';
import { lowerDestinations } from './destinations.ts';

/**
 * Of the routes of a service, TCP ports take the first that says nothing but where to go. Beside HTTP ports only a split
 * between versions is taken: another service or port is meant for the HTTP requests.
 */
export function lowerTcpRoutes(
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
      const owner = { symbol, service, port: port.number, isHttp: false };
      const origin = plain?.origin ?? port.origin;
      return {
        kind: 'TcpRoute',
        origin,
        name: `${keyOf(service)}/tcp/${port.number}`,
        matches: [{ kind: 'Clause', origin, all: [{ kind: 'port', anyOf: [port.number], not: false }] }],
        destinations: lowerDestinations(plain?.get('to'), owner, origin, context),
      };
    });
}

function isPlain(route: Cursor<RouteIntent>): boolean {
  return fieldBeyondPlain(route) === undefined;
}

/** The first field that says more than where to go. */
function fieldBeyondPlain({ value }: Cursor<RouteIntent>): keyof RouteIntent | undefined {
  return (Object.keys(value) as (keyof RouteIntent)[]).find((field) => field !== 'to' && field !== 'name');
}

function leadsElsewhere(route: Cursor<RouteIntent>): boolean {
  return (route.value.to ?? []).some((to) =>
    Object.keys(to).some((field) => field !== 'version' && field !== 'weight'),
  );
}

/** For a service without HTTP ports. */
export function checkTcpOnly(routes: readonly Cursor<RouteIntent>[], service: Service, { report }: LowerContext): void {
  let first: Cursor<RouteIntent> | undefined;
  for (const route of routes) {
    const field = fieldBeyondPlain(route);
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
