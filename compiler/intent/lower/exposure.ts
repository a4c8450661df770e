// `expose` entries: the routes of a service narrowed to a path of a host. No route may match more at the gateway than inside.
import { didYouMean } from '../../diagnostics/index.ts';
import {
  type HttpMatch,
  type HttpRoute,
  isHttp,
  keyOf,
  type PathMatch,
  type RouteTable,
  type Service,
} from '../../model/index.ts';
import type { Cursor } from '../../syntax/index.ts';
import { serviceDefaults } from '../defaults.ts';
import type { ExposeIntent } from '../kinds.ts';
import type { GatewaySymbol } from '../symbols.ts';
import type { Exposure, LowerContext } from './context.ts';
import { portsHint } from './destinations.ts';
import { anyPath, matchesExactly, parsePath } from './paths.ts';

export function lowerExposures(
  entries: readonly Cursor<ExposeIntent>[],
  service: Service,
  table: RouteTable,
  context: LowerContext,
): readonly Exposure[] {
  return entries.flatMap((entry, i) => lowerExposure(entry, i, service, table, context));
}

function lowerExposure(
  entry: Cursor<ExposeIntent>,
  index: number,
  service: Service,
  table: RouteTable,
  context: LowerContext,
): readonly Exposure[] {
  const gateway = context.resolver.gateway(entry.get('gateway') as Cursor<string>);
  const path = entry.get('path');
  const lowered = path ? parsePath(path, context.report) : anyPath;
  const port = exposedPort(entry, service, context);
  if (gateway && !gateway.isBroken) checkHost(entry, gateway, context);
  if (!gateway || !lowered || port === undefined) return [];
  const narrow = (route: HttpRoute) => narrowRoute(route, lowered, `expose/${index}`, port, entry, context);
  return [
    {
      gateway: keyOf(gateway),
      host: entry.value.host,
      path: lowered,
      pathText: path?.value ?? serviceDefaults.exposedPath,
      service: keyOf(service),
      serviceHost: service.hosts[0] ?? '',
      serviceNamespace: service.namespace,
      origin: entry.origin,
      routes: table.http.flatMap(narrow),
    },
  ];
}

function exposedPort(entry: Cursor<ExposeIntent>, service: Service, { report }: LowerContext): number | undefined {
  const httpPorts = service.ports.filter((port) => isHttp(port.protocol));
  const written = entry.get('port');
  if (written && httpPorts.some((port) => port.number === written.value)) return written.value;
  if (written) {
    report('FL0308', {
      message: `"${keyOf(service)}" has no HTTP port ${written.value}`,
      span: written.origin,
      hint: portsHint(service.ports),
    });
    return undefined;
  }
  if (httpPorts.length === 0) {
    report('FL0407', {
      message: `"${keyOf(service)}" has no HTTP port that a gateway could send to`,
      span: entry.origin,
      hint: 'name the port `http`, or set its protocol, if it speaks HTTP',
    });
  }
  return httpPorts[0]?.number;
}

function checkHost(entry: Cursor<ExposeIntent>, gateway: GatewaySymbol, { report }: LowerContext): void {
  const host = entry.get('host');
  if (!host || gateway.hosts.some((served) => covers(served, host.value))) return;
  report('FL0310', {
    message: `gateway "${keyOf(gateway)}" does not serve host "${host.value}"`,
    span: host.origin,
    hint: didYouMean(host.value, gateway.hosts) ?? `it serves: ${gateway.hosts.join(', ')}`,
    related: [{ message: 'the gateway', span: gateway.span }],
  });
}

/** True if every host that `inner` stands for is one of `outer`'s. */
function covers(outer: string, inner: string): boolean {
  if (outer === '*' || outer === inner) return true;
  return outer.startsWith('*.') && inner.endsWith(outer.slice(1)) && inner !== outer.slice(2);
}

type Narrowed = { readonly path: PathMatch; readonly rewrite?: string };

/**
 * A route as it holds under the exposed path; none if it cannot match there. Where narrowing changes what a rewrite
 * replaces, each alternative becomes a route of its own with the rewrite that does the same.
 */
