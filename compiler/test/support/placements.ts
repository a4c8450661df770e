// Explicit placements on free loopback ports, complete for one workload of a mesh.
import type { ExplicitPlacement, SocketAddress } from '../../backends/envoy/index.ts';
import { isHttp, type Mesh } from '../../model/index.ts';
import { freePorts } from './envoy.ts';

/** Every port the mesh knows gets an address; the application's and external ones too, where nobody listens. */
export async function placementFor(mesh: Mesh, workload: string): Promise<ExplicitPlacement> {
  const ports = mesh.services.flatMap((service) => service.ports.map((port) => ({ service, port })));
  const tcp = ports.filter(({ port }) => !isHttp(port.protocol));
  const targetPorts = [...new Set(ports.map(({ port }) => port.targetPort))];
  const gateway = mesh.gateways.find((g) => `${g.namespace}/${g.name}` === workload);
  const listeners = [...new Set(gateway?.listeners.map((l) => l.port))];
  const free = await freePorts(targetPorts.length * 2 + tcp.length + listeners.length + 1);
  const next = (): SocketAddress => ({ address: '127.0.0.1', port: free.pop() ?? 0 });
  return {
    mode: 'explicit',
    inbound: Object.fromEntries(targetPorts.map((port) => [String(port), { bind: next(), app: next() }])),
    outboundHttp: next(),
    outboundTcp: Object.fromEntries(tcp.map(({ service, port }) => [`${service.hosts[0]}:${port.number}`, next()])),
    gateway: Object.fromEntries(listeners.map((port) => [port, next()])),
    external: {},
  };
}
