// What in a workload's scope shares a port that is dialled, and how its proxy tells connections apart there that are redirected to it.
import { isIP } from 'node:net';
import { canonicalAddress } from './addresses.ts';
import { type Client, type MeshIndex, speaksHttp } from './lookup.ts';
import { isOwnTls, type Resolution, type Service } from './service.ts';
import type { Use } from './uses.ts';

type UsedPort = Pick<Use, 'service' | 'port'>;

/** What shares one dialled port. */
export interface PortSharing<Port extends UsedPort = UsedPort> {
  readonly number: number;
  /** Told apart by the Host header. */
  readonly http: readonly Port[];
  /** Told apart by SNI. */
  readonly tls: readonly Port[];
  /** Told apart by their address, where they have one: `takersByAddress`. */
  readonly addressed: readonly Port[];
  /** Of those without an address only one can be served, and none beside HTTP: it takes what nothing else on the port does. */
  readonly tcp: readonly Port[];
}

/** By number. */
export function sharedPorts<Port extends UsedPort>(
  index: MeshIndex,
  client: Client,
  ports: readonly Port[],
): readonly PortSharing<Port>[] {
  const byNumber = Map.groupBy(ports, ({ port }) => port.number);
  return [...byNumber].sort(([a], [b]) => a - b).map(([number, members]) => sharing(index, client, number, members));
}

function sharing<Port extends UsedPort>(
  index: MeshIndex,
  client: Client,
  number: number,
  members: readonly Port[],
): PortSharing<Port> {
  const http = members.filter(({ service, port }) => speaksHttp(index, client, service, port));
  const others = members.filter((p) => !http.includes(p));
  const tls = others.filter(({ port }) => isOwnTls(port.protocol));
  const plain = others.filter((p) => !tls.includes(p));
  const addressed = plain.filter(({ service }) => isDialledByAddress(service));
  return { number, http, tls, addressed, tcp: plain.filter((p) => !addressed.includes(p)) };
}

/** Of several without a name or an address of their own, the first is the one that is served. */
export function servedFirst<Port extends UsedPort>({ http, tcp }: PortSharing<Port>): readonly Port[] {
  return [...http.slice(0, 1), ...tcp];
}

/** Whether addresses that are written down are what callers dial. */
const isAddressFixed: Readonly<Record<Resolution, boolean>> = {
  workloads: false,
  static: true,
  dns: true,
  none: false,
};

/** Connections to the service can be told apart by their address: it is written down, and a number. */
export function isDialledByAddress({ resolution, addresses }: Service): boolean {
  return isAddressFixed[resolution] && addresses.length > 0 && addresses.every((address) => isIP(address) > 0);
}

/** By address, in one spelling: what takes all connections to it on the port, before anybody reads them. Of several the first has it. */
export function takersByAddress<Port extends UsedPort>({ addressed }: PortSharing<Port>): ReadonlyMap<string, Port> {
  const takers = new Map<string, Port>();
  for (const port of addressed) {
    for (const address of port.service.addresses.map(canonicalAddress)) {
      if (!takers.has(address)) takers.set(address, port);
    }
  }
  return takers;
}

/** Two whose connections go to one address and port. */
export interface SharedAddress<Port extends UsedPort = UsedPort> {
  readonly address: string;
  readonly taker: Port;
  /** What the connections meant for it do not get to. */
  readonly hidden: Port;
}

/** Host and server name tell nothing to a listener for bytes: also what speaks HTTP or TLS is hidden by one at its address. */
export function sharedAddresses<Port extends UsedPort>(sharing: PortSharing<Port>): readonly SharedAddress<Port>[] {
  const takers = takersByAddress(sharing);
  return [...sharing.addressed, ...sharing.http, ...sharing.tls].flatMap((hidden) => {
    const shared = (isDialledByAddress(hidden.service) ? hidden.service.addresses : []).flatMap((written) => {
      const address = canonicalAddress(written);
      const taker = takers.get(address);
      return taker && taker !== hidden ? [{ address, taker, hidden }] : [];
    });
    return shared.slice(0, 1);
  });
}