function narrowRoute(
  route: HttpRoute,
  exposed: PathMatch,
  suffix: string,
  port: number,
  entry: Cursor<ExposeIntent>,
  context: LowerContext,
): readonly HttpRoute[] {
  const name = `${route.name}/${suffix}`;
  const rewrite = route.action.kind === 'ForwardAction' ? route.action.rewrite?.path : undefined;
  const noMatch: HttpMatch = { kind: 'HttpMatch', origin: entry.origin, methods: [], headers: [], ports: [] };
  const alternatives = route.matches.length > 0 ? route.matches : [noMatch];
  const results = alternatives.flatMap((match) => {
    const narrowed = narrowPath(match.path, exposed, rewrite);
    if (narrowed === 'inexpressible') {
      reportPattern(match, exposed, entry, context);
      return [];
    }
    const { kind, origin, path: _wider, ...rest } = match;
    return narrowed ? [{ match: { kind, origin, path: narrowed.path, ...rest }, rewrite: narrowed.rewrite }] : [];
  });
  const [first] = results;
  if (!first) return [];
  if (results.every((result) => result.rewrite === first.rewrite)) {
    return [
      rebuild(
        route,
        name,
        results.map((result) => result.match),
        first.rewrite,
        port,
      ),
    ];
  }
  return results.map((result, i) => rebuild(route, `${name}/${i}`, [result.match], result.rewrite, port));
}

function rebuild(
  route: HttpRoute,
  name: string,
  matches: readonly HttpMatch[],
  rewritePath: string | undefined,
  port: number,
): HttpRoute {
  const { action } = route;
  if (action.kind === 'RedirectAction') return { ...route, name, matches };
  const rewrite = rewritePath === undefined ? action.rewrite : { ...action.rewrite, path: rewritePath };
  const settle = <D extends { readonly port: number }>(place: D): D => (place.port === 0 ? { ...place, port } : place);
  return {
    ...route,
    name,
    matches,
    action: {
      ...action,
      destinations: action.destinations.map(settle),
      mirrors: action.mirrors.map(settle),
      ...(rewrite && { rewrite }),
    },
  };
}

function reportPattern(
  match: HttpMatch,
  exposed: PathMatch,
  entry: Cursor<ExposeIntent>,
  { report }: LowerContext,
): void {
  report('FL0409', {
    message: `a ${match.path?.type ?? 'path'} match cannot be narrowed to the exposed path "${entry.value.path ?? exposed.value}"`,
    span: entry.get('path')?.origin ?? entry.origin,
    related: [{ message: 'the match', span: match.origin }],
    hint: 'expose all of the host, or write the match as exact paths or `/x/*`',
  });
}

/** The intersection of a route's path and the exposed one. `exposed` is everything, exact, or segments. */
function narrowPath(
  path: PathMatch | undefined,
  exposed: PathMatch,
  rewrite: string | undefined,
): Narrowed | 'inexpressible' | undefined {
  const route = path ?? anyPath;
  const unchanged: Narrowed = { path: route, ...(rewrite !== undefined && { rewrite }) };
  if (exposed.type === 'prefix') return unchanged;
  if (route.type === 'exact') return matchesExactly(exposed, route.value) ? unchanged : undefined;
  if (exposed.type === 'exact') {
    if (!matchesExactly(route, exposed.value)) return undefined;
    return { path: exposed, ...(rewrite !== undefined && { rewrite: rewritten(route, exposed.value, rewrite) }) };
  }
  if (route.type === 'segments' || route.type === 'prefix')
    return narrowToSegments(route, exposed.value, rewrite, unchanged);
  return 'inexpressible';
}

function narrowToSegments(
  route: PathMatch,
  exposed: string,
  rewrite: string | undefined,
  unchanged: Narrowed,
): Narrowed | 'inexpressible' | undefined {
  const isInside = route.value === exposed ? route.type === 'segments' : route.value.startsWith(`${exposed}/`);
  if (isInside) return unchanged;
  const isAround = route.type === 'prefix' ? exposed.startsWith(route.value) : exposed.startsWith(`${route.value}/`);
  if (!isAround) return undefined;
  const path: PathMatch = { type: 'segments', value: exposed };
  if (rewrite === undefined) return { path };
  const replaced = rewritten(route, exposed, rewrite);
  // A raw prefix keeps a doubled slash that segments would merge.
  const changesMeaning = route.type === 'prefix' && replaced.endsWith('/');
  return changesMeaning ? 'inexpressible' : { path, rewrite: replaced };
}

/** What the rewrite of a route makes of one path, as the model defines it. */
function rewritten(route: PathMatch, path: string, rewrite: string): string {
  if (route.type === 'prefix') return rewrite + path.slice(route.value.length);
  if (route.type !== 'segments') return rewrite;
  const rest = path.slice(route.value.length);
  return rest === '' ? rewrite : rewrite.replace(/\/$/, '') + rest;
}
