// Which Gateway objects the hosts of a gateway's listeners share, and which VirtualServices are bound to which of them.
//
// Istio gives every host of a Gateway the routes of every VirtualService bound to it whose hosts meet that host: beside
// `a.example.com` one for `*.example.com` would answer what the narrow host does not route, and its redirect to HTTPS would be
// that of both. In the model the most exact decides alone. So hosts whose routes must not mix stand in objects of their own.
// https://istio.io/latest/docs/reference/config/networking/virtual-service/#VirtualService-gateways
import { createHash } from 'node:crypto';
import {
  commonHost,
  type Gateway,
  type GatewayListener,
  type GatewayPort,
  hostsOver,
  keyOf,
  listenerFor,
  type MeshIndex,
  nearestHost,
  type RouteTable,
} from '../../model/index.ts';

/** A host of a listener. */
export interface ListenerHost {
  readonly gateway: Gateway;
  readonly listener: GatewayListener;
  readonly host: string;
}

/** One object: the part of a gateway whose hosts may share routes. */
export interface GatewayObject {
  readonly gateway: Gateway;
  readonly name: string;
  readonly hosts: readonly ListenerHost[];
}

export interface GatewayObjects {
  readonly objects: readonly GatewayObject[];
  /** As a VirtualService for the host names them; none where no proxy serves it. */
  boundTo(table: RouteTable, host: string): readonly string[];
  /** Routes that Istio applies to a host at proxies where the mesh does not. */
  readonly conflicts: readonly (RoutedHost & { readonly at: ListenerHost })[];
}

/** A host of a table: what a VirtualService may be for. */
interface RoutedHost {
  readonly host: string;
  readonly table: RouteTable;
}

/** A host of a listener with the routes that must reach it and those that must not. */
interface Slot extends ListenerHost {
  readonly wanted: Set<RoutedHost>;
  readonly unwanted: Set<RoutedHost>;
}

interface Part extends GatewayObject {
  readonly hosts: readonly Slot[];
}

export function gatewayObjects(index: MeshIndex): GatewayObjects {
  const slots = slotsOf(index);
  const objects: readonly Part[] = index.mesh.gateways.flatMap((gateway) => partsOf(gateway, slots.get(gateway) ?? []));
  const bound = new Map<RouteTable, Map<string, Set<string>>>();
  for (const { gateway, name, hosts } of objects) {
    const key = keyOf({ namespace: gateway.namespace, name });
    for (const { table, host } of hosts.flatMap(({ wanted }) => [...wanted])) {
      const byHost = bound.get(table) ?? new Map<string, Set<string>>();
      bound.set(table, byHost.set(host, (byHost.get(host) ?? new Set()).add(key)));
    }
  }
  const conflicts = objects.flatMap(({ hosts }) =>
    hosts.flatMap((at) => [...at.wanted].filter((one) => at.unwanted.has(one)).map((one) => ({ ...one, at }))),
  );
  return {
    objects,
    boundTo: (table, host) => [...(bound.get(table)?.get(host) ?? []), ...foreignGateways(table, index)].sort(),
    conflicts,
  };
}

/** Gateways that the mesh names but does not have: objects that somebody else makes. */
export function foreignGateways({ attach }: RouteTable, { gatewayByKey }: MeshIndex): readonly string[] {
  return attach.gateways.filter((key) => !gatewayByKey.has(key));
}

function slotsOf(index: MeshIndex): ReadonlyMap<Gateway, readonly Slot[]> {
  const slots = new Map(
    index.mesh.gateways.map((gateway) => [
      gateway,
      gateway.listeners.flatMap((listener) =>
        [...new Set(listener.hosts)].map(
          (host): Slot => ({ gateway, listener, host, wanted: new Set(), unwanted: new Set() }),
        ),
      ),
    ]),
  );
  const tables = Map.groupBy(
    index.mesh.routeTables.flatMap((table) =>
      table.attach.gateways.length > 0 ? table.hosts.map((host) => ({ host, table })) : [],
    ),
    ({ host }) => host,
  );
  for (const port of index.gatewayPorts()) {
    const served = port.gateways.flatMap((gateway) =>
      (slots.get(gateway) ?? []).filter(({ listener }) => port.listeners.includes(listener)),
    );
    for (const slot of served) sortTables(slot, port, tables);
  }
  return slots;
}

