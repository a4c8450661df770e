// Builds small meshes by hand, for tests of what runs a mesh rather than of what compiles one.
import type { Gateway, Mesh, Protocol, Service, Workload } from '../../../compiler/model/index.ts';
import { noNodes, noRetries, serviceHost } from '../../../compiler/model/index.ts';

const origin = { file: 'mesh.yaml', start: { line: 1, column: 1 }, end: { line: 1, column: 2 } };

export function meshOf(parts: Partial<Mesh>): Mesh {
  return {
    kind: 'Mesh',
    origin,
    name: 'test',
    settingPlaces: [],
    settings: {
      trustDomain: 'cluster.local',
      rootNamespace: 'istio-system',
      mtls: 'STRICT',
      accessDefault: 'deny',
      egressDefault: 'declared',
      timeoutMs: 15_000,
      retries: noRetries,
      injectedProxy: 'embedded',
    },
    ...noNodes,
    ...parts,
  };
}

export function service(name: string, ports: readonly (readonly [string, number, number, Protocol])[]): Service {
  return {
    kind: 'Service',
    origin,
    name,
    namespace: 'shop',
    registry: 'cluster',
    hosts: [serviceHost(name, 'shop')],
    location: 'mesh',
    resolution: 'workloads',
    ports: ports.map(([portName, number, targetPort, protocol]) => {
      return { kind: 'ServicePort', origin, name: portName, number, targetPort, protocol } as const;
    }),
    selector: { app: name },
    identities: [`cluster.local/ns/shop/sa/${name}`],
    addresses: [],
    settingPlaces: [],
    labels: {},
  };
}

export function workload(name: string, proxy: Workload['proxy'] = 'sidecar'): Workload {
  const labels = { app: name };
  return { kind: 'Workload', origin, name, namespace: 'shop', labels, serviceAccount: name, proxy, settingPlaces: [] };
}

export function versions(name: string, ...names: readonly string[]): Mesh['destinationPolicies'][number] {
  return {
    kind: 'DestinationPolicy',
    origin,
    name,
    namespace: 'shop',
    host: serviceHost(name, 'shop'),
    subsets: names.map((version) => ({ kind: 'Subset', origin, name: version, labels: { version } })),
    features: [],
  };
}

export function gateway(name: string, listeners: readonly (readonly [string, number, 'HTTP' | 'HTTPS'])[]): Gateway {
  return {
    kind: 'Gateway',
    origin,
    name,
    namespace: 'shop',
    selector: {},
    serviceAccount: name,
    settingPlaces: [],
    labels: {},
    listeners: listeners.map(([listener, port, protocol]) => {
      return { kind: 'GatewayListener', origin, name: listener, port, protocol, hosts: ['*'], redirectToHttps: false };
    }),
  };
}
