// `expose` entries: the routes of a service narrowed to a path of a host. No route may match more at the gateway than inside.
import { didYouMean } from '../../diagnostics/index.ts';
import {
  type Clause,
  everyPath,
  hostOf,
  isHttp,
  keyOf,
  type PathMatch,
  type RouteTable,
  type Service,
  coversHost,
} from '../../model/index.ts';
import type { Cursor } from '../../syntax/index.ts';
import { serviceDefaults } from '../defaults.ts';
import type { ExposeIntent } from '../kinds.ts';
import type { GatewaySymbol } from '../symbols.ts';
import type { Exposure, LowerContext } from './context.ts';
import { portsHint } from './destinations.ts';
import { type Narrowing, narrowRoute } from './narrow-route.ts';
import { inExpose, parsePath } from './paths.ts';

export function lowerExposures(
  entries: readonly Cursor<ExposeIntent>[],
  service: Service,
  table: RouteTable,
  context: LowerContext,
): readonly Exposure[] {
  return entries.flatMap((entry, i) => {
    const exposed = lowerEntry(entry, service, context);
    if (!exposed) return [];
    const { exposure, narrowing } = exposed;
    const routes = table.http.flatMap((route) => narrowRoute(route, `${route.name}/expose/${i}`, narrowing));
    return [{ ...exposure, routes }];
  });
}

/** An exposure, and how the routes of its service are narrowed for it. */
interface LoweredEntry {
  readonly exposure: Omit<Exposure, 'routes'>;
  readonly narrowing: Narrowing;
}

/** Undefined after a report. */
function lowerEntry(entry: Cursor<ExposeIntent>, service: Service, context: LowerContext): LoweredEntry | undefined {
  const gateway = context.resolver.gateway(entry.get('gateway') as Cursor<string>);
  const path = entry.get('path');
  const lowered = path ? parsePath(path, inExpose, context.report) : everyPath;
  const port = exposedPort(entry, service, context);
  if (gateway && !gateway.isBroken) checkHost(entry, gateway, context);
  if (!gateway || !lowered || port === undefined) return undefined;
  const narrowing: Narrowing = {
    exposed: lowered,
    exposedAt: entry.origin,
    port,
    origin: entry.origin,
    inexpressible: (clause, path) => reportPattern({ clause, path }, lowered, entry, context),
  };
  const exposure = {
    gateway: keyOf(gateway),
    host: entry.value.host,
    path: lowered,
    pathText: path?.value ?? serviceDefaults.exposedPath,
    service: keyOf(service),
    serviceHost: hostOf(service),
    serviceNamespace: service.namespace,
    origin: entry.origin,
  };
  return { exposure, narrowing };
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
  if (!host || gateway.hosts.some((served) => coversHost(served, host.value))) return;
  report('FL0310', {
    message: `gateway "${keyOf(gateway)}" does not serve host "${host.value}"`,
    span: host.origin,
    hint: didYouMean(host.value, gateway.hosts) ?? `it serves: ${gateway.hosts.join(', ')}`,
    related: [{ message: 'the gateway', span: gateway.span }],
  });
}

function reportPattern(
  { clause, path }: { readonly clause: Clause; readonly path: PathMatch },
  exposed: PathMatch,
  entry: Cursor<ExposeIntent>,
  { report }: LowerContext,
): void {
  report('FL0409', {
    message: `a ${path.type} match cannot be narrowed to the exposed path "${entry.value.path ?? exposed.value}"`,
    span: entry.get('path')?.origin ?? entry.origin,
    related: [{ message: 'the match', span: clause.origin }],
    hint: 'expose all of the host, or write the match as exact paths or `/x/*`',
  });
}
