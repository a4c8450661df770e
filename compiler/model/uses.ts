// What a workload's proxy is given to call: the service ports that its scope opens.
import { compareText } from '../diagnostics/index.ts';
import type { EgressHost, EgressScope } from './egress.ts';
import { hostsOver } from './names.ts';
import { hostOf, type Service, type ServicePort } from './service.ts';

export interface Use {
  readonly service: Service;
  readonly port: ServicePort;
  /** What opens it. */
  readonly entry: EgressHost;
}

/** How services are found by those who look for what a scope names. */
export interface NamedServices {
  readonly byHost: ReadonlyMap<string, Service>;
  /** Those of a namespace of which a wildcard covers a host. */
  under(wildcard: string, namespace: string): readonly Service[];
}

export function servicesUnder(services: readonly Service[]): NamedServices['under'] {
  // Few meshes have wildcards in their scopes.
  let known: ReadonlyMap<string, ReadonlySet<Service>> | undefined;
  return (wildcard, namespace) => {
    known ??= servicesByWildcard(services);
    return [...(known.get(`${namespace} ${wildcard}`) ?? [])];
  };
}

function servicesByWildcard(services: readonly Service[]): ReadonlyMap<string, ReadonlySet<Service>> {
  const covered = new Map<string, Set<Service>>();
  for (const service of services) {
    for (const name of service.hosts.flatMap(hostsOver)) {
      const key = `${service.namespace} ${name}`;
      if (name.startsWith('*')) covered.set(key, (covered.get(key) ?? new Set<Service>()).add(service));
    }
  }
  return covered;
}

/**
 * By host, then port number, each service port once. An entry for a wildcard also opens what its namespace has under it: Istio
 * imports every service whose host it covers. https://istio.io/latest/docs/reference/config/networking/sidecar/#IstioEgressListener
 */
export function usesIn({ hosts }: EgressScope, services: NamedServices): readonly Use[] {
  const opened = new Map<ServicePort, Use>();
  for (const entry of hosts) {
    for (const service of servicesFor(entry, services)) {
      for (const port of service.ports) {
        const isOpen = entry.ports.length === 0 || entry.ports.includes(port.number);
        if (isOpen && !opened.has(port)) opened.set(port, { service, port, entry });
      }
    }
  }
  return [...opened.values()].sort(
    (a, b) => compareText(hostOf(a.service), hostOf(b.service)) || a.port.number - b.port.number,
  );
}

function servicesFor({ host, namespace }: EgressHost, { byHost, under }: NamedServices): readonly Service[] {
  const named = byHost.get(host);
  const own = named ? [named] : [];
  if (!host.startsWith('*')) return own;
  return [...own, ...under(host, namespace).filter((service) => service !== named)];
}
