// Which service a host name means to a caller, and whether the caller's scope lets it go there.
import type { MeshIndex, PortSharing, Service, ServicePort, Use, Workload } from '../../model/index.ts';
import {
  addressInHost,
  hostOf,
  isOfCluster,
  keyOf,
  servedFirst,
  serviceHost,
  sharedPorts,
  takersByAddress,
  isInMesh,
  isOpenEgress,
  hasProxy,
  hasSidecar,
  type EgressMode,
  hostsOver,
} from '../../model/index.ts';

export interface FoundHost {
  readonly service: Service;
  /** The host of the service that the written name stands for; route tables are looked up by it. */
  readonly host: string;
}

/** One port of a service: what a connection is made to. */
export interface ServedPort {
  readonly service: Service;
  readonly port: ServicePort;
}

/** The inverse of `hostAliases` (model/names.ts), ignoring case; a wildcard host is found by what it covers. */
export function findHost(index: MeshIndex, written: string, callerNamespace: string): FoundHost | undefined {
  return firstOf(index, [...meantBy(written, callerNamespace), ...wildcardsOver(bareName(written))]);
}

/** What cluster DNS makes of a name: what is outside the mesh it knows nothing of, whatever the mesh says. */
export function findByDns(index: MeshIndex, written: string, callerNamespace: string): FoundHost | undefined {
  return firstOf(index, meantBy(written, callerNamespace), isInMesh);
}

function firstOf(
  index: MeshIndex,
  hosts: readonly string[],
  isMeant: (service: Service) => boolean = () => true,
): FoundHost | undefined {
  for (const host of hosts) {
    const service = index.serviceByHost.get(host);
    if (service && isMeant(service)) return { service, host };
  }
  return undefined;
}

/** Without the name itself, and without `*`, which no service may have. */
function wildcardsOver(name: string): readonly string[] {
  return hostsOver(name).slice(1, -1);
}

function bareName(written: string): string {
  return written.toLowerCase().replace(/\.$/, '');
}

/** The exact hosts that a name may stand for. With a dot at the end it is whole, and nothing is added to it. */
function meantBy(written: string, callerNamespace: string): readonly string[] {
  const name = bareName(written);
  return written.endsWith('.') ? [name] : [name, ...expansions(name, callerNamespace)];
}

/** The hosts that cluster DNS would make of a name. */
export function expansions(name: string, callerNamespace: string): string[] {
  const [first = '', second, third, ...more] = name.split('.');
  if (first === '*') return [];
  if (second === undefined) return [serviceHost(first, callerNamespace)];
  if (third === undefined || (third === 'svc' && more.length === 0)) return [serviceHost(first, second)];
  return [];
}

export function findPort(service: Service, number: number): ServicePort | undefined {
  return service.ports.find((port) => port.number === number);
}

/**
 * What a sidecar's proxy makes of a written name: only what its scope opens has a place there. An exact name comes before a wildcard,
 * a long wildcard before a short one; of two services that both go by the name on this port, the first has it (docs/semantics.md).
 */
export function findUse(index: MeshIndex, caller: Workload, written: string, port: number): FoundUse | undefined {
  const uses = index.usesOf(caller).filter((use) => use.port.number === port);
  const wildcards = wildcardsOver(bareName(written)).map((wildcard) => [wildcard]);
  for (const names of [meantBy(written, caller.namespace), ...wildcards]) {
    for (const use of uses) {
      const host = use.service.hosts.find((own) => names.includes(own));
      if (host !== undefined) return { ...use, host };
    }
  }
  return undefined;
}

export interface FoundUse extends FoundHost, Use {}

/** Of a port that the workload's proxy reads what is redirected to it on, whoever it is for. */
export interface ReadPort {
  /** One of the uses because of which it does. */
  readonly use: Use;
  /** TLS that no service in scope is named in goes by unread, as on a port of bytes: its listener tells TLS from HTTP for the sake of another service. */
  readonly isTlsApart: boolean;
}

function readIn({ http, tls }: PortSharing<Use>): ReadPort | undefined {
  const use = http.at(-1);
  return use && { use, isTlsApart: tls.length > 0 };
}

/** By number: something in the workload's scope speaks HTTP there. */
export function portsRead(index: MeshIndex, workload: Workload): ReadonlyMap<number, ReadPort> {
  return new Map(
    sharedPorts(index, workload, index.usesOf(workload)).flatMap((shared) => {
      const read = readIn(shared);
      return read ? [[shared.number, read] as const] : [];
    }),
  );
}

export function readPort(index: MeshIndex, workload: Workload, number: number): ReadPort | undefined {
  const shared = sharingOn(index, workload, number);
  return shared && readIn(shared);
}

function sharingOn(index: MeshIndex, workload: Workload, number: number): PortSharing<Use> | undefined {
  const uses = index.usesOf(workload).filter(({ port }) => port.number === number);
  return sharedPorts(index, workload, uses)[0];
}

/** What takes the connections to an address, before anybody reads whom they are for: of a workload whose proxy sees what is redirected. */
export function takerAt(index: MeshIndex, workload: Workload, written: string, number: number): FoundUse | undefined {
  const address = addressInHost(written);
  if (address === undefined) return undefined;
  const shared = sharingOn(index, workload, number);
  const taker = shared && takersByAddress(shared).get(address);
  return taker && { ...taker, host: hostOf(taker.service) };
}

/**
 * What takes the connections to a port whose address and name tell nothing: what has neither, in the scope of a workload whose proxy sees
 * what is redirected. A Kubernetes Service has an address of its own, so that under istiod it takes what is for it alone.
 */
export function takerOf(index: MeshIndex, workload: Workload, number: number): FoundUse | undefined {
  const shared = sharingOn(index, workload, number);
  if (!shared || shared.http.length > 0) return undefined;
  const taker = shared.tcp.find(({ service }) => !isOfCluster(service));
  return taker && { ...taker, host: hostOf(taker.service) };
}

/** What is served on the port of a TCP service in its place, where no cluster address tells the two apart (FL0455); undefined where it is served itself. */
export function servedInPlaceOf(index: MeshIndex, workload: Workload, { port }: Use): Use | undefined {
  const shared = sharingOn(index, workload, port.number);
  const [first] = shared ? servedFirst(shared) : [];
  return shared?.tcp.some((use) => use.port === port) && first?.port !== port ? first : undefined;
}

/** What happens to hosts outside the scope. */
export function egressMode(index: MeshIndex, caller: Workload): EgressMode {
  return index.scopeByWorkload.get(keyOf(caller))?.mode ?? index.mesh.settings.egressDefault;
}

/** True for whoever may call every host: a process without a proxy, or one whose proxy passes on what it does not know. */
export function isHeldByNoScope(index: MeshIndex, caller: Workload): boolean {
  return !hasProxy(caller) || (hasSidecar(caller) && isOpenEgress(egressMode(index, caller)));
}
