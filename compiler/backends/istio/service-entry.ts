// ServiceEntry: what the cluster's own registry does not know, that is external services and VMs.
import { isIP } from 'node:net';
import type { Service, ServicePort } from '../../model/index.ts';
import type { EmitContext, Emitter } from './emitter.ts';
import type { Draft } from './object.ts';
import { pruned } from './prune.ts';
import { instanceLabels } from './workload-entry.ts';

const resolutions = { workloads: 'STATIC', static: 'STATIC', dns: 'DNS', none: 'NONE' } as const;

export const serviceEntry: Emitter = {
  kind: 'ServiceEntry',
  emit: (context) =>
    context.mesh.services
      .filter((service) => service.source !== 'MeshService')
      .map((service) => toServiceEntry(service, context)),
};

function toServiceEntry(service: Service, context: EmitContext): Draft {
  const { name, namespace, labels, origin, hosts } = service;
  const ports = service.ports.map((port) => toPort(port, originatesTls(service, context)));
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
      ports,
      location: service.location === 'mesh' ? 'MESH_INTERNAL' : 'MESH_EXTERNAL',
      resolution: resolutions[service.resolution],
      ...instances(service, context),
    },
  };
}

function instances(service: Service, { index }: EmitContext): Readonly<Record<string, unknown>> {
  if (service.source === 'MeshWorkload') return { workloadSelector: { labels: instanceLabels(service, index) } };
  if (service.resolution === 'none') return {};
  return pruned({ endpoints: service.addresses.map((address) => ({ address })) }) ?? {};
}

/**
 * Without an address of its own, a TCP service takes its port on every address of the mesh.
 * https://istio.io/latest/docs/reference/config/analysis/ist0134/
 */
function virtualAddresses(service: Service): readonly string[] {
  const isTcp = service.ports.some((port) => port.protocol === 'TCP');
  return isTcp ? service.addresses.filter((address) => isIP(address) !== 0) : [];
}

function toPort(port: ServicePort, isTlsOriginated: boolean): Readonly<Record<string, unknown>> {
  const { number, name, targetPort } = port;
  const protocol = isTlsOriginated ? plainProtocol(port.protocol) : port.protocol;
  return { number, name, protocol, ...(targetPort !== number && { targetPort }) };
}

/** Where the proxy originates TLS, the application speaks plain text to it: that is what Istio must expect on the port. */
function plainProtocol(protocol: ServicePort['protocol']): ServicePort['protocol'] {
  if (protocol === 'HTTPS') return 'HTTP';
  return protocol === 'TLS' ? 'TCP' : protocol;
}

function originatesTls(service: Service, { index }: EmitContext): boolean {
  return service.hosts.some((host) => index.policyByHost.get(host)?.tls.mode === 'SIMPLE');
}

function reportWildcard(service: Service, { report }: EmitContext): void {
  const wildcard = service.hosts.find((host) => host.startsWith('*'));
  if (wildcard === undefined || service.resolution !== 'dns' || service.addresses.length > 0) return;
  report('FL0508', {
    message: `"${wildcard}" cannot be resolved by DNS: it names no single host`,
    span: service.origin,
    hint: 'name the hosts one by one, or use resolve: none',
  });
}
