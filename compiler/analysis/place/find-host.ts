// Which service a host name means to a caller, and whether the caller's scope lets it go there.
import type { EgressHost, MeshIndex, Origin, Service, ServicePort, Workload } from '../../model/index.ts';
import { hostOf, keyOf, serviceHost, isOpenEgress, hasProxy, hasSidecar, type EgressMode } from '../../model/index.ts';

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
  const name = written.toLowerCase();
  for (const host of [name, ...expansions(name, callerNamespace), ...wildcardsOver(name)]) {
    const service = index.serviceByHost.get(host);
    if (service) return { service, host };
  }
  return undefined;
}

function expansions(name: string, callerNamespace: string): string[] {
  const [first = '', second, third, ...more] = name.split('.');
  if (second === undefined) return [serviceHost(first, callerNamespace)];
  if (third === undefined || (third === 'svc' && more.length === 0)) return [serviceHost(first, second)];
  return [];
}

/** `*.b.c`, `*.c` for `a.b.c`: the most specific first, as Envoy looks them up. */
export function wildcardsOver(name: string): string[] {
  const labels = name.split('.');
  return labels.slice(1).map((_, i) => `*.${labels.slice(i + 1).join('.')}`);
}

export function findPort(service: Service, number: number): ServicePort | undefined {
  return service.ports.find((port) => port.number === number);
}

/**
 * What opens a service's port to the caller: an entry of `uses`. A workload without a scope of its own
 * has the mesh's default, which is everything in mode `any`.
 */
export function scopeEntry(
  index: MeshIndex,
  caller: Workload,
  service: Service,
  port: number,
): { readonly origin: Origin } | undefined {
  const scope = index.scopeByWorkload.get(keyOf(caller));
  if (!scope) return isOpenEgress(index.mesh.settings.egressDefault) ? caller : undefined;
  const isPortIn = ({ ports }: EgressHost) => ports.length === 0 || ports.includes(port);
  return scope.hosts.find((entry) => entry.host === hostOf(service) && isPortIn(entry));
}

/** What happens to hosts outside the scope. */
export function egressMode(index: MeshIndex, caller: Workload): EgressMode {
  return index.scopeByWorkload.get(keyOf(caller))?.mode ?? index.mesh.settings.egressDefault;
}

/** True for whoever may call every host: a process without a proxy, or one whose proxy passes on what it does not know. */
export function isHeldByNoScope(index: MeshIndex, caller: Workload): boolean {
  return !hasProxy(caller) || (hasSidecar(caller) && isOpenEgress(egressMode(index, caller)));
}
