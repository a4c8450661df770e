// What the proxies of gateways serve: the listeners of a port together, and what becomes of each host that they name.
import type { Gateway, GatewayListener } from './gateway.ts';
import { schemeOf } from './gateway.ts';
import { commonHost, hostsOver, nearestHost } from './names.ts';
import { type HttpRoute, isCatchAll, type RouteTable } from './route.ts';
import { isSelected, keyOf, runsGateway, type Workload } from './workload.ts';

/**
 * The listeners that one proxy serves on each port, in the order of its gateways. The first of a port decides whether it speaks TLS;
 * one that would need a certificate and names none is not served, for plain text would be worse than nothing.
 */
export function servedListeners(gateways: readonly Gateway[]): ReadonlyMap<number, readonly GatewayListener[]> {
  const all = gateways.flatMap(({ listeners }) => listeners);
  const byPort = Map.groupBy(
    all.toSorted((a, b) => a.port - b.port),
    ({ port }) => port,
  );
  return new Map([...byPort].map(([port, [first, ...others]]) => [port, first ? alike(first, others) : []]));
}

function alike(first: GatewayListener, others: readonly GatewayListener[]): readonly GatewayListener[] {
  return [first, ...others].filter((listener) => schemeOf(listener) === schemeOf(first) && isServable(listener));
}

function isServable(listener: GatewayListener): boolean {
  return schemeOf(listener) === 'http' || listener.tlsSecret !== undefined;
}

/** A host, or wildcard, for which a gateway's proxy has an answer. */
export interface GatewayHost {
  readonly host: string;
  /** Whose routes are tried (`triedRoutes`); what they do not route is not looked for elsewhere. */
  readonly tables: readonly RouteTable[];
  /** Every request is sent to HTTPS instead. */
  readonly redirects: boolean;
}

/**
 * The hosts of a port by name. A listener's host without routes is not among them, so that its requests meet what a wider host has;
 * unless they are redirected to HTTPS.
 */
export function gatewayHosts(listeners: readonly GatewayListener[], tables: readonly RouteTable[]): GatewayHost[] {
  const routed = new Set(tables.flatMap(({ hosts }) => hosts));
  const served = new Set(listeners.flatMap(({ hosts }) => hosts));
  const redirected = listeners.flatMap(({ hosts, redirectToHttps }) => (redirectToHttps ? hosts : []));
  const common = [...routed].flatMap((host) => [...served].flatMap((one) => commonHost(host, one) ?? []));
  const tablesByHost = Map.groupBy(
    tables.flatMap((table) => table.hosts.map((host) => ({ host, table }))),
    ({ host }) => host,
  );
  return [...new Set([...redirected, ...common])].sort().map((host) => {
    const own = tablesByHost.get(nearestHost(host, routed) ?? '') ?? [];
    const redirects = listenerFor(host, listeners)?.redirectToHttps ?? false;
    return { host, tables: own.map(({ table }) => table), redirects };
  });
}

/**
 * The routes of a host's tables: one table after the other, but what takes everything comes last, as under Istio. Else a service that one gateway
 * exposes at a path would get nothing where another, on the same proxies, exposes all of the host.
 */
export function triedRoutes(tables: readonly RouteTable[]): readonly HttpRoute[] {
  const [only, ...more] = tables;
  if (only && more.length === 0) return only.http;
  const parts = tables.map(({ http }) => {
    const at = http.findIndex(isCatchAll);
    const end = at < 0 ? http.length : at;
    return { first: http.slice(0, end), last: http.slice(end) };
  });
  return [...parts.flatMap(({ first }) => first), ...parts.flatMap(({ last }) => last)];
}

/** The listener that names a host most exactly; without one, a port with TLS makes no connection for it. */
export function listenerFor(host: string, listeners: readonly GatewayListener[]): GatewayListener | undefined {
  const nearest = nearestHost(host, new Set(listeners.flatMap(({ hosts }) => hosts)));
  return listeners.find(({ hosts }) => nearest !== undefined && hosts.includes(nearest));
}

/** A port of one proxy. Gateways whose selectors choose the same proxies are served by each of them together. */
export interface GatewayPort {
  /** Runs the proxy. */
  readonly workload: Workload;
  readonly gateways: readonly Gateway[];
  readonly port: number;
  /** Of one scheme; at least one. */
  readonly listeners: readonly GatewayListener[];
  readonly hosts: ReadonlyMap<string, GatewayHost>;
}

/** What answers for a host at a port: the most exact, as Envoy looks it up. */
export function gatewayHostFor(host: string, { hosts }: GatewayPort): GatewayHost | undefined {
  const found = hostsOver(host).find((name) => hosts.has(name));
  return found === undefined ? undefined : hosts.get(found);
}

/** Whether a workload's proxies serve a gateway: the one of their own key, and those that select their labels, in any namespace. */
export function servesGateway(workload: Workload, gateway: Gateway): boolean {
  if (keyOf(gateway) === keyOf(workload)) return true;
  return Object.keys(gateway.selector).length > 0 && isSelected(gateway.selector, workload.labels);
}

/** All that one proxy serves together. */
export function gatewaysOn(workload: Workload, gateways: readonly Gateway[]): readonly Gateway[] {
  return gateways.filter((gateway) => servesGateway(workload, gateway));
}

/** Whose proxies serve a gateway: its own, then those of others that it selects. */
export function proxiesOfGateway(gateway: Gateway, workloads: readonly Workload[]): readonly Workload[] {
  const serving = workloads.filter((workload) => runsGateway(workload) && servesGateway(workload, gateway));
  const own = serving.find((workload) => keyOf(workload) === keyOf(gateway)) ?? proxyFor(gateway);
  return [own, ...serving.filter((workload) => workload !== own)];
}

/** The workload that runs a gateway's proxies where the mesh has none of its key. */
export function proxyFor({ name, namespace, selector, serviceAccount, origin }: Gateway): Workload {
  return {
    kind: 'Workload',
    name,
    namespace,
    labels: selector,
    serviceAccount,
    proxy: 'gateway',
    settingPlaces: [],
    origin,
  };
}

/** The ports of some proxies of gateways. */
export function gatewayPorts(
  workload: Workload,
  gateways: readonly Gateway[],
  tablesOfGateway: (gateway: string) => readonly RouteTable[],
): readonly GatewayPort[] {
  const tables = [...new Set(gateways.flatMap((gateway) => tablesOfGateway(keyOf(gateway))))];
  return [...servedListeners(gateways)].flatMap(([port, listeners]) => {
    if (listeners.length === 0) return [];
    const hosts = new Map(gatewayHosts(listeners, tables).map((one) => [one.host, one]));
    return [{ workload, gateways, port, listeners, hosts }];
  });
}
