// ServiceEntry: what the cluster's own registry does not know, that is external services and VMs.
import {
  isDialledByAddress,
  isOnMachines,
  keepsDialledAddress,
  nothingLeft,
  originatesTls,
  type Resolution,
  type Service,
  type ServicePort,
} from '../../model/index.ts';
import { type EmitContext, emitterOf } from './emitter.ts';
import type { Draft } from './object.ts';
import { protocols } from './protocol.ts';
import { pruned } from './prune.ts';
import { instanceLabels, writtenInstances } from './workload-entry.ts';

type Fields = Readonly<Record<string, unknown>>;

const isEntry: Record<Service['registry'], boolean> = { cluster: false, mesh: true };
const locations: Record<Service['location'], string> = { mesh: 'MESH_INTERNAL', external: 'MESH_EXTERNAL' };

interface ResolutionRow {
  readonly resolution: string;
  /** Whether addresses of the service are endpoints. */
  readonly hasEndpoints: boolean;
  /** Whether the host is asked for where there are no addresses. */
  readonly asksForHost: boolean;
}

const resolutions: Record<Resolution, ResolutionRow> = {
  workloads: { resolution: 'STATIC', hasEndpoints: true, asksForHost: false },
  static: { resolution: 'STATIC', hasEndpoints: true, asksForHost: false },
  dns: { resolution: 'DNS', hasEndpoints: true, asksForHost: true },
  none: { resolution: 'NONE', hasEndpoints: false, asksForHost: false },
};

export const serviceEntry = emitterOf('services', (context) =>
  context.mesh.services.filter(({ registry }) => isEntry[registry]).flatMap((s) => toServiceEntries(s, context)),
);

/**
 * Nothing in a TCP connection tells hosts apart, so Istio refuses an entry of several hosts that has such a port, unless connections
 * go where they were going anyway: https://istio.io/latest/docs/reference/config/networking/service-entry/#ServiceEntry-hosts.
 * To Istio each host is a service of its own in any case.
 */
function toServiceEntries(service: Service, context: EmitContext): readonly Draft[] {
  const { name, hosts, ports } = service;
  const isTold = ports.some(({ protocol }) => protocols[protocol].needsAddress) && !keepsDialledAddress(service);
  const entry = toServiceEntry(service, context);
  if (!isTold) return [entry];
  return hosts.map((host, i) => ({
    ...entry,
    name: i === 0 ? name : `${name}-${i + 1}`,
    spec: { ...entry.spec, hosts: [host] },
  }));
}

function toServiceEntry(service: Service, context: EmitContext): Draft {
  const { kind: _kind, origin, name, namespace, registry: _registry, labels, hosts, location, ...rest } = service;
  // Istio knows the identities that it gave out itself, and finds instances by labels (`instances`).
  const { resolution, ports, addresses: _addresses, selector: _selector, identities: _identities, ...others } = rest;
  const { settingPlaces: _places, ...unread } = others;
  nothingLeft(unread);
  const isOriginated = isOriginatedTowards(service, context);
  reportWildcard(service, context);
  return {
    kind: 'ServiceEntry',
    name,
    namespace,
    labels,
    origin,
    spec: {
      hosts,
      ...pruned({ addresses: virtualAddresses(service) }),
      ports: ports.map((port) => toPort(port, isOriginated)),
      location: locations[location],
      resolution: resolutions[resolution].resolution,
      ...instances(service, context),
    },
  };
}

/** By labels Istio would find the pods and VMs of others too, which have nothing to do with the addresses of this one. */
function instances(service: Service, { index }: EmitContext): Fields {
  if (isOnMachines(service)) {
    const endpoints = writtenInstances(service, index);
    return endpoints.length > 0 ? { endpoints } : { workloadSelector: { labels: instanceLabels(service, index) } };
  }
  if (!resolutions[service.resolution].hasEndpoints) return {};
  return pruned({ endpoints: service.addresses.map((address) => ({ address })) }) ?? {};
}

/**
 * Without an address of its own, a TCP service takes its port on every address of the mesh.
 * https://istio.io/latest/docs/reference/config/analysis/ist0134/
 */
function virtualAddresses(service: Service): readonly string[] {
  const needsAddress = service.ports.some(({ protocol }) => protocols[protocol].needsAddress);
  return needsAddress && isDialledByAddress(service) ? service.addresses : [];
}

function toPort(port: ServicePort, isTlsOriginated: boolean): Fields {
  const { kind: _kind, origin: _origin, number, name, targetPort, protocol, ...rest } = port;
  nothingLeft(rest);
  return {
    number,
    name,
    protocol: isTlsOriginated ? protocols[protocol].originated : protocol,
    ...(targetPort !== number && { targetPort }),
  };
}

/** An entry is the same for all clients: one whose proxy originates TLS speaks plain text to it, so that is what the port is. */
function isOriginatedTowards({ hosts }: Service, { index }: EmitContext): boolean {
  return hosts.some((host) => index.destinationPoliciesOf(host).some(originatesTls));
}

function reportWildcard({ hosts, resolution, addresses, origin }: Service, { report }: EmitContext): void {
  const wildcard = hosts.find((host) => host.startsWith('*'));
  if (wildcard === undefined || !resolutions[resolution].asksForHost || addresses.length > 0) return;
  report('FL0508', {
    message: `"${wildcard}" cannot be resolved by DNS: it names no single host`,
    span: origin,
    hint: 'name the hosts one by one, or use resolve: none',
  });
}