type TablesByHost = ReadonlyMap<string, readonly RoutedHost[]>;

/** What Istio would do to the host with the routes of each table, and what this proxy does. */
function sortTables({ host, listener, wanted, unwanted }: Slot, port: GatewayPort, tables: TablesByHost): void {
  for (const name of namesMeeting(host, tables)) {
    const common = commonHost(name, host) ?? host;
    const entry = port.hosts.get(common);
    const isNearest = nearestOf(common, port) === host && actsAs(listener, listenerFor(common, port.listeners));
    for (const routed of tables.get(name) ?? []) {
      const isServed = entry?.tables.includes(routed.table) ?? false;
      if (isServed && isNearest) wanted.add(routed);
      // The same routes once more change nothing, but the redirect of one host would become that of the other.
      else if (!isServed || entry?.redirects !== listener.redirectToHttps) unwanted.add(routed);
    }
  }
}

/** Of gateways that serve one host alike Istio may keep the object of either, by age: the routes are bound to each. */
function actsAs(listener: GatewayListener, deciding: GatewayListener | undefined): boolean {
  const { tlsSecret, redirectToHttps } = listener;
  return tlsSecret === deciding?.tlsSecret && redirectToHttps === deciding?.redirectToHttps;
}

function nearestOf(host: string, { listeners }: GatewayPort): string | undefined {
  return nearestHost(host, new Set(listeners.flatMap(({ hosts }) => hosts)));
}

/** Hosts of tables with which a host has names in common. */
function namesMeeting(host: string, tables: TablesByHost): readonly string[] {
  if (host.startsWith('*')) return [...tables.keys()].filter((name) => commonHost(name, host) !== undefined);
  return hostsOver(host).filter((name) => tables.has(name));
}

/**
 * The object of the gateway's own name holds all hosts that can share; each of the others has one of its own. Exact hosts come first, so
 * that none of them moves when a wildcard is added beside it.
 */
function partsOf(gateway: Gateway, slots: readonly Slot[]): readonly Part[] {
  const [wanted, unwanted] = [new Set<RoutedHost>(), new Set<RoutedHost>()];
  const shared = new Set<Slot>();
  for (const slot of slots.toSorted((a, b) => exactness(b) - exactness(a))) {
    const isFree = shared.size === 0 || (slot.wanted.isDisjointFrom(unwanted) && slot.unwanted.isDisjointFrom(wanted));
    if (!isFree) continue;
    shared.add(slot);
    for (const routed of slot.wanted) wanted.add(routed);
    for (const routed of slot.unwanted) unwanted.add(routed);
  }
  const own = slots.filter((slot) => !shared.has(slot));
  return [
    { gateway, name: gateway.name, hosts: slots.filter((slot) => shared.has(slot)) },
    ...own.map((slot) => ({ gateway, name: nameOf(slot), hosts: [slot] })),
  ];
}

function exactness({ host }: ListenerHost): number {
  return host.startsWith('*') ? host.length : Number.POSITIVE_INFINITY;
}

const maxName = 63;

/** Readable, and with a hash of all that tells it apart, so that it neither depends on the other hosts nor meets another name. */
function nameOf({ gateway, listener, host }: ListenerHost): string {
  const text = JSON.stringify([gateway.name, listener.name, listener.port, host]);
  const hash = createHash('sha256').update(text).digest('hex').slice(0, 10);
  const readable = `${gateway.name}-${host.toLowerCase().replace('*', 'any')}`.replaceAll(/[^a-z0-9-]/g, '-');
  return `${readable.slice(0, maxName - hash.length - 1).replace(/-+$/, '')}-${hash}`;
}
