// Which gateway's proxy answers for a host, to callers from outside, and with whose routes.
import {
  type Gateway,
  type GatewayHost,
  type GatewayListener,
  type GatewayPort,
  gatewayHostFor,
  hostsOver,
  keyOf,
  listenerFor,
  type MeshIndex,
  schemeOf,
  type TestRequest,
} from '../../model/index.ts';

/** The ports at which a scheme is spoken, in the order of the mesh; `only` names the gateway at whose own proxy to ask. */
export function portsFor(index: MeshIndex, scheme: string, port: number, only?: string): readonly GatewayPort[] {
  return index.gatewayPorts().filter((one) => {
    const [first] = one.listeners;
    const isAsked = only === undefined || keyOf(one.workload) === only;
    return isAsked && one.port === port && first !== undefined && schemeOf(first) === scheme;
  });
}

export interface FoundListener {
  readonly port: GatewayPort;
  /** That names the host most exactly. */
  readonly listener: GatewayListener;
  readonly gateway: Gateway;
  /** What the proxy has for the host, if it has more than a listener. */
  readonly entry?: GatewayHost;
}

/** Where a host is named most exactly; of several proxies that serve the listener, that of its own gateway, as its name is published. */
export function findListener(ports: readonly GatewayPort[], host: string): FoundListener | undefined {
  return listenersFor(ports, host)[0];
}

export interface MetProxy {
  /** `namespace/name` of the proxy. */
  readonly gateway: string;
  /** That its listener names the host most exactly of all: where the name leads. At others it is as good as any name. */
  readonly isNearest: boolean;
}

/** The proxies that a caller from outside may meet under a host, those of the listener that names it most exactly first, its own before others. */
export function proxiesFor(
  index: MeshIndex,
  { scheme, host, port }: Pick<TestRequest, 'scheme' | 'host' | 'port'>,
): readonly MetProxy[] {
  const found = listenersFor(portsFor(index, scheme, port), host);
  return found.map(({ port: { workload }, distance }) => ({
    gateway: keyOf(workload),
    isNearest: distance === found[0]?.distance,
  }));
}

/** Whether a listener of the gateway's own proxy names the host, or covers it. */
export function isListenedFor(
  index: MeshIndex,
  gateway: string,
  request: Pick<TestRequest, 'scheme' | 'host' | 'port'>,
) {
  return findListener(portsFor(index, request.scheme, request.port, gateway), request.host) !== undefined;
}

function listenersFor(ports: readonly GatewayPort[], written: string): readonly (FoundListener & Nearness)[] {
  const host = written.toLowerCase();
  const rank = new Map(hostsOver(host).map((name, i) => [name, i]));
  const found = ports.flatMap((port) => {
    const listener = listenerFor(host, port.listeners);
    const gateway = listener && port.gateways.find(({ listeners }) => listeners.includes(listener));
    if (!gateway) return [];
    const distance = Math.min(...listener.hosts.map((name) => rank.get(name) ?? Number.POSITIVE_INFINITY));
    const entry = gatewayHostFor(host, port);
    const isOwn = keyOf(gateway) === keyOf(port.workload);
    return [{ port, listener, gateway, distance, isOwn, ...(entry && { entry }) }];
  });
  return found.toSorted((a, b) => a.distance - b.distance || Number(b.isOwn) - Number(a.isOwn));
}

interface Nearness {
  /** 0 for a listener that names the host itself. */
  readonly distance: number;
}
