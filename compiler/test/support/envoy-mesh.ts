// A hand-built mesh for tests of the Envoy back end, and the small makers it is put together from.
import {
  type AuthorizationPolicy,
  type AuthorizationRule,
  deepFreeze,
  type DestinationPolicy,
  type EgressScope,
  type Gateway,
  type HttpMatch,
  type HttpRoute,
  type Mesh,
  type Origin,
  type Protocol,
  type RouteTable,
  type Service,
  serviceHost,
  type Workload,
} from '../../model/index.ts';

export const origin: Origin = { file: 'mesh.yaml', start: { line: 1, column: 1 }, end: { line: 1, column: 2 } };

const noRetries = { attempts: 0, perTryTimeoutMs: 0, on: [] };

export function service(name: string, ports: Record<number, Protocol>, more: Partial<Service> = {}): Service {
  const namespace = more.namespace ?? 'shop';
  return {
    kind: 'Service',
    origin,
    name,
    namespace,
    source: 'MeshService',
    hosts: [serviceHost(name, namespace)],
    location: 'mesh',
    resolution: 'workloads',
    ports: Object.entries(ports).map(([number, protocol]) => ({
      kind: 'ServicePort',
      origin,
      name: `${protocol.toLowerCase()}-${number}`,
      number: Number(number),
      targetPort: Number(number) + 8000,
      protocol,
    })),
    selector: { app: name },
    identities: [`cluster.local/ns/${namespace}/sa/${name}`],
    addresses: [],
    labels: {},
    ...more,
  };
}

export function external(host: string, ports: Record<number, Protocol>, more: Partial<Service> = {}): Service {
  const made = service(host.replaceAll('.', '-').replace('*', 'any'), ports, {
    source: 'ExternalService',
    hosts: [host],
    location: 'external',
    resolution: 'dns',
    selector: {},
    identities: [],
    ...more,
  });
  return { ...made, ports: made.ports.map((port) => ({ ...port, targetPort: port.number })) };
}

export function workload(name: string, more: Partial<Workload> = {}): Workload {
  return {
    kind: 'Workload',
    origin,
    name,
    namespace: 'shop',
    labels: { app: name },
    serviceAccount: name,
    proxy: 'sidecar',
    ...more,
  };
}

export function match(more: Partial<HttpMatch> = {}): HttpMatch {
  return { kind: 'HttpMatch', origin, methods: [], headers: [], ports: [], ...more };
}

export function forward(to: string, more: Record<string, unknown> = {}): HttpRoute['action'] {
  const destinations = to.split(' ').map((part) => {
    const [host = '', subset = '', weight = '100', port = '0'] = part.split(':');
    return {
      kind: 'WeightedDestination' as const,
      origin,
      host: host.includes('.') ? host : serviceHost(host, 'shop'),
      port: Number(port),
      subset,
      weight: Number(weight),
    };
  });
  return { kind: 'ForwardAction', origin, destinations, timeoutMs: 15_000, retries: noRetries, mirrors: [], ...more };
}

export function route(name: string, action: HttpRoute['action'], more: Partial<HttpRoute> = {}): HttpRoute {
  const none = { set: {}, add: {}, remove: [] };
  return { kind: 'HttpRoute', origin, name, matches: [], action, headers: { request: none, response: none }, ...more };
}

export function table(name: string, http: readonly HttpRoute[], more: Partial<RouteTable> = {}): RouteTable {
  return {
    kind: 'RouteTable',
    origin,
    name,
    namespace: 'shop',
    hosts: [serviceHost(name, 'shop')],
    attach: { mesh: true, gateways: [] },
    http,
    tcp: [],
    ...more,
  };
}

export function versions(name: string, ...subsets: readonly string[]): DestinationPolicy {
  return {
    kind: 'DestinationPolicy',
    origin,
    name,
    namespace: 'shop',
    host: serviceHost(name, 'shop'),
    subsets: subsets.map((subset) => ({ kind: 'Subset', origin, name: subset, labels: { version: subset } })),
    loadBalancer: 'LEAST_REQUEST',
    connectTimeoutMs: 1_000,
    tls: { mode: 'MESH' },
  };
}

export function scope(name: string, hosts: readonly string[], mode: EgressScope['mode'] = 'declared'): EgressScope {
  return {
    kind: 'EgressScope',
    origin,
    workload: `shop/${name}`,
    mode,
    hosts: hosts.map((entry) => {
      const [host = '', ...ports] = entry.split(':');
      const full = host.includes('.') ? host : serviceHost(host, 'shop');
      return { kind: 'EgressHost', origin, host: full, namespace: 'shop', ports: ports.map(Number) };
    }),
  };
}

export function access(
  name: string,
  action: AuthorizationPolicy['action'],
  rules: readonly Pick<AuthorizationRule, 'from' | 'to'>[],
): AuthorizationPolicy {
  return {
    kind: 'AuthorizationPolicy',
    origin,
    name: `${name}-${action.toLowerCase()}`,
    namespace: 'shop',
    target: { namespace: 'shop', labels: { app: name } },
    action,
    rules: rules.map((rule, i) => ({
      kind: 'AuthorizationRule',
      origin,
      name: `shop/${name}/access/${action.toLowerCase()}/${i}`,
      ...rule,
    })),
  };
}

export function from(more: Partial<AuthorizationRule['from'][number]>): AuthorizationRule['from'][number] {
  const none = { principals: [], notPrincipals: [], namespaces: [], notNamespaces: [] };
  return { kind: 'SourceMatch', origin, ...none, ...more };
}

export function to(more: Partial<AuthorizationRule['to'][number]>): AuthorizationRule['to'][number] {
  const none = { methods: [], notMethods: [], paths: [], notPaths: [], ports: [] };
  return { kind: 'OperationMatch', origin, ...none, ...more };
}

export function gateway(name: string, listeners: readonly Partial<Gateway['listeners'][number]>[]): Gateway {
  return {
    kind: 'Gateway',
    origin,
    name,
    namespace: 'shop',
    selector: { gateway: name },
    serviceAccount: name,
    labels: {},
    listeners: listeners.map((listener, i) => ({
      kind: 'GatewayListener',
      origin,
      name: `listener-${i}`,
      port: 80,
      protocol: 'HTTP',
      hosts: ['*'],
      redirectToHttps: false,
      ...listener,
    })),
  };
}

export function mesh(parts: Partial<Mesh>): Mesh {
  return deepFreeze({
    kind: 'Mesh',
    origin,
    name: 'test',
    settings: {
      trustDomain: 'cluster.local',
      rootNamespace: 'istio-system',
      mtls: 'STRICT',
      accessDefault: 'allow',
      egressDefault: 'declared',
      timeoutMs: 15_000,
      retries: noRetries,
      injectedProxy: 'envoy',
    },
    services: [],
    workloads: [],
    routeTables: [],
    destinationPolicies: [],
    authorizationPolicies: [],
    peerAuthentications: [],
    gateways: [],
    egressScopes: [],
    tests: [],
    passthrough: [],
    ...parts,
  });
}
