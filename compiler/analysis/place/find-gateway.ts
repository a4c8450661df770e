// Which gateway, listener and routes serve a host for callers from outside.
import type { Gateway, GatewayListener, HttpRoute, MeshIndex, RouteTable } from '../../model/index.ts';
import { keyOf, schemeOf } from '../../model/index.ts';
import { wildcardsOver } from './find-host.ts';

export interface FoundListener {
  readonly gateway: Gateway;
  readonly listener: GatewayListener;
}

/**
 * The listeners of a scheme and port, in the order of the mesh; `only` names a single gateway. The first listener of a gateway's
 * port decides whether it speaks TLS, and one without a certificate cannot be served.
 */
export function listenersOn(index: MeshIndex, scheme: string, port: number, only?: string): FoundListener[] {
  return index.mesh.gateways
    .filter((gateway) => only === undefined || keyOf(gateway) === only)
    .flatMap((gateway) => {
      const listeners = gateway.listeners.filter((listener) => listener.port === port);
      const [first] = listeners;
      if (!first || schemeOf(first) !== scheme) return [];
      return listeners
        .filter((listener) => schemeOf(listener) === scheme && (scheme === 'http' || listener.tlsSecret !== undefined))
        .map((listener) => ({ gateway, listener }));
    });
}

/** The listener that names a host most exactly. */
export function listenerFor(found: readonly FoundListener[], host: string): FoundListener | undefined {
  for (const pattern of patternsFor(host)) {
    const hit = found.find(({ listener }) => listener.hosts.includes(pattern));
    if (hit) return hit;
  }
  return undefined;
}

export interface GatewayRoutes {
  readonly tables: readonly RouteTable[];
  readonly http: readonly HttpRoute[];
}

/** The routes for a host: those of the tables that name it most exactly, one after the other. */
export function gatewayRoutes(index: MeshIndex, gateway: Gateway, host: string): GatewayRoutes {
  const all = index.tablesOfGateway(keyOf(gateway));
  for (const pattern of patternsFor(host)) {
    const tables = all.filter((table) => table.hosts.includes(pattern));
    if (tables.length > 0) return { tables, http: tables.flatMap((table) => table.http) };
  }
  return { tables: [], http: [] };
}

/** The patterns that cover a host, the most exact first. */
function patternsFor(host: string): string[] {
  const name = host.toLowerCase();
  return [name, ...wildcardsOver(name), '*'];
}
